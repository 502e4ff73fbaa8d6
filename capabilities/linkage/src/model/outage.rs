//! An outage: what an operator announces, what must hold of it, and the way from draft to end.

use crate::error::LinkageError;
use platform::{DAY, HOUR, OrganisationId, Time, Words};
use registry::RecordId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

platform::id!(
    /// Work that was announced, or an outage that came by itself.
    OutageId,
    "outage"
);

store::text_enum! {
    /// What is cut.
    pub Service {
        Water = "water",
        Power = "power",
        Gas = "gas",
        Telecom = "telecom",
        Heating = "heating",
    }
}

store::text_enum! {
    /// Where an outage stands.
    pub OutageState {
        /// Seen by its operator alone.
        Draft = "draft",
        Published = "published",
        /// Published, and changed since.
        Changed = "changed",
        /// Over: the service is back.
        Ended = "ended",
        /// It does not take place.
        Withdrawn = "withdrawn",
    }
}

/// The longest window: what takes longer is announced in parts.
pub(crate) const WINDOW_DAYS_MAX: u32 = 7;
/// How far ahead work is announced.
pub(crate) const AHEAD_DAYS_MAX: u32 = 90;
/// How long ago an outage that came by itself may have begun.
pub(crate) const BEGAN_HOURS_MAX: u32 = 24;
/// How long a notice stays after the announced end where nobody said that the service is back.
pub(crate) const UNSAID_HOURS_MAX: u32 = 12;
pub(crate) const REASON_CHARS_MIN: usize = 2;
pub(crate) const REASON_CHARS_MAX: usize = 200;
pub(crate) const REASON_EN_CHARS_MAX: usize = 400;
const PHONE_CHARS_MIN: usize = 3;
const PHONE_CHARS_MAX: usize = 20;
/// Places one announcement names; what concerns more is drawn.
pub(crate) const PLACES_MAX: usize = 500;
const RISER_CHARS_MAX: usize = 40;

impl Service {
    pub const fn words(self) -> Words {
        match self {
            Self::Water => Words::of("供水", "water"),
            Self::Power => Words::of("供电", "power"),
            Self::Gas => Words::of("燃气", "gas"),
            Self::Telecom => Words::of("通信", "telephone and broadband"),
            Self::Heating => Words::of("供暖", "heating"),
        }
    }

    /// What people call it when there is none.
    pub const fn cut_words(self) -> Words {
        match self {
            Self::Water => Words::of("停水", "No water"),
            Self::Power => Words::of("停电", "No power"),
            Self::Gas => Words::of("停气", "No gas"),
            Self::Telecom => Words::of("断网", "No telephone or broadband"),
            Self::Heating => Words::of("停暖", "No heating"),
        }
    }
}

impl OutageState {
    pub const fn words(self) -> Words {
        match self {
            Self::Draft => Words::of("草稿", "draft"),
            Self::Published => Words::of("已发布", "published"),
            Self::Changed => Words::of("已变更", "changed"),
            Self::Ended => Words::of("已恢复", "over"),
            Self::Withdrawn => Words::of("已取消", "cancelled"),
        }
    }

    /// Whether residents are told of it as something that is or will be.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Published | Self::Changed)
    }

    /// What may be done to it now.
    pub const fn deeds(self) -> &'static [OutageDeed] {
        match self {
            Self::Draft => &[OutageDeed::Change, OutageDeed::Publish, OutageDeed::Withdraw],
            Self::Published | Self::Changed => &[OutageDeed::Change, OutageDeed::End, OutageDeed::Withdraw],
            Self::Ended | Self::Withdrawn => &[],
        }
    }
}

store::text_enum! {
    /// What an operator does to an announcement.
    pub OutageDeed {
        Change = "change",
        Publish = "publish",
        End = "end",
        Withdraw = "withdraw",
    }
}

/// A place that is cut off: an estate, a building or a unit, the whole of it or what hangs on one riser.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PickedPlace {
    pub place: RecordId,
    /// The riser's name, as the homes on it tell it; at most 40 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub riser: Option<String>,
}

/// Where the service is cut: one of the two.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Extent {
    /// A GeoJSON Polygon or MultiPolygon without holes, WGS-84, within the district, of at most 500 corners.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub ground: Option<serde_json::Value>,
    /// At most 500 places of the register.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<PickedPlace>,
}

/// What an announcement says.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(crate) struct Content {
    pub service: Service,
    /// It came by itself; else it was planned.
    pub sudden: bool,
    pub from: Time,
    /// When the service is expected back.
    pub to: Time,
    pub reason: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason_en: Option<String>,
    /// The operator's, for everybody.
    pub phone: String,
    pub extent: Extent,
}

/// An outage as it is.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Outage {
    pub id: OutageId,
    /// Counts up with every change; the feeds' sequence.
    pub version: i64,
    pub state: OutageState,
    pub unit: OrganisationId,
    pub content: Content,
    /// The smallest area that holds all of it.
    pub area_path: String,
    pub buildings: i64,
    pub homes: i64,
    pub published_at: Option<Time>,
    /// When it ended or was withdrawn.
    pub over_at: Option<Time>,
    pub changed_at: Time,
}

