//! Values and rules of messages. No IO, no await, no clock, no SQL: a rule takes what it needs and gives back what follows.

pub(crate) mod text;

use jiff::civil;
use platform::{AccountId, DistrictId, FactId, Lang, Time, Words, id};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;
use std::time::Duration;
use store::{Json, row, text_enum};
use uuid::Uuid;

id!(
    /// A device on which somebody wants notices.
    PushDeviceId, "device"
);
id!(
    /// A message to somebody. The gateway is told it, so that one which is tried twice is one.
    MessageId, "message"
);

text_enum! {
    /// By what a message goes.
    pub Channel {
        Sms = "sms",
        Mail = "mail",
        /// A notice on a device, by its browser's own service.
        Push = "push",
        /// A call through a number in between. No message goes by it.
        Relay = "relay",
    }
}

impl Channel {
    /// Those by which a gateway of the district sends; push needs none.
    pub const BY_GATEWAY: [Self; 2] = [Self::Sms, Self::Mail];
    /// Those whose gateway is set by the administrator.
    pub const SET: [Self; 3] = [Self::Sms, Self::Mail, Self::Relay];

    /// This way, and those by which a message goes where it is closed, best first.
    pub const fn and_next(self) -> &'static [Self] {
        match self {
            Self::Push => &[Self::Push, Self::Mail, Self::Sms],
            Self::Mail => &[Self::Mail, Self::Sms],
            Self::Sms => &[Self::Sms],
            Self::Relay => &[],
        }
    }

    pub const fn words(self) -> Words {
        match self {
            Self::Sms => Words::of("短信", "Text message"),
            Self::Mail => Words::of("邮件", "Mail"),
            Self::Push => Words::of("设备通知", "Notice on a device"),
            Self::Relay => Words::of(
                "中间号（看不到对方号码的通话）",
                "Relayed calls (neither side sees the other's number)",
            ),
        }
    }
}

text_enum! {
    /// Whether one can do without a message.
    pub Class {
        /// Codes, and answers to what one asked oneself.
        Must = "must",
        /// What concerns one's own home.
        Service = "service",
    }
}

text_enum! {
    /// How far a message has come.
    pub MessageState {
        /// Not judged yet, or waiting for its time.
        Waiting = "waiting",
        /// The courier has it.
        Leaving = "leaving",
        /// The gateway took it.
        Sent = "sent",
        /// The gateway refused it: a person looks at it.
        Failed = "failed",
        /// It is not sent; `why` says the reason.
        Dropped = "dropped",
    }
}

id!(
    /// A number in between, asked for once. The gateway is told it, so that one which is asked for twice is one.
    RelayId, "relay"
);

text_enum! {
    /// How far a number in between has come.
    pub RelayState {
        /// The gateway was asked, or is about to be.
        Asked = "asked",
        /// There is a number, and it is good.
        Bound = "bound",
        /// By hand, or because its time was over.
        Ended = "ended",
        /// The gateway gave none, or nobody could be reached.
        Refused = "refused",
    }
}

row! {
    /// A number in between as stored.
    #[derive(Clone, Debug)]
    pub(crate) struct Relay {
        pub id: RelayId,
        pub recipient_kind: String,
        pub recipient_id: Uuid,
        pub sealed: Option<Vec<u8>>,
        pub seconds: i64,
        pub state: RelayState,
        pub why: Option<Why>,
        pub number: Option<String>,
        pub extension: Option<String>,
        pub binding: Option<String>,
        pub asked_at: Time,
        pub until_at: Time,
        pub ended_at: Option<Time>,
    }
}

text_enum! {
    /// Why a message waits, or was not sent.
    pub Why {
        QuietHours = "quiet_hours",
        TooMany = "too_many",
        NoGateway = "no_gateway",
        Unsubscribed = "unsubscribed",
        NoAddress = "no_address",
        /// It was wanted on a device, and none takes notices any more: it goes by the next way.
        NoDevice = "no_device",
        /// What it says is over.
        Over = "over",
        /// A later message about the same says it better.
        Superseded = "superseded",
        /// It is as they were told before: nothing is sent, and it is noted that it still concerns them.
        ToldAlready = "told_already",
        /// A person gave it up after the gateway had refused it.
        GivenUp = "given_up",
    }
}

