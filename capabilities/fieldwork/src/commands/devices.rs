//! Devices: beginning, leaving, being lost.

use crate::access::grids_carried;
use crate::error::{FieldworkError, conflict};
use crate::facts::{DEVICE_BEGAN, DEVICE_LEFT, DEVICE_LOST, DEVICE_WIPED, FieldworkFact};
use crate::model::{DEVICES_MAX, Device, DeviceId, DeviceState, GRIDS_MAX, Standing};
use crate::store::devices as rows;
use ::store::Tx;
use platform::{Fault, Words};
use serde_json::json;
use territory::Map;

/// Takes a phone in. The same twice is one.
///
/// # Errors
/// No grid to carry, or too many; the account has too many devices; the id was used, or has ended.
pub(crate) async fn begin(tx: &mut Tx, id: DeviceId, name: &str) -> Result<Device, FieldworkError> {
    let (district, now) = (tx.district(), tx.now());
    let account = tx.actor().account.ok_or(FieldworkError::NotFound)?;
    let grids = grids_to_carry(tx)?;
    if let Some(known) = rows::find(tx, district, id).await? {
        return match known.state {
            DeviceState::Working if known.account == account => Ok(known),
            _ => Err(ended().into()),
        };
    }
    let others = rows::of_account(tx, district, account).await?;
    if others.iter().filter(|other| other.state == DeviceState::Working).count() >= DEVICES_MAX {
        return Err(too_many().into());
    }
    let actor_name = tx.actor().name.to_string();
    let device = Device::begin(id, account, &actor_name, name, now)?;
    rows::insert(tx, &device).await?;
    rows::put_grids(tx, id, &grids).await?;
    let data = json!({ "grids": grids.len() });
    tx.record(&FieldworkFact::of_device(DEVICE_BEGAN, id, grids.first(), data)).await?;
    Ok(device)
}

/// Paths of the grids the actor carries.
pub(crate) fn grids_to_carry(tx: &Tx) -> Result<Vec<String>, FieldworkError> {
    let places = tx.fixture::<Map>().of(tx.district());
    let grids = grids_carried(tx.actor(), &places);
    if grids.is_empty() {
        return Err(FieldworkError::NoGrid);
    }
    if grids.len() > GRIDS_MAX {
        let words = Words::new(
            format!("手机上最多携带 {GRIDS_MAX} 个网格，请在工作台办理。"),
            format!("A phone carries {GRIDS_MAX} grids at most: work at a desk."),
        );
        return Err(FieldworkError::Invalid { field: "device", code: "fieldwork.too_many_grids", words });
    }
    Ok(grids.into_iter().map(|grid| grid.path.clone()).collect())
}

/// What an id gets whose device is somebody else's, or has ended.
fn ended() -> platform::Problem {
    conflict(
        "fieldwork.device_ended",
        "这台设备已停用，请重新登记。",
        "This device has ended: register it anew under another id.",
    )
}

fn too_many() -> platform::Problem {
    conflict(
        "fieldwork.too_many_devices",
        "您登记的设备已到上限，请先停用一台不用的。",
        "You have as many devices as there may be: let one go that you do not use.",
    )
    .with("devices_max", DEVICES_MAX)
}

/// Says that a device is lost: at its next contact it is told to take everything off.
///
/// # Errors
/// Not one's own, and not one of an area whose devices one manages.
pub(crate) async fn lose(tx: &mut Tx, id: DeviceId) -> Result<Device, FieldworkError> {
    let device = rows::load_to_end(tx, id).await?;
    let after = device.lose(&tx.actor().name, tx.now());
    end(tx, &device, after, DEVICE_LOST).await
}

/// Lets one's own device go, after everything was taken off it.
///
/// # Errors
/// Not one's own.
pub(crate) async fn leave(tx: &mut Tx, id: DeviceId) -> Result<Device, FieldworkError> {
    let device = rows::load_own(tx, id).await?;
    let after = device.leave(&tx.actor().name, tx.now());
    if after.state == DeviceState::Left {
        rows::put_all_down(tx, id).await?;
    }
    end(tx, &device, after, DEVICE_LEFT).await
}

async fn end(
    tx: &mut Tx,
    before: &Device,
    after: Device,
    name: &'static str,
) -> Result<Device, FieldworkError> {
    if after.state == before.state {
        return Ok(after);
    }
    rows::save(tx, &after).await?;
    let district = tx.district();
    let grids = rows::grids_of(tx, district, after.id).await?;
    tx.record(&FieldworkFact::of_device(name, after.id, grids.first(), json!({}))).await?;
    Ok(after)
}

/// A device speaks to the house: its time begins anew, or it is told to end. What it carried is forgotten where it throws it away.
pub(crate) async fn contact(tx: &mut Tx, device: &Device) -> Result<(Standing, Device), Fault> {
    let (standing, after) = device.contact(tx.now());
    rows::save(tx, &after).await?;
    if standing != Standing::Ok {
        rows::put_all_down(tx, device.id).await?;
    }
    if after.state != device.state {
        let district = tx.district();
        let grids = rows::grids_of(tx, district, device.id).await?;
        tx.record(&FieldworkFact::of_device(DEVICE_WIPED, device.id, grids.first(), json!({}))).await?;
    }
    Ok((standing, after))
}
