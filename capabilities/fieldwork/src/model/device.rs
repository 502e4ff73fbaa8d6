//! Phones that carry a part of the register: for how long, how many, and how they end.

use super::DeviceId;
use crate::error::FieldworkError;
use platform::{AccountId, Time};
use std::time::Duration;

/// How long a device keeps what it carries without a contact (web.md A5; the number is this project's default).
pub const LEASE: Duration = Duration::from_hours(7 * 24);
/// Devices of one account at work: a phone, the one before it, and a tablet.
pub const DEVICES_MAX: usize = 3;
/// Grids of one device: those of a community. Who answers for more works at a desk.
pub const GRIDS_MAX: usize = 20;
const NAME_CHARS_MAX: usize = 40;

store::text_enum! {
    /// Where a device stands.
    pub DeviceState {
        Working = "working",
        /// Its owner or a desk said that it is lost: it is wiped at its next contact.
        Lost = "lost",
        Wiped = "wiped",
        /// Its owner took everything off it.
        Left = "left",
    }
}

store::text_enum! {
    /// What a device is told at a contact.
    pub Standing {
        Ok = "ok",
        /// Take everything off, now: it was lost, or has left.
        Wipe = "wipe",
        /// Throw the rows away and begin anew: the time it keeps them had run out, or they no longer fit. What waits to be sent stays.
        Reset = "reset",
    }
}

/// A phone of an account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Device {
    pub id: DeviceId,
    pub account: AccountId,
    /// The post or unit behind the account.
    pub account_name: String,
    /// What its owner calls it.
    pub name: String,
    pub state: DeviceState,
    pub made_at: Time,
    pub seen_at: Time,
    pub lease_until: Time,
    pub ended_at: Option<Time>,
    pub ended_by: Option<String>,
}

impl Device {
    /// A device that begins.
    ///
    /// # Errors
    /// `fieldwork.bad_device_name`.
    pub fn begin(
        id: DeviceId,
        account: AccountId,
        account_name: &str,
        name: &str,
        now: Time,
    ) -> Result<Self, FieldworkError> {
        Ok(Self {
            id,
            account,
            account_name: account_name.to_owned(),
            name: checked_name(name)?,
            state: DeviceState::Working,
            made_at: now,
            seen_at: now,
            lease_until: now.after(LEASE),
            ended_at: None,
            ended_by: None,
        })
    }

    /// What it is told at a contact, and how it stands after it.
    pub fn contact(&self, now: Time) -> (Standing, Self) {
        let mut after = self.clone();
        after.seen_at = now;
        if self.state != DeviceState::Working {
            after.state =
                if self.state == DeviceState::Left { DeviceState::Left } else { DeviceState::Wiped };
            return (Standing::Wipe, after);
        }
        after.lease_until = now.after(LEASE);
        let standing = if self.lease_until < now { Standing::Reset } else { Standing::Ok };
        (standing, after)
    }

    /// The device after it was said to be lost. Said twice is said once.
    pub fn lose(&self, by: &str, now: Time) -> Self {
        self.end(DeviceState::Lost, by, now)
    }

    /// The device after its owner took everything off it.
    pub fn leave(&self, by: &str, now: Time) -> Self {
        self.end(DeviceState::Left, by, now)
    }

    fn end(&self, state: DeviceState, by: &str, now: Time) -> Self {
        if self.state != DeviceState::Working {
            return self.clone();
        }
        Self { state, ended_at: Some(now), ended_by: Some(by.to_owned()), ..self.clone() }
    }
}

/// What somebody calls a phone.
///
/// # Errors
/// `fieldwork.bad_device_name` where it is empty or endless.
fn checked_name(name: &str) -> Result<String, FieldworkError> {
    let cleaned: String = name.chars().filter(|c| !c.is_control()).collect();
    let cleaned = cleaned.trim();
    if (1..=NAME_CHARS_MAX).contains(&cleaned.chars().count()) {
        return Ok(cleaned.to_owned());
    }
    Err(FieldworkError::invalid(
        "name",
        "fieldwork.bad_device_name",
        "设备名称请写 1 到 40 个字。",
        "A device's name has 1 to 40 characters.",
    ))
}

#[cfg(test)]
mod tests {
    //! What a device is told, as a table.
    use super::{Device, DeviceId, DeviceState, LEASE, Standing};
    use platform::{AccountId, Time};
    use std::time::Duration;
    use uuid::Uuid;

    fn phone(now: Time) -> Device {
        let (id, account) = (DeviceId(Uuid::from_u128(1)), AccountId(Uuid::from_u128(2)));
        Device::begin(id, account, "第一网格", " 红米 ", now).expect("a device")
    }

    #[test]
    fn a_contact_renews_what_is_at_work_and_wipes_what_is_not() {
        let now = Time::from_micros(1_000_000);
        let working = phone(now);
        assert_eq!(working.name, "红米");
        let second = Duration::from_secs(1);
        let rows = [
            (working.clone(), now.after(LEASE), Standing::Ok, DeviceState::Working),
            (working.clone(), now.after(LEASE).after(second), Standing::Reset, DeviceState::Working),
            (working.lose("街道", now), now.after(second), Standing::Wipe, DeviceState::Wiped),
            (working.lose("街道", now).contact(now).1, now.after(second), Standing::Wipe, DeviceState::Wiped),
            (working.leave("本人", now), now.after(second), Standing::Wipe, DeviceState::Left),
        ];
        for (device, at, standing, state) in rows {
            let (told, after) = device.contact(at);
            assert_eq!((told, after.state, after.seen_at), (standing, state, at), "{device:?}");
            let is_renewed = after.lease_until == at.after(LEASE);
            assert_eq!(is_renewed, state == DeviceState::Working, "{device:?}");
        }
    }

    #[test]
    fn an_end_is_said_once() {
        let now = Time::from_micros(1_000_000);
        let lost = phone(now).lose("街道", now);
        assert_eq!(lost.leave("本人", now.after(LEASE)), lost);
        assert_eq!(lost.ended_by.as_deref(), Some("街道"));
    }

    #[test]
    fn a_device_has_a_name() {
        let begin = |name: &str| {
            let (id, account) = (DeviceId(Uuid::from_u128(1)), AccountId(Uuid::from_u128(2)));
            Device::begin(id, account, "", name, Time::from_micros(0)).is_ok()
        };
        assert!(begin("红米 12"));
        assert!(!begin(" \u{7} ") && !begin(&"长".repeat(41)));
    }
}