impl Why {
    pub const fn words(self) -> Words {
        match self {
            Self::QuietHours => Words::of("免打扰时间，过后再发", "quiet hours; it leaves afterwards"),
            Self::TooMany => Words::of("当天已满，明天再发", "enough for one day; it leaves tomorrow"),
            Self::NoGateway => Words::of("还没有设置通道", "no gateway is set"),
            Self::Unsubscribed => Words::of("对方已退订", "unsubscribed"),
            Self::NoAddress => Words::of("没有电话", "no telephone"),
            Self::NoDevice => Words::of(
                "没有能收通知的设备，改用别的方式",
                "no device takes notices any more: sent by the next way",
            ),
            Self::Over => Words::of("事情已经过去", "what it says is over"),
            Self::Superseded => Words::of("已被新消息代替", "a later message says it better"),
            Self::ToldAlready => Words::of("之前已经告诉过", "told before"),
            Self::GivenUp => Words::of("人工放弃", "given up by a person"),
        }
    }
}

/// Who a message is to, within what an address book knows.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Recipient {
    /// Which address book: [`ACCOUNT`], or a kind that a capability above registered.
    pub kind: &'static str,
    pub id: Uuid,
}

/// Recipients who are accounts.
pub const ACCOUNT: &str = "account";
/// Recipients whose address was typed in just now: a code's phone, a trial's.
pub(crate) const DIRECT: &str = "direct";

row! {
    /// A message as stored.
    #[derive(Clone, Debug)]
    pub(crate) struct Message {
        pub district: DistrictId,
        pub id: MessageId,
        pub template: String,
        pub class: Class,
        pub recipient_kind: String,
        pub recipient_id: Uuid,
        pub thread_id: Uuid,
        pub edition: i64,
        pub fact_id: Option<FactId>,
        pub content: Json<Value>,
        pub sealed: Option<Vec<u8>>,
        pub state: MessageState,
        pub why: Option<Why>,
        pub account_id: Option<AccountId>,
        pub channel: Option<Channel>,
        pub made_at: Time,
        pub due_at: Time,
        pub until_at: Option<Time>,
        pub settled_at: Option<Time>,
    }
}

/// Minutes of a day in which nobody is disturbed; the end may lie before the beginning, across midnight.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct Quiet {
    pub from_min: u16,
    pub to_min: u16,
}

const DAY_MIN: u16 = 24 * 60;

impl Quiet {
    /// `21:00` and `08:00`.
    pub fn parse(from: &str, to: &str) -> Option<Self> {
        Some(Self { from_min: minutes_of(from)?, to_min: minutes_of(to)? })
    }

    pub fn begin_words(self) -> String {
        clock_words(self.from_min)
    }

    pub fn end_words(self) -> String {
        clock_words(self.to_min)
    }

    /// When it is over, if a moment lies within.
    pub fn end_after(self, now: Time) -> Option<Time> {
        let local = now.local();
        let at = u16::try_from(local.hour()).ok()? * 60 + u16::try_from(local.minute()).ok()?;
        let wait = (self.to_min + DAY_MIN - at) % DAY_MIN;
        let is_within = match self.from_min <= self.to_min {
            true => (self.from_min..self.to_min).contains(&at),
            false => at >= self.from_min || at < self.to_min,
        };
        let seconds = u64::try_from(local.second()).ok()?;
        is_within.then(|| now.after(Duration::from_secs(u64::from(wait) * 60 - seconds)))
    }
}

fn minutes_of(text: &str) -> Option<u16> {
    let time: civil::Time = text.parse().ok()?;
    Some(u16::try_from(time.hour()).ok()? * 60 + u16::try_from(time.minute()).ok()?)
}

fn clock_words(minutes: u16) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// What somebody wants. What is not said is as the catalogue has it.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Choice {
    pub lang: Lang,
    /// For what may be chosen; codes always go to the phone.
    pub channel: Option<Channel>,
    pub quiet: Option<Quiet>,
    pub left: BTreeSet<Class>,
}

/// What is known of a message when it is about to leave.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Case {
    pub class: Class,
    pub is_urgent: bool,
    pub until_at: Option<Time>,
    /// Others that left for the same recipient today and count.
    pub left_today: i64,
}

/// What holds for everybody.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub quiet: Quiet,
    pub service_per_day: i64,
}

/// What becomes of a message now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Verdict {
    Leaves,
    Waits(Time, Why),
    Dropped(Why),
}

