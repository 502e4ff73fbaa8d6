//! Expressions as XForms writes them: `${name}` becomes a path. ODK XForms specification, "XPath paths".

use crate::expression::{Axis, Expression, Function, Path, Start, Step};
use crate::plan::{ItemId, Plan};

/// An expression as text, from where one node stands.
pub(super) fn print(plan: &Plan, owner: ItemId, expression: &Expression) -> String {
    let mut printer = Printer { plan, owner, in_list: false, out: String::new() };
    printer.expression(expression);
    printer.out
}

/// A filter as text: its context is a choice, so that a path from the question begins with `current()`.
pub(super) fn print_filter(plan: &Plan, owner: ItemId, filter: &Expression) -> String {
    let mut printer = Printer { plan, owner, in_list: true, out: String::new() };
    printer.expression(filter);
    printer.out
}

/// The path of a node from the top.
pub(super) fn absolute(plan: &Plan, item: ItemId) -> String {
    format!("/{}{}", plan.form().root, plan.path(item))
}

/// The path from one node to another: from the top, but relative where a repeat has both, so that it stays in one instance.
pub(super) fn path_to(plan: &Plan, owner: ItemId, target: ItemId, in_list: bool) -> String {
    let own: Vec<ItemId> = plan.upwards(owner).collect();
    let shares = |up: &ItemId| plan.node(*up).kind.is_repeat() && own.contains(up);
    if !plan.upwards(target).skip(1).any(|up| shares(&up)) {
        return absolute(plan, target);
    }
    let (from, to) = (&plan.item(owner).names, &plan.item(target).names);
    let shared =
        from.iter().zip(to.iter()).take(from.len().min(to.len()) - 1).take_while(|(a, b)| a == b).count();
    let ups = vec![".."; from.len() - shared].join("/");
    let downs: Vec<&str> = to[shared..].iter().map(|name| &**name).collect();
    format!("{}{ups}/{}", if in_list { "current()/" } else { "" }, downs.join("/"))
}

struct Printer<'p> {
    plan: &'p Plan,
    owner: ItemId,
    /// Whether the context is not the owner: within a predicate, or a filter of choices.
    in_list: bool,
    out: String,
}

