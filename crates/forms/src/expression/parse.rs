//! From tokens to an expression. XPath 1.0, sections 2 and 3.

use super::ast::{Axis, Expression, Operator, Path, Start, Step};
use super::fault::ExpressionFault;
use super::function::{self, Function};
use super::pattern::Pattern;
use super::token::{Placed, Token, tokens};
use crate::limits::EXPRESSION_DEPTH_MAX;
use std::sync::Arc;

/// Reads an expression. Neither its references nor its paths are looked up; that is [`crate::Plan`]'s.
///
/// # Errors
/// Any [`ExpressionFault`] but those of evaluation.
pub fn parse(text: &str) -> Result<Expression, ExpressionFault> {
    let tokens = tokens(text)?;
    if tokens.is_empty() {
        return Err(ExpressionFault::Empty);
    }
    let mut parser = Parser { tokens: &tokens, at: 0, depth: 0 };
    let expression = parser.pairs(0)?;
    match parser.tokens.get(parser.at) {
        None => Ok(expression.0),
        Some(_) => Err(parser.unexpected()),
    }
}

/// An expression and how deep its tree is: evaluating and dropping recurse as deep.
type Deep = (Expression, usize);

struct Parser<'a> {
    tokens: &'a [Placed],
    at: usize,
    /// How deep the parser itself is.
    depth: usize,
}

/// How strongly an operator binds: XPath 1.0, sections 3.3 to 3.5.
fn strength(operator: Operator) -> u8 {
    match operator {
        Operator::Or => 1,
        Operator::And => 2,
        Operator::Equal | Operator::NotEqual => 3,
        Operator::Less | Operator::LessOrEqual | Operator::Greater | Operator::GreaterOrEqual => 4,
        Operator::Plus | Operator::Minus => 5,
        Operator::Times | Operator::Div | Operator::Mod => 6,
        Operator::Union => 8,
    }
}
/// A minus in front binds stronger than `*` and weaker than `|`.
const STRENGTH_OF_NEGATIVE: u8 = 7;