impl Outage {
    pub fn draft(id: OutageId, unit: OrganisationId, content: Content, area_path: String, now: Time) -> Self {
        Self {
            id,
            version: 1,
            state: OutageState::Draft,
            unit,
            content,
            area_path,
            buildings: 0,
            homes: 0,
            published_at: None,
            over_at: None,
            changed_at: now,
        }
    }

    /// Refuses what cannot be done to it as it is.
    ///
    /// # Errors
    /// `linkage.outage_state`, `linkage.stale`.
    pub fn may(&self, deed: OutageDeed, seen: i64) -> Result<(), LinkageError> {
        if self.version != seen {
            return Err(LinkageError::Stale { present: self.version });
        }
        if self.state.deeds().contains(&deed) {
            return Ok(());
        }
        let state = self.state.words();
        Err(LinkageError::conflict(
            "linkage.outage_state",
            format!("这条公告现在是“{}”，不能这样做。", state.zh),
            format!("This notice is {}: that cannot be done now.", state.en),
        ))
    }

    /// The same with other words, window or extent. A draft stays a draft.
    ///
    /// # Errors
    /// As [`Outage::may`]; `linkage.other_service`.
    pub fn change(mut self, seen: i64, content: Content, now: Time) -> Result<Self, LinkageError> {
        self.may(OutageDeed::Change, seen)?;
        let is_public = self.state.is_open();
        if is_public && content.service != self.content.service {
            return Err(LinkageError::invalid(
                "service",
                "linkage.other_service",
                "已发布的公告不能改成另一种服务，请取消后另发一条。",
                "A published notice stays one of its service: withdraw it and announce another.",
            ));
        }
        if is_public {
            self.state = OutageState::Changed;
        }
        self.content = content;
        Ok(self.next(now))
    }

    /// Told to everybody from now on.
    ///
    /// # Errors
    /// As [`Outage::may`].
    pub fn publish(mut self, seen: i64, now: Time) -> Result<Self, LinkageError> {
        self.may(OutageDeed::Publish, seen)?;
        self.state = OutageState::Published;
        self.published_at = Some(now);
        Ok(self.next(now))
    }

    /// The service is back.
    ///
    /// # Errors
    /// As [`Outage::may`]; `linkage.not_begun`: what has not begun is withdrawn.
    pub fn end(mut self, seen: i64, now: Time) -> Result<Self, LinkageError> {
        self.may(OutageDeed::End, seen)?;
        if now < self.content.from {
            return Err(LinkageError::conflict(
                "linkage.not_begun",
                "还没有开始，请用“取消”。",
                "It has not begun: withdraw it instead.",
            ));
        }
        self.state = OutageState::Ended;
        self.over_at = Some(now);
        Ok(self.next(now))
    }

    /// It does not take place; of a draft nobody learns.
    ///
    /// # Errors
    /// As [`Outage::may`].
    pub fn withdraw(mut self, seen: i64, now: Time) -> Result<Self, LinkageError> {
        self.may(OutageDeed::Withdraw, seen)?;
        self.state = OutageState::Withdrawn;
        self.over_at = Some(now);
        Ok(self.next(now))
    }

    fn next(mut self, now: Time) -> Self {
        self.version += 1;
        self.changed_at = now;
        self
    }

    /// Whether it goes on at a moment, as announced.
    pub fn holds_at(&self, at: Time) -> bool {
        self.state.is_open() && self.content.from <= at && at <= self.content.to
    }

    /// When a notice nobody ended is taken off.
    pub fn unsaid_until(&self) -> Time {
        self.content.to.after(HOUR * UNSAID_HOURS_MAX)
    }
}

impl Content {
    /// What holds of every announcement. `before` is the window it had: what began as announced may be changed while it goes on.
    ///
    /// # Errors
    /// Names the field and the limit.
    pub fn checked(mut self, before: Option<(Time, Time)>, now: Time) -> Result<Self, LinkageError> {
        check_window(&self, before, now)?;
        self.reason = words_of("reason", &self.reason, REASON_CHARS_MIN, REASON_CHARS_MAX)?;
        let en = self.reason_en.take().filter(|words| !words.trim().is_empty());
        self.reason_en = en.map(|words| words_of("reason_en", &words, 1, REASON_EN_CHARS_MAX)).transpose()?;
        self.phone = phone_of(&self.phone)?;
        self.extent = self.extent.checked()?;
        Ok(self)
    }
}

