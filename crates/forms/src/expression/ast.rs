//! An expression after parsing.

use super::function::Function;
use std::sync::Arc;

/// One expression. Immutable; evaluated any number of times.
#[derive(Clone, Debug, PartialEq)]
pub enum Expression {
    Number(f64),
    Text(Arc<str>),
    Call(Function, Vec<Expression>),
    Pair(Operator, Box<(Expression, Expression)>),
    Negative(Box<Expression>),
    Path(Path),
}

/// XPath 1.0, sections 3.3 to 3.5.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Plus,
    Minus,
    Times,
    Div,
    Mod,
    Union,
}

/// XPath 1.0, section 2: where to begin, and the steps from there.
#[derive(Clone, Debug, PartialEq)]
pub struct Path {
    pub start: Start,
    pub steps: Vec<Step>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Start {
    /// The node the expression is about: `.`, `..`, `name`.
    Here,
    /// The top of the answers: `/data/…`.
    Top,
    /// `${name}`: the question of that name. XLSForm.org, "Formulas".
    Named(Arc<str>),
    /// What another expression gives, narrowed by predicates: `instance('x')`, `current()`, `(…)[1]`.
    Of(Box<Expression>, Vec<Expression>),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    pub axis: Axis,
    /// `None` for any name.
    pub name: Option<Arc<str>>,
    pub predicates: Vec<Expression>,
}

/// ODK XForms specification, "XPath Axes": these three, and `//` of its "XPath Paths".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Axis {
    Child,
    Parent,
    Own,
    /// The node and all below it: what `//` means before the step that follows.
    Below,
}

impl Path {
    /// `${name}` and nothing more.
    pub fn named(&self) -> Option<&str> {
        match &self.start {
            Start::Named(name) if self.steps.is_empty() => Some(name),
            _ => None,
        }
    }
}

impl Expression {
    /// Hands over every path, those in predicates and arguments included.
    pub fn each_path<'a>(&'a self, take: &mut impl FnMut(&'a Path)) {
        match self {
            Self::Number(_) | Self::Text(_) => {}
            Self::Call(_, arguments) => arguments.iter().for_each(|argument| argument.each_path(take)),
            Self::Pair(_, pair) => {
                pair.0.each_path(take);
                pair.1.each_path(take);
            }
            Self::Negative(inner) => inner.each_path(take),
            Self::Path(path) => path.each_path(take),
        }
    }

    /// Hands over every call.
    pub fn each_call<'a>(&'a self, take: &mut dyn FnMut(Function, &'a [Expression])) {
        match self {
            Self::Number(_) | Self::Text(_) => {}
            Self::Call(function, arguments) => {
                take(*function, arguments);
                arguments.iter().for_each(|argument| argument.each_call(take));
            }
            Self::Pair(_, pair) => {
                pair.0.each_call(take);
                pair.1.each_call(take);
            }
            Self::Negative(inner) => inner.each_call(take),
            Self::Path(path) => {
                if let Start::Of(inner, predicates) = &path.start {
                    inner.each_call(take);
                    predicates.iter().for_each(|predicate| predicate.each_call(take));
                }
                let predicates = path.steps.iter().flat_map(|step| &step.predicates);
                predicates.for_each(|predicate| predicate.each_call(take));
            }
        }
    }
}

impl Path {
    fn each_path<'a>(&'a self, take: &mut impl FnMut(&'a Path)) {
        take(self);
        if let Start::Of(inner, predicates) = &self.start {
            inner.each_path(take);
            predicates.iter().for_each(|predicate| predicate.each_path(take));
        }
        for predicate in self.steps.iter().flat_map(|step| &step.predicates) {
            predicate.each_path(take);
        }
    }
}
