//! Forms: definitions, one expression language, XLSForm in, XForms out, answers and their checks. Pure: no database, no HTTP.

mod answers;
mod diff;
mod expression;
mod fault;
mod feature;
mod form;
pub mod limits;
mod plan;
mod text;
pub mod xform;
pub mod xlsform;

pub use answers::{
    Answer, AnswerFault, AnswerTrouble, Answers, FillingFault, Given, Known, NotAsked, Scene, Stranger,
};
pub use diff::{Change, Difference, Lost, LostWhy, Migrated, differences, migrate};
pub use expression::*;
pub use fault::{At, Counted, FormFault, Part, Trouble};
pub use feature::{Feature, Unsupported};
pub use form::*;
pub use plan::{ItemId, Piece, Plan, pieces};
pub use text::{Language, NO_LANGUAGE, Text};