impl Printer<'_> {
    fn expression(&mut self, expression: &Expression) {
        match expression {
            Expression::Number(number) => self.out.push_str(&crate::expression::text_of_number(*number)),
            Expression::Text(text) => self.text(text),
            Expression::Call(function, arguments) => self.call(*function, arguments),
            Expression::Pair(operator, pair) => {
                self.operand(&pair.0);
                self.out.push(' ');
                self.out.push_str(operator.sign());
                self.out.push(' ');
                self.operand(&pair.1);
            }
            Expression::Negative(inner) => {
                self.out.push('-');
                self.operand(inner);
            }
            Expression::Path(path) => self.path(path),
        }
    }

    /// In brackets where it is more than one thing: brackets too many are never wrong.
    fn operand(&mut self, expression: &Expression) {
        let is_one = !matches!(expression, Expression::Pair(..) | Expression::Negative(_));
        if is_one {
            return self.expression(expression);
        }
        self.out.push('(');
        self.expression(expression);
        self.out.push(')');
    }

    /// Text cannot have both quotation marks: it was written within one of them.
    fn text(&mut self, text: &str) {
        let quote = if text.contains('\'') { '"' } else { '\'' };
        self.out.push(quote);
        self.out.push_str(text);
        self.out.push(quote);
    }

    fn call(&mut self, function: Function, arguments: &[Expression]) {
        self.out.push_str(function.name());
        self.out.push('(');
        for (index, argument) in arguments.iter().enumerate() {
            if index > 0 {
                self.out.push_str(", ");
            }
            match (function, index, self.question(argument)) {
                (Function::ChoiceName, 1, Some(path)) => self.text(&path),
                _ => self.expression(argument),
            }
        }
        self.out.push(')');
    }

    /// The path of the question that `jr:choice-name()` names.
    fn question(&self, argument: &Expression) -> Option<String> {
        let name = match argument {
            Expression::Text(text) => text.trim(),
            Expression::Path(path) => path.named()?,
            _ => return None,
        };
        let name = name.strip_prefix("${").and_then(|name| name.strip_suffix('}')).map_or(name, str::trim);
        self.plan.find_question(name).map(|item| absolute(self.plan, item))
    }

    fn path(&mut self, path: &Path) {
        match &path.start {
            Start::Here => return self.steps(&path.steps, true),
            Start::Top => {
                self.out.push_str(if path.steps.is_empty() { "/" } else { "" });
            }
            Start::Named(name) => {
                let target = self.plan.find_name(name);
                let written = target.map(|target| path_to(self.plan, self.owner, target, self.in_list));
                self.out.push_str(&written.unwrap_or_default());
            }
            Start::Of(inner, predicates) => {
                self.inner(inner);
                self.predicates(predicates);
            }
        }
        self.steps(&path.steps, false);
    }

    fn inner(&mut self, inner: &Expression) {
        if matches!(inner, Expression::Call(..)) {
            return self.expression(inner);
        }
        self.out.push('(');
        self.expression(inner);
        self.out.push(')');
    }

    /// `//` stands for a step of its own; what follows joins without another stroke.
    fn steps(&mut self, steps: &[Step], mut is_first: bool) {
        for step in steps {
            if step.axis == Axis::Below {
                self.out.push('/');
                continue;
            }
            if !is_first {
                self.out.push('/');
            }
            is_first = false;
            self.step(step);
        }
    }

    fn step(&mut self, step: &Step) {
        match (step.axis, &step.name) {
            (Axis::Own, None) => self.out.push('.'),
            (Axis::Parent, None) => self.out.push_str(".."),
            (Axis::Own, Some(name)) => self.out.push_str(&format!("self::{name}")),
            (Axis::Parent, Some(name)) => self.out.push_str(&format!("parent::{name}")),
            (_, Some(name)) => self.out.push_str(name),
            (_, None) => self.out.push('*'),
        }
        self.predicates(&step.predicates);
    }

    fn predicates(&mut self, predicates: &[Expression]) {
        let outer = std::mem::replace(&mut self.in_list, true);
        for predicate in predicates {
            self.out.push('[');
            self.expression(predicate);
            self.out.push(']');
        }
        self.in_list = outer;
    }
}

#[cfg(test)]
mod tests {
    use super::{print, print_filter};
    use crate::expression::parse;
    use crate::form::Form;
    use crate::plan::Plan;

    #[test]
    fn a_name_becomes_a_path_and_the_rest_stays() {
        let form = r#"{"format": 1, "id": "f", "version": "1", "nodes": [
            {"name": "a", "type": "text"},
            {"name": "r", "type": "repeat", "nodes": [
                {"name": "b", "type": "integer"},
                {"name": "g", "type": "group", "nodes": [{"name": "c", "type": "integer"}]}]}]}"#;
        let plan = Plan::of(Form::from_json(form.as_bytes()).expect("a form")).expect("without faults");
        let owner = plan.find_name("c").expect("it is there");
        for (written, printed) in [
            ("${a} + 1", "/data/a + 1"),
            ("${b} * -2", "../../b * (-2)"),
            ("${c} = ''", "../c = ''"),
            ("count(${r})", "count(/data/r)"),
            ("(1 + 2) * 3", "(1 + 2) * 3"),
            ("1 + 2 * 3", "1 + (2 * 3)"),
            (". > 5 and . < 9", "(. > 5) and (. < 9)"),
            ("//b", "//b"),
            ("/data//b[1]", "/data//b[1]"),
            ("instance('l')/root/item[name = ${b}]/x", "instance('l')/root/item[name = current()/../../b]/x"),
            ("concat(\"it's\", 'x')", "concat(\"it's\", 'x')"),
            ("(${r})[2]/b", "(/data/r)[2]/b"),
            ("jr:choice-name(${b}, '${a}')", "jr:choice-name(../../b, '/data/a')"),
        ] {
            let parsed = parse(written).expect("an expression");
            assert_eq!(print(&plan, owner, &parsed), printed, "{written}");
            assert!(parse(printed).is_ok(), "{printed} can be read again");
        }
        let filter = parse("x = ${b}").expect("a filter");
        assert_eq!(print_filter(&plan, owner, &filter), "x = current()/../../b");
    }
}
