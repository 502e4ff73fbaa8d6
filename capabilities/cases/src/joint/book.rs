//! What working together means in days and hours: catalog/joint/rules.toml, from the program or a district's own folder, checked when loaded.

use edge::Settings;
use flow::{Calendar, Clock, Deadline};
use platform::{Fault, Time, Words};
use serde::Deserialize;

const FILE: (&str, &str) = ("joint/rules.toml", include_str!("../../../../catalog/joint/rules.toml"));
/// 公示 longer than a quarter is a slip of the hand.
const LAID_OUT_DAYS_MAX: u32 = 90;

/// How long a list is laid out.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LaidOut {
    pub natural_days: u32,
    source: String,
}

/// How soon an objection to a list that holds is answered.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AnswerTime {
    pub within: Deadline,
    source: String,
}

impl AnswerTime {
    pub fn until(&self, now: Time, calendar: &Calendar) -> Time {
        Time::from_micros(Clock::start(now.micros(), self.within).due(calendar, now.micros()).at)
    }
}

/// How long a helping step takes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct HelpTime {
    pub within: Deadline,
    pub longest: Deadline,
    source: String,
}

/// How soon those called to the spot should be there.
#[derive(Clone, Debug)]
pub(crate) struct CallKind {
    pub key: String,
    pub words: Words,
    pub hint: Words,
    pub within: Deadline,
    pub source: String,
}

/// The file, on the shelf.
#[derive(Clone, Debug)]
pub(crate) struct JointBook {
    pub laid_out: LaidOut,
    pub answer: AnswerTime,
    pub help: HelpTime,
    pub calls: Vec<CallKind>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCall {
    key: String,
    zh: String,
    en: String,
    hint_zh: String,
    hint_en: String,
    within: Deadline,
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: String,
    source: String,
    laid_out: LaidOut,
    answer: AnswerTime,
    help: HelpTime,
    #[serde(default)]
    call: Vec<RawCall>,
}

impl LaidOut {
    /// The end of the last day for objections.
    pub fn until(&self, now: Time, calendar: &Calendar) -> Time {
        let days = Deadline { amount: self.natural_days, unit: flow::Unit::NaturalDay };
        Time::from_micros(Clock::start(now.micros(), days).due(calendar, now.micros()).at)
    }
}

impl JointBook {
    /// Reads and checks the file.
    ///
    /// # Errors
    /// A fault that names the file and what is wrong in it.
    pub fn load(settings: &Settings) -> Result<Self, Fault> {
        let text = settings.catalogue_text(FILE)?;
        Self::read(&text)
    }

    fn read(text: &str) -> Result<Self, Fault> {
        let file: File = toml::from_str(text)
            .map_err(|e| Fault::broken(format!("{} cannot be read", FILE.0)).because(e))?;
        let mut faults = Vec::new();
        let sources =
            [&file.version, &file.source, &file.laid_out.source, &file.answer.source, &file.help.source];
        if sources.into_iter().chain(file.call.iter().map(|call| &call.source)).any(|s| s.trim().is_empty()) {
            faults.push("a rule without a source".to_owned());
        }
        if !(1..=LAID_OUT_DAYS_MAX).contains(&file.laid_out.natural_days) {
            faults.push(format!("a list laid out for {} days", file.laid_out.natural_days));
        }
        if file.answer.within.amount == 0 {
            faults.push("an answer that takes no time".to_owned());
        }
        if file.call.is_empty() {
            faults.push("no kind of call".to_owned());
        }
        for (i, call) in file.call.iter().enumerate() {
            if file.call[..i].iter().any(|other| other.key == call.key) || call.within.amount == 0 {
                faults.push(format!("the call {} is there twice, or takes no time", call.key));
            }
        }
        if !faults.is_empty() {
            return Err(Fault::broken(format!("{} cannot be used: {}", FILE.0, faults.join("; "))));
        }
        let calls = file.call.into_iter().map(CallKind::from).collect();
        Ok(Self { laid_out: file.laid_out, answer: file.answer, help: file.help, calls })
    }

    pub fn find_call(&self, key: &str) -> Option<&CallKind> {
        self.calls.iter().find(|call| call.key == key)
    }
}

impl From<RawCall> for CallKind {
    fn from(raw: RawCall) -> Self {
        Self {
            key: raw.key,
            words: Words::new(raw.zh, raw.en),
            hint: Words::new(raw.hint_zh, raw.hint_en),
            within: raw.within,
            source: raw.source,
        }
    }
}