impl Parser<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at).map(|(_, token)| token)
    }

    fn take_if(&mut self, token: &Token) -> bool {
        let found = self.peek() == Some(token);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, token: &Token) -> Result<(), ExpressionFault> {
        if self.take_if(token) { Ok(()) } else { Err(self.unexpected()) }
    }

    fn unexpected(&self) -> ExpressionFault {
        match self.tokens.get(self.at) {
            Some((at, token)) => ExpressionFault::Unexpected { at: *at, found: shown(token) },
            None => ExpressionFault::EndsEarly,
        }
    }

    /// Operators of at least this strength; those of the same strength from left to right.
    fn pairs(&mut self, least: u8) -> Result<Deep, ExpressionFault> {
        self.depth += 1;
        check_depth(self.depth)?;
        let (mut left, mut depth) = self.negative()?;
        while let Some(Token::Operator(operator)) = self.peek() {
            let operator = *operator;
            if strength(operator) < least.max(1) {
                break;
            }
            self.at += 1;
            let (right, right_depth) = self.pairs(strength(operator) + 1)?;
            depth = 1 + depth.max(right_depth);
            check_depth(depth)?;
            left = Expression::Pair(operator, Box::new((left, right)));
        }
        self.depth -= 1;
        Ok((left, depth))
    }

    fn negative(&mut self) -> Result<Deep, ExpressionFault> {
        let mut signs = 0;
        while self.take_if(&Token::Operator(Operator::Minus)) {
            signs += 1;
        }
        if signs == 0 {
            return self.path();
        }
        let (mut inner, depth) = self.pairs(STRENGTH_OF_NEGATIVE)?;
        // Two signs undo each other, and still make a number of what follows.
        for _ in 0..2 - signs % 2 {
            inner = Expression::Negative(Box::new(inner));
        }
        Ok((inner, depth + 2))
    }

    fn path(&mut self) -> Result<Deep, ExpressionFault> {
        match self.peek() {
            None => Err(ExpressionFault::EndsEarly),
            Some(Token::Slash) => {
                self.at += 1;
                let bare = !self.step_follows();
                if bare {
                    Ok(leaf(Path { start: Start::Top, steps: Vec::new() }))
                } else {
                    self.steps(Start::Top, 1)
                }
            }
            Some(Token::DoubleSlash) => self.steps_after(Start::Top, 1),
            Some(Token::Reference(name)) => {
                let start = Start::Named(Arc::from(name.as_str()));
                self.at += 1;
                self.steps_after(start, 1)
            }
            _ if self.step_follows() && !self.call_follows() => self.steps(Start::Here, 1),
            _ => self.filtered(),
        }
    }

    fn call_follows(&self) -> bool {
        let name = matches!(self.peek(), Some(Token::Name(_)));
        name && matches!(self.tokens.get(self.at + 1), Some((_, Token::Open)))
    }

    fn step_follows(&self) -> bool {
        matches!(
            self.peek(),
            Some(Token::Dot | Token::DoubleDot | Token::Name(_) | Token::Star | Token::Axis(_) | Token::At)
        )
    }

    /// A primary expression, with predicates and steps behind it. XPath 1.0, section 3.3.
    fn filtered(&mut self) -> Result<Deep, ExpressionFault> {
        let (primary, mut depth) = self.primary()?;
        let predicates = self.predicates(&mut depth)?;
        let goes_on = matches!(self.peek(), Some(Token::Slash | Token::DoubleSlash));
        if predicates.is_empty() && !goes_on {
            return Ok((primary, depth));
        }
        self.steps_after(Start::Of(Box::new(primary), predicates), depth + 1)
    }

    fn primary(&mut self) -> Result<Deep, ExpressionFault> {
        let Some((_, token)) = self.tokens.get(self.at) else { return Err(ExpressionFault::EndsEarly) };
        match token {
            Token::Number(number) => {
                self.at += 1;
                Ok((Expression::Number(*number), 1))
            }
            Token::Text(text) => {
                self.at += 1;
                Ok((Expression::Text(Arc::from(text.as_str())), 1))
            }
            Token::Open => {
                self.at += 1;
                let inner = self.pairs(0)?;
                self.expect(&Token::Close)?;
                Ok(inner)
            }
            Token::Name(name) if self.call_follows() => self.call(name),
            _ => Err(self.unexpected()),
        }
    }

    fn call(&mut self, name: &str) -> Result<Deep, ExpressionFault> {
        let function = function::of_name(name)?;
        self.at += 2;
        let (mut arguments, mut depth) = (Vec::new(), 0);
        if !self.take_if(&Token::Close) {
            loop {
                let (argument, argument_depth) = self.pairs(0)?;
                depth = depth.max(argument_depth);
                arguments.push(argument);
                if self.take_if(&Token::Close) {
                    break;
                }
                self.expect(&Token::Comma)?;
            }
        }
        check_call(function, name, &arguments)?;
        check_depth(depth + 1)?;
        Ok((Expression::Call(function, arguments), depth + 1))
    }

    fn steps_after(&mut self, start: Start, depth: usize) -> Result<Deep, ExpressionFault> {
        match self.peek() {
            Some(Token::Slash) => {
                self.at += 1;
                self.steps(start, depth)
            }
            Some(Token::DoubleSlash) => self.steps(start, depth),
            // A predicate behind `${name}` chooses among all it stands for.
            Some(Token::OpenBox) if matches!(start, Start::Named(_)) => {
                let named = Expression::Path(Path { start, steps: Vec::new() });
                let mut depth = depth;
                let predicates = self.predicates(&mut depth)?;
                self.steps_after(Start::Of(Box::new(named), predicates), depth + 1)
            }
            _ => {
                check_depth(depth)?;
                Ok((Expression::Path(Path { start, steps: Vec::new() }), depth))
            }
        }
    }

    fn steps(&mut self, start: Start, depth: usize) -> Result<Deep, ExpressionFault> {
        let (mut steps, mut depth) = (Vec::new(), depth);
        if self.take_if(&Token::DoubleSlash) {
            steps.push(below());
        }
        steps.push(self.step(&mut depth)?);
        self.more_steps(start, steps, depth)
    }

    fn more_steps(
        &mut self,
        start: Start,
        mut steps: Vec<Step>,
        mut depth: usize,
    ) -> Result<Deep, ExpressionFault> {
        loop {
            if self.take_if(&Token::DoubleSlash) {
                steps.push(below());
            } else if !self.take_if(&Token::Slash) {
                break;
            }
            steps.push(self.step(&mut depth)?);
        }
        check_depth(depth)?;
        Ok((Expression::Path(Path { start, steps }), depth))
    }

    fn step(&mut self, depth: &mut usize) -> Result<Step, ExpressionFault> {
        let (axis, name) = match self.peek() {
            Some(Token::Dot) => (Axis::Own, None),
            Some(Token::DoubleDot) => (Axis::Parent, None),
            Some(Token::Star) => (Axis::Child, None),
            Some(Token::Name(name)) => (Axis::Child, Some(Arc::from(name.as_str()))),
            Some(Token::Axis(axis)) => {
                let axis = axis_of(axis)?;
                self.at += 1;
                match self.peek() {
                    Some(Token::Star) => (axis, None),
                    Some(Token::Name(name)) => (axis, Some(Arc::from(name.as_str()))),
                    _ => return Err(self.unexpected()),
                }
            }
            Some(Token::At) => return Err(ExpressionFault::UnsupportedAxis { name: "@".to_owned() }),
            _ => return Err(self.unexpected()),
        };
        self.at += 1;
        // `node()` is the only test of a node that has brackets.
        let name = match name {
            Some(name) if &*name == "node" && self.take_if(&Token::Open) => {
                self.expect(&Token::Close)?;
                None
            }
            name => name,
        };
        let predicates = self.predicates(depth)?;
        Ok(Step { axis, name, predicates })
    }

    fn predicates(&mut self, depth: &mut usize) -> Result<Vec<Expression>, ExpressionFault> {
        let mut predicates = Vec::new();
        while self.take_if(&Token::OpenBox) {
            let (predicate, predicate_depth) = self.pairs(0)?;
            self.expect(&Token::CloseBox)?;
            *depth = (*depth).max(predicate_depth + 1);
            predicates.push(predicate);
        }
        Ok(predicates)
    }
}