fn check_window(content: &Content, before: Option<(Time, Time)>, now: Time) -> Result<(), LinkageError> {
    let Content { from, to, sudden, .. } = *content;
    let refuse = |field, code, zh: String, en: String| Err(LinkageError::invalid(field, code, zh, en));
    if to <= from {
        return refuse(
            "to",
            "linkage.window_order",
            "结束时间要晚于开始时间。".into(),
            "It must end after it begins.".into(),
        );
    }
    if to.since(from) > DAY * WINDOW_DAYS_MAX {
        let zh = format!("一条公告最长 {WINDOW_DAYS_MAX} 天，更长的请分段发布。");
        let en = format!("One notice covers at most {WINDOW_DAYS_MAX} days; announce longer work in parts.");
        return refuse("to", "linkage.window_too_long", zh, en);
    }
    if to <= now {
        let (zh, en) = ("结束时间已经过去。", "That time is over already.");
        return refuse("to", "linkage.window_over", zh.into(), en.into());
    }
    if from.since(now) > DAY * AHEAD_DAYS_MAX {
        let zh = format!("最多提前 {AHEAD_DAYS_MAX} 天发布。");
        let en = format!("At most {AHEAD_DAYS_MAX} days ahead.");
        return refuse("from", "linkage.too_far_ahead", zh, en);
    }
    if before.is_some_and(|(began, _)| began == from) {
        return Ok(());
    }
    if sudden && now.since(from) > HOUR * BEGAN_HOURS_MAX {
        let zh = format!("突发停供最多追溯 {BEGAN_HOURS_MAX} 小时。");
        let en = format!("It may have begun at most {BEGAN_HOURS_MAX} hours ago.");
        return refuse("from", "linkage.began_too_long_ago", zh, en);
    }
    if !sudden && from < now {
        let zh = "计划停供的开始时间已经过去；已经停了的请选“突发”。";
        let en = "Planned work cannot have begun already: say that it is sudden.";
        return refuse("from", "linkage.planned_in_the_past", zh.into(), en.into());
    }
    Ok(())
}

/// Words for everybody: one line, nothing that does not print.
fn words_of(field: &'static str, text: &str, min: usize, max: usize) -> Result<String, LinkageError> {
    let spaced: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let words = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
    let chars = words.chars().count();
    if (min..=max).contains(&chars) {
        return Ok(words);
    }
    Err(LinkageError::invalid(
        field,
        "linkage.bad_words",
        format!("请写 {min} 到 {max} 个字，现在有 {chars} 个。"),
        format!("Between {min} and {max} characters, please; there are {chars}."),
    ))
}

/// A telephone number as people write it: digits, with `+`, `-` and spaces between them.
fn phone_of(text: &str) -> Result<String, LinkageError> {
    let phone = text.trim();
    let is_written = phone.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | '-' | ' '));
    let digits = phone.chars().filter(char::is_ascii_digit).count();
    if is_written && (PHONE_CHARS_MIN..=PHONE_CHARS_MAX).contains(&phone.len()) && digits >= PHONE_CHARS_MIN {
        return Ok(phone.to_owned());
    }
    Err(LinkageError::invalid(
        "phone",
        "linkage.bad_phone",
        format!("请写对外的联系电话，{PHONE_CHARS_MIN} 到 {PHONE_CHARS_MAX} 位，只用数字、空格和“-”。"),
        format!(
            "A public phone number of {PHONE_CHARS_MIN} to {PHONE_CHARS_MAX} digits, spaces and hyphens."
        ),
    ))
}

impl Extent {
    /// Ground, or places: one of the two.
    ///
    /// # Errors
    /// `linkage.extent_one_of_two`, `linkage.too_many_places`, `linkage.bad_words`.
    pub fn checked(mut self) -> Result<Self, LinkageError> {
        if self.ground.is_some() != self.places.is_empty() {
            return Err(LinkageError::invalid(
                "extent",
                "linkage.extent_one_of_two",
                "请画一块范围，或者选楼栋、单元，二者取一。",
                "Draw the ground, or name the places: one of the two.",
            ));
        }
        if self.places.len() > PLACES_MAX {
            return Err(LinkageError::invalid(
                "extent.places",
                "linkage.too_many_places",
                format!("一条公告最多选 {PLACES_MAX} 处，更多请画范围。"),
                format!("At most {PLACES_MAX} places; draw the ground for more."),
            ));
        }
        for picked in &mut self.places {
            let riser = picked.riser.take().filter(|riser| !riser.trim().is_empty());
            picked.riser =
                riser.map(|riser| words_of("extent.places.riser", &riser, 1, RISER_CHARS_MAX)).transpose()?;
        }
        let mut seen = Vec::new();
        self.places.retain(|picked| {
            let is_new = !seen.contains(picked);
            seen.push(picked.clone());
            is_new
        });
        Ok(self)
    }
}

/// What was to end before this is taken off at `now`, though nobody said that it did.
pub(crate) fn ended_unsaid(now: Time) -> Time {
    now.before(HOUR * UNSAID_HOURS_MAX)
}

/// The smallest area that holds all of these paths; the district's where they have nothing in common.
pub(crate) fn common_path<'a>(mut paths: impl Iterator<Item = &'a str>, root: &str) -> String {
    let Some(first) = paths.next() else { return root.to_owned() };
    let common = paths.fold(first.to_owned(), |common, path| {
        let shared = common.split('/').zip(path.split('/')).take_while(|(a, b)| a == b);
        shared.map(|(code, _)| code).collect::<Vec<_>>().join("/")
    });
    if common.is_empty() { root.to_owned() } else { common }
}

#[cfg(test)]
mod tests;
