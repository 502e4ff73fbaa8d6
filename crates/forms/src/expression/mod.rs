//! The one expression language: XPath 1.0 as the ODK XForms specification narrows and widens it. What holds is written in
//! `vectors/expressions.json`, which the evaluator of the web satisfies too.

mod ast;
mod compare;
mod date;
mod evaluate;
mod fault;
mod function;
mod functions;
mod number;
mod parse;
mod path;
mod pattern;
mod place;
mod random;
mod token;
mod tree;
mod value;

pub use ast::{Axis, Expression, Operator, Path, Start, Step};
pub use evaluate::{Focus, World};
pub use fault::ExpressionFault;
pub use function::{FUNCTIONS, Function, Signature, UNSUPPORTED_FUNCTIONS};
pub use number::text_of_number;
pub use parse::parse;
pub use pattern::Pattern;
pub use tree::{NodeId, Tree};
pub use value::{NodeRef, Value};

pub(crate) use date::{Moment, is_date, is_date_time, is_time};
pub(crate) use evaluate::Surroundings;
pub(crate) use place::parse_points;
pub(crate) use token::{is_name_char, is_name_start};
