//! What an alarm becomes: a case, a line on a case, one case for many, or nothing before the morning.

use super::SensorId;
use cases::CaseId;
use jiff::civil;
use platform::{Time, Words};

platform::id!(
    /// An alarm of a sensor.
    AlarmId,
    "alarm"
);

store::text_enum! {
    /// What an alarm became.
    pub AlarmOutcome {
        /// A case of its own.
        Filed = "filed",
        /// A line on a case that was open.
        Joined = "joined",
        /// The one case that says its grid had too many.
        Gathered = "gathered",
        /// It waits for the morning.
        Waiting = "waiting",
        /// It was over before the morning came.
        Passed = "passed",
        /// Somebody muted the sensor.
        Muted = "muted",
        /// A warning: seen, no case.
        Seen = "seen",
    }
}

impl AlarmOutcome {
    pub fn words(self) -> Words {
        match self {
            Self::Filed => Words::of("已立事件", "A case was made"),
            Self::Joined => Words::of("并入未办结的事件", "Joined the open case"),
            Self::Gathered => Words::of("报警过多，合并为一件", "Too many: one case for the grid"),
            Self::Waiting => Words::of("夜间免打扰，早上再看", "Quiet hours: waits for the morning"),
            Self::Passed => Words::of("早上前已恢复，没有立事件", "Restored before the morning: no case"),
            Self::Muted => Words::of("设备已静音，没有立事件", "The sensor is muted: no case"),
            Self::Seen => Words::of("仅提示，没有立事件", "A warning only: no case"),
        }
    }
}

/// An alarm of a sensor.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Alarm {
    pub id: AlarmId,
    pub sensor: SensorId,
    pub kind: String,
    pub area_path: String,
    pub level: super::Level,
    pub value: f64,
    pub raised_at: Time,
    pub restored_at: Option<Time>,
    pub outcome: Option<AlarmOutcome>,
    pub case: Option<CaseId>,
}

/// Hours of the day in which what is not dangerous waits.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Quiet {
    pub from: civil::Time,
    pub to: civil::Time,
}

impl Quiet {
    pub fn holds(&self, now: Time) -> bool {
        let time = now.local().time();
        if self.from <= self.to {
            self.from <= time && time < self.to
        } else {
            self.from <= time || time < self.to
        }
    }

    /// When it ends, the next time.
    pub fn ends(&self, now: Time) -> Time {
        let local = now.local();
        let today = local.date().to_datetime(self.to).to_zoned(local.time_zone().clone());
        let day = if local.time() < self.to { today } else { today.and_then(|at| at.tomorrow()) };
        day.map_or(now, |at| Time::from(at.timestamp()))
    }
}

/// What has happened lately around an alarm.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Recent {
    /// The sensor's last case within the hours in which alarms join it, while it is open.
    pub open_case: Option<CaseId>,
    /// Cases the sensor made in this hour.
    pub of_sensor: i64,
    /// Cases its kind made in its grid in this hour.
    pub in_area: i64,
    /// The case that says the grid had too many, of this hour.
    pub gathered: Option<CaseId>,
}

/// What limits alarms.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Budget {
    pub sensor_cases: i64,
    pub area_cases: i64,
    pub quiet: Quiet,
}

/// What is to be done with an alarm.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Decision {
    File,
    Join(CaseId),
    /// One case for the grid.
    Gather,
    WaitUntil(Time),
    Leave(AlarmOutcome),
}

/// How an alarm stands when it is decided.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Asked {
    pub dangerous: bool,
    pub muted: bool,
    /// It waited for the morning and is over.
    pub over: bool,
}

/// Decides. Muting counts before everything, an open case before the hours, the hours before the budget.
pub(crate) fn decide(asked: Asked, recent: &Recent, budget: &Budget, now: Time) -> Decision {
    if asked.muted {
        return Decision::Leave(AlarmOutcome::Muted);
    }
    if let Some(case) = recent.open_case {
        return Decision::Join(case);
    }
    if asked.over && !asked.dangerous {
        return Decision::Leave(AlarmOutcome::Passed);
    }
    if !asked.dangerous && budget.quiet.holds(now) {
        return Decision::WaitUntil(budget.quiet.ends(now));
    }
    let is_spent = recent.of_sensor >= budget.sensor_cases || recent.in_area >= budget.area_cases;
    match recent.gathered {
        Some(case) if is_spent => Decision::Join(case),
        None if is_spent => Decision::Gather,
        _ => Decision::File,
    }
}