fn leaf(path: Path) -> Deep {
    (Expression::Path(path), 1)
}

fn below() -> Step {
    Step { axis: Axis::Below, name: None, predicates: Vec::new() }
}

fn check_depth(depth: usize) -> Result<(), ExpressionFault> {
    if depth <= EXPRESSION_DEPTH_MAX {
        return Ok(());
    }
    Err(ExpressionFault::TooDeep { depth_max: EXPRESSION_DEPTH_MAX })
}

fn axis_of(name: &str) -> Result<Axis, ExpressionFault> {
    match name {
        "child" => Ok(Axis::Child),
        "parent" => Ok(Axis::Parent),
        "self" => Ok(Axis::Own),
        _ => Err(ExpressionFault::UnsupportedAxis { name: name.to_owned() }),
    }
}

/// What can be known of a call before it is made: how many arguments, which have to be paths, and whether a pattern is one.
fn check_call(function: Function, name: &str, arguments: &[Expression]) -> Result<(), ExpressionFault> {
    let signature = function.signature();
    if !signature.takes(arguments.len()) {
        return Err(ExpressionFault::Arguments { name: name.to_owned(), count: arguments.len() });
    }
    let wanted = arguments.iter().take(signature.nodes);
    for argument in wanted {
        let gives_nodes = match argument {
            Expression::Path(_) | Expression::Pair(Operator::Union, _) => true,
            Expression::Call(inner, _) => inner.gives_nodes(),
            _ => false,
        };
        if !gives_nodes {
            return Err(ExpressionFault::NeedsNodes { name: name.to_owned() });
        }
    }
    if let (Function::Regex, Some(Expression::Text(pattern))) = (function, arguments.get(1)) {
        Pattern::of(pattern)?;
    }
    Ok(())
}

fn shown(token: &Token) -> String {
    match token {
        Token::Number(number) => number.to_string(),
        Token::Text(text) => format!("'{text}'"),
        Token::Name(name) => name.clone(),
        Token::Reference(name) => format!("${{{name}}}"),
        Token::Axis(name) => format!("{name}::"),
        Token::Operator(operator) => operator.sign().to_owned(),
        Token::Star => "*".to_owned(),
        Token::Slash => "/".to_owned(),
        Token::DoubleSlash => "//".to_owned(),
        Token::Dot => ".".to_owned(),
        Token::DoubleDot => "..".to_owned(),
        Token::Open => "(".to_owned(),
        Token::Close => ")".to_owned(),
        Token::OpenBox => "[".to_owned(),
        Token::CloseBox => "]".to_owned(),
        Token::Comma => ",".to_owned(),
        Token::At => "@".to_owned(),
    }
}

impl Operator {
    /// As it is written.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Or => "or",
            Self::And => "and",
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Plus => "+",
            Self::Minus => "-",
            Self::Times => "*",
            Self::Div => "div",
            Self::Mod => "mod",
            Self::Union => "|",
        }
    }
}