/// Whether a message leaves now. What must come, comes; what is urgent breaks quiet hours and limits, and yet not the will of whoever left.
pub(crate) fn judge(case: Case, choice: &Choice, limits: Limits, now: Time) -> Verdict {
    if case.class != Class::Must && choice.left.contains(&case.class) {
        return Verdict::Dropped(Why::Unsubscribed);
    }
    if case.until_at.is_some_and(|until| until <= now) {
        return Verdict::Dropped(Why::Over);
    }
    if case.class == Class::Must || case.is_urgent {
        return Verdict::Leaves;
    }
    let quiet = choice.quiet.unwrap_or(limits.quiet);
    let (until, why) = if case.left_today >= limits.service_per_day {
        (next_morning(quiet, now), Why::TooMany)
    } else {
        match quiet.end_after(now) {
            Some(end) => (end, Why::QuietHours),
            None => return Verdict::Leaves,
        }
    };
    match case.until_at {
        Some(useless) if useless <= until => Verdict::Dropped(why),
        _ => Verdict::Waits(until, why),
    }
}

/// The day after, when nobody is disturbed any more.
fn next_morning(quiet: Quiet, now: Time) -> Time {
    let midnight = start_of_day(now).after(Duration::from_secs(24 * 3600));
    quiet.end_after(midnight).unwrap_or(midnight)
}

/// Midnight in China.
pub(crate) fn start_of_day(now: Time) -> Time {
    let local = now.local();
    let seconds = i64::from(local.hour()) * 3600 + i64::from(local.minute()) * 60 + i64::from(local.second());
    now.before(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    //! When a message leaves, and when it does not.
    use super::*;

    fn time(text: &str) -> Time {
        text.parse().expect("a moment")
    }

    #[test]
    fn quiet_hours_end_in_the_morning() {
        let quiet = Quiet::parse("21:00", "08:00").expect("hours");
        let rows = [
            // 20:59, 21:00, 03:30, 08:00 in China.
            ("2026-03-02T12:59:00Z", None),
            ("2026-03-02T13:00:00Z", Some("2026-03-03T00:00:00Z")),
            ("2026-03-02T19:30:30Z", Some("2026-03-03T00:00:00Z")),
            ("2026-03-03T00:00:00Z", None),
        ];
        for (now, end) in rows {
            assert_eq!(quiet.end_after(time(now)), end.map(time), "{now}");
        }
        let noon = Quiet::parse("12:00", "14:00").expect("hours");
        assert_eq!(noon.end_after(time("2026-03-02T05:00:00Z")), Some(time("2026-03-02T06:00:00Z")));
        assert_eq!(noon.end_after(time("2026-03-02T06:00:00Z")), None);
    }

    #[test]
    fn a_message_leaves_waits_or_is_dropped() {
        let limits = Limits { quiet: Quiet::parse("21:00", "08:00").expect("hours"), service_per_day: 2 };
        let (day, night) = ("2026-03-02T02:00:00Z", "2026-03-02T15:00:00Z");
        let morning = time("2026-03-03T00:00:00Z");
        let nothing = Choice::default();
        let left = Choice { left: BTreeSet::from([Class::Service]), ..Choice::default() };
        let own = Choice { quiet: Quiet::parse("09:00", "11:00"), ..Choice::default() };
        let service = Case { class: Class::Service, is_urgent: false, until_at: None, left_today: 0 };
        let must = Case { class: Class::Must, ..service };
        let urgent = Case { is_urgent: true, left_today: 9, ..service };
        let full = Case { left_today: 2, ..service };
        let until = |text: &str| Case { until_at: Some(time(text)), ..service };
        let rows: Vec<(&str, Case, &Choice, &str, Verdict)> = vec![
            ("by day", service, &nothing, day, Verdict::Leaves),
            ("by night", service, &nothing, night, Verdict::Waits(morning, Why::QuietHours)),
            ("a code by night", must, &nothing, night, Verdict::Leaves),
            ("danger by night", urgent, &nothing, night, Verdict::Leaves),
            ("too many", full, &nothing, day, Verdict::Waits(morning, Why::TooMany)),
            ("left", service, &left, day, Verdict::Dropped(Why::Unsubscribed)),
            ("left, and danger", urgent, &left, day, Verdict::Dropped(Why::Unsubscribed)),
            ("left, and a code", must, &left, day, Verdict::Leaves),
            ("own hours", service, &own, day, Verdict::Waits(time("2026-03-02T03:00:00Z"), Why::QuietHours)),
            ("over", until("2026-03-02T01:00:00Z"), &nothing, day, Verdict::Dropped(Why::Over)),
            (
                "over by the morning",
                until("2026-03-02T22:00:00Z"),
                &nothing,
                night,
                Verdict::Dropped(Why::QuietHours),
            ),
        ];
        for (what, case, choice, now, expected) in rows {
            assert_eq!(judge(case, choice, limits, time(now)), expected, "{what}");
        }
    }
}
