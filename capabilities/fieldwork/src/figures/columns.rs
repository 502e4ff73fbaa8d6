//! The columns of a sheet, and the figure of a grid in each of them.

use crate::model::{Figure, Outcome, Section, SheetColumn, TaskKind, TaskState};
use crate::queries::sheets::TaskCount;
use cases::queries::period::Flow;
use platform::Words;
use std::collections::BTreeMap;

/// What was done at the register.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct RegisterCount {
    pub confirmed: i64,
    pub entered: i64,
    pub changed: i64,
}

/// All that was counted, by path.
#[derive(Debug, Default)]
pub(super) struct Counted {
    pub tasks: Vec<TaskCount>,
    pub cases: BTreeMap<String, Flow>,
    pub register: BTreeMap<String, RegisterCount>,
    /// Records that are to be confirmed now.
    pub stale: BTreeMap<String, i64>,
}

impl Counted {
    fn tasks_in<'a>(&'a self, path: &'a str) -> impl Iterator<Item = &'a TaskCount> {
        self.tasks.iter().filter(move |count| count.area_path == path)
    }

    /// The key of the column in which a task is counted.
    const fn column_of(count: &TaskCount) -> &'static str {
        match count.kind {
            TaskKind::Patrol => "patrols",
            TaskKind::Notice => "notices",
            TaskKind::Campaign => "campaigns",
            TaskKind::Visit => "visits",
        }
    }

    /// The numbers of a grid that may stand out.
    pub(super) fn remarks(&self, path: &str) -> impl Iterator<Item = (&'static str, i64)> + use<> {
        let visits = self.tasks_in(path).filter(|count| count.kind == TaskKind::Visit);
        let left = visits.filter(|count| count.state == TaskState::Open).map(|count| count.total).sum();
        let overdue = self.cases.get(path).map_or(0, |flow| flow.overdue);
        let stale = self.stale.get(path).copied().unwrap_or(0);
        [("overdue", overdue), ("visits_left", left), ("absent", self.absent(path)), ("stale", stale)]
            .into_iter()
    }

    /// Doors where nobody was at home, and nobody has been met since.
    fn absent(&self, path: &str) -> i64 {
        let open = self.tasks_in(path).filter(|count| count.state == TaskState::Open);
        open.map(|count| count.tried).sum()
    }

    /// Those who did not want it. They count as neither due nor done: nobody is to be pressed for a number.
    fn refused(&self, path: &str) -> i64 {
        let refused = self.tasks_in(path).filter(|count| count.outcome == Some(Outcome::Refused));
        refused.map(|count| count.total).sum()
    }

    fn share(&self, path: &str, key: &str) -> Figure {
        let mut figure = Figure::share(0, 0);
        for count in self.tasks_in(path).filter(|count| Self::column_of(count) == key) {
            match count.state {
                TaskState::Open => figure = figure + Figure::share(0, count.total),
                TaskState::Done => figure = figure + Figure::share(count.total, count.total),
                TaskState::Closed => {}
            }
        }
        figure
    }
}

/// The sections.
pub(super) fn columns_of() -> Vec<Section> {
    vec![
        Section {
            key: "visits",
            words: Words::of("走访", "Visits"),
            columns: vec![
                share("visits", Words::of("走访", "Visits")),
                number("absent", Words::of("没人在家", "Nobody at home")),
                number("refused", Words::of("不愿接受", "Not wanted")),
            ],
        },
        Section {
            key: "rounds",
            words: Words::of("巡查、送达、专项", "Patrols, notices, campaigns"),
            columns: vec![
                share("patrols", Words::of("巡查点位", "Patrol stops")),
                share("notices", Words::of("送达", "Delivered")),
                share("campaigns", Words::of("专项任务", "Campaign doors")),
            ],
        },
        Section {
            key: "cases",
            words: Words::of("事件", "Cases"),
            columns: vec![
                number("reported", Words::of("上报", "Reported")),
                number("done", Words::of("办结", "Closed")),
                number("open", Words::of("现在办", "Open now")),
                number("overdue", Words::of("现超期", "Overdue now")),
            ],
        },
        Section {
            key: "register",
            words: Words::of("登记", "Register"),
            columns: vec![
                number("confirmed", Words::of("核对无误", "Confirmed")),
                number("entered", Words::of("新登记", "Entered")),
                number("changed", Words::of("更正", "Corrected")),
                number("stale", Words::of("现待核对", "To confirm now")),
            ],
        },
    ]
}

fn share(key: &str, words: Words) -> SheetColumn {
    SheetColumn { key: key.to_owned(), words, is_share: true }
}

fn number(key: &str, words: Words) -> SheetColumn {
    SheetColumn { key: key.to_owned(), words, is_share: false }
}

/// The figures of a grid, in the order of all columns.
pub(super) fn figures_of(sections: &[Section], counted: &Counted, path: &str) -> Vec<Figure> {
    let flow = counted.cases.get(path).copied().unwrap_or_default();
    let register = counted.register.get(path).copied().unwrap_or_default();
    let figure = |column: &SheetColumn| match column.key.as_str() {
        "absent" => Figure::number(counted.absent(path)),
        "refused" => Figure::number(counted.refused(path)),
        "reported" => Figure::number(flow.reported),
        "done" => Figure::number(flow.done),
        "open" => Figure::number(flow.open),
        "overdue" => Figure::number(flow.overdue),
        "confirmed" => Figure::number(register.confirmed),
        "entered" => Figure::number(register.entered),
        "changed" => Figure::number(register.changed),
        "stale" => Figure::number(counted.stale.get(path).copied().unwrap_or(0)),
        key => counted.share(path, key),
    };
    sections.iter().flat_map(|section| &section.columns).map(figure).collect()
}
