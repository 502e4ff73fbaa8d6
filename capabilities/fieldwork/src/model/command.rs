//! Something done on a device and sent when there was a line: what may become of it, in which order, and what it waits for.

use super::{CommandId, DeviceId};
use platform::{AccountId, Problem, Time, Words};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::Duration;
use utoipa::ToSchema;

/// Commands of one batch (web.md A5).
pub const BATCH_COMMANDS_MAX: usize = 200;
/// Commands of one account that may wait for what has not come.
pub const HELD_MAX: usize = 500;
/// A command that has waited so long is shown to its worker: what it waits for is not likely to come.
pub const HELD_LONG: Duration = Duration::from_hours(30 * 24);

store::text_enum! {
    /// What became of a command.
    pub CommandState {
        Accepted = "accepted",
        /// Done, beside what others had changed meanwhile.
        Merged = "merged",
        /// Done but for values that somebody else had changed otherwise: a person decides.
        Clash = "clash",
        /// It waits for what has to come first.
        Held = "held",
        /// Not done, for good; the reason says what to mend, and what is mended is another command.
        Refused = "refused",
    }
}

impl CommandState {
    /// Whether what waits for a command in this state may go on.
    pub const fn is_done(self) -> bool {
        matches!(self, Self::Accepted | Self::Merged | Self::Clash)
    }
}

/// A command as it was sent.
#[derive(Clone, PartialEq, Debug)]
pub struct Command {
    pub id: CommandId,
    pub device: DeviceId,
    pub account: AccountId,
    /// Orders what one device did.
    pub seq: i64,
    /// By the clock of the device, which may be wrong by days: it stands beside and decides nothing.
    pub at: Time,
    /// A word of [`super::super::commands::sync`]; unknown ones are refused by name.
    pub kind: String,
    pub parent: Option<CommandId>,
    pub body: Value,
}

/// Why a command was not done: a stable code, a sentence, and the field it concerns.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
pub struct CommandRefusal {
    pub code: String,
    pub words: Words,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

impl From<&Problem> for CommandRefusal {
    fn from(problem: &Problem) -> Self {
        Self { code: problem.code.to_string(), words: problem.words(), field: problem.field.clone() }
    }
}

/// What became of a command, as it is kept: nothing of anybody's values.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct CommandAnswer {
    pub state: CommandState,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<CommandRefusal>,
    /// Ids and versions by name: `record`, `version`, `act`, `case`, `number`, `submission`, `task`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub result: BTreeMap<String, Value>,
}

impl CommandAnswer {
    /// Done, with what came of it.
    pub fn done(state: CommandState, result: impl IntoIterator<Item = (&'static str, Value)>) -> Self {
        let result = result.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Self { state, refusal: None, result }
    }

    pub fn held() -> Self {
        Self { state: CommandState::Held, refusal: None, result: BTreeMap::new() }
    }

    pub fn refused(problem: &Problem) -> Self {
        Self {
            state: CommandState::Refused,
            refusal: Some(CommandRefusal::from(problem)),
            result: BTreeMap::new(),
        }
    }
}

/// What a command does by what it waits for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Turn {
    /// Now.
    Go,
    /// Its parent has not come, or waits itself.
    Wait,
    /// Its parent was refused: it would stand on nothing.
    Never,
}

/// Whether a command's turn has come, by how its parent stands.
pub fn turn(parent: Option<Option<CommandState>>) -> Turn {
    match parent {
        None => Turn::Go,
        Some(Some(CommandState::Refused)) => Turn::Never,
        Some(Some(state)) if state.is_done() => Turn::Go,
        Some(_) => Turn::Wait,
    }
}

/// A batch in the order in which it is done: by the device's own count, and of two alike the smaller id first.
pub fn in_order(mut commands: Vec<Command>) -> Vec<Command> {
    commands.sort_by_key(|command| (command.seq, command.id));
    commands
}

#[cfg(test)]
mod tests {
    //! When a command's turn comes.
    use super::{CommandState, Turn, turn};

    #[test]
    fn a_command_waits_for_its_parent_and_no_longer() {
        let rows = [
            (None, Turn::Go),
            (Some(None), Turn::Wait),
            (Some(Some(CommandState::Held)), Turn::Wait),
            (Some(Some(CommandState::Accepted)), Turn::Go),
            (Some(Some(CommandState::Merged)), Turn::Go),
            (Some(Some(CommandState::Clash)), Turn::Go),
            (Some(Some(CommandState::Refused)), Turn::Never),
        ];
        for (parent, expected) in rows {
            assert_eq!(turn(parent), expected, "{parent:?}");
        }
    }
}
