//! What each rule names: looked up once, so that nothing is missing when the form is filled.

use super::{ItemId, Piece, Plan, pieces};
use crate::expression::{Axis, Expression, ExpressionFault, Function, Path, Start, Step};
use crate::fault::{Counted, FormFault, Part, Trouble};
use crate::limits::DEPENDENCIES_MAX;

/// The nodes each rule reads.
#[derive(Default)]
pub(super) struct References {
    /// By item: of the rule that gives its value, or the count of a repeat.
    pub value: Vec<Vec<ItemId>>,
    /// By item: of the rule that says whether it is asked.
    pub relevant: Vec<Vec<ItemId>>,
    /// Paths that lead nowhere: they give nothing, as XPath has it, and are told.
    pub warnings: Vec<FormFault>,
}

/// Where a path begins.
#[derive(Clone, Debug)]
enum Context {
    /// These nodes; `None` is the root.
    Items(Vec<Option<ItemId>>),
    /// Something in a list of choices: its columns are not known as nodes.
    Elsewhere,
}

pub(super) fn check(plan: &Plan, faults: &mut Vec<FormFault>) -> References {
    let mut found = References::default();
    let mut warnings = Vec::new();
    let mut work = 0;
    for id in plan.items() {
        let item = plan.item(id);
        let rules = &item.rules;
        let own = Context::Items(vec![Some(id)]);
        let outer = Context::Items(vec![item.parent]);
        let mut look = |rule: &Option<Expression>, part, context: &Context| {
            rule.as_ref().map_or(Vec::new(), |rule| {
                Lookup::run(plan, (id, part), rule, context, (faults, &mut warnings, &mut work))
            })
        };
        let mut value = look(&rules.calculation, Part::Calculation, &own);
        value.extend(look(&rules.count, Part::Count, &outer));
        found.value.push(value);
        found.relevant.push(look(&rules.relevant, Part::Relevant, &own));
        for (rule, part) in [
            (&rules.required, Part::Required),
            (&rules.constraint, Part::Constraint),
            (&rules.default, Part::Default),
            (&rules.read_only, Part::ReadOnly),
        ] {
            look(rule, part, &own);
        }
        look(&rules.filter, Part::Filter, &Context::Elsewhere);
        check_texts(plan, id, faults);
    }
    check_instance_name(plan, faults);
    if work > DEPENDENCIES_MAX {
        let what = Counted::Dependencies;
        faults.push(FormFault::form(Trouble::TooMany { what, max: DEPENDENCIES_MAX }));
    }
    found.warnings = warnings;
    found
}

fn check_instance_name(plan: &Plan, faults: &mut Vec<FormFault>) {
    let Some(rule) = plan.instance_name() else { return };
    let mut unknown = None;
    rule.each_path(&mut |path| {
        if let Start::Named(name) = &path.start {
            unknown = named(plan, name).err().or(unknown.take());
        }
    });
    faults.extend(unknown.map(FormFault::form));
}

/// The `${name}` of what people read.
fn check_texts(plan: &Plan, id: ItemId, faults: &mut Vec<FormFault>) {
    let node = plan.node(id);
    for (text, part) in [
        (&node.label, Part::Label),
        (&node.hint, Part::Hint),
        (&node.constraint_message, Part::Message),
        (&node.required_message, Part::Message),
    ] {
        for text in text.0.values() {
            for piece in pieces(text) {
                if let Piece::Answer(name) = piece
                    && let Err(trouble) = named(plan, name)
                {
                    faults.push(FormFault::node(plan.path(id), part, trouble));
                }
            }
        }
    }
}

fn named(plan: &Plan, name: &str) -> Result<ItemId, Trouble> {
    let name = name.to_owned();
    match plan.by_name.get(&name).map(Vec::as_slice) {
        Some([only]) => Ok(*only),
        Some(_) => Err(Trouble::AmbiguousName { name }),
        None => Err(Trouble::UnknownReference { name }),
    }
}

/// One rule being looked through.
struct Lookup<'p, 'f> {
    plan: &'p Plan,
    /// Whose rule it is.
    owner: ItemId,
    part: Part,
    found: Vec<ItemId>,
    faults: &'f mut Vec<FormFault>,
    warnings: &'f mut Vec<FormFault>,
    /// Nodes looked at for the whole form.
    work: &'f mut usize,
}

impl<'p> Lookup<'p, '_> {
    fn run(
        plan: &'p Plan,
        (owner, part): (ItemId, Part),
        rule: &Expression,
        context: &Context,
        (faults, warnings, work): (&mut Vec<FormFault>, &mut Vec<FormFault>, &mut usize),
    ) -> Vec<ItemId> {
        // Enough was looked at to refuse the form: the rest would only take time.
        if *work > DEPENDENCIES_MAX {
            return Vec::new();
        }
        let mut lookup = Lookup { plan, owner, part, found: Vec::new(), faults, warnings, work };
        lookup.expression(rule, context);
        let mut found = lookup.found;
        found.sort_unstable();
        found.dedup();
        found
    }

    fn fault(&mut self, trouble: Trouble) {
        self.faults.push(FormFault::node(self.plan.path(self.owner), self.part, trouble));
    }

    fn expression(&mut self, expression: &Expression, context: &Context) {
        match expression {
            Expression::Number(_) | Expression::Text(_) => {}
            Expression::Call(function, arguments) => self.call(*function, arguments, context),
            Expression::Pair(_, pair) => {
                self.expression(&pair.0, context);
                self.expression(&pair.1, context);
            }
            Expression::Negative(inner) => self.expression(inner, context),
            Expression::Path(path) => drop(self.path(path, context)),
        }
    }

    fn call(&mut self, function: Function, arguments: &[Expression], context: &Context) {
        match (function, arguments) {
            (Function::Instance, [Expression::Text(list)]) if self.plan.lists.find(list).is_none() => {
                let fault = ExpressionFault::UnknownList { name: list.to_string() };
                self.fault(Trouble::Expression(fault));
            }
            (Function::ChoiceName, [_, Expression::Text(question)]) => {
                let name = question.trim();
                let name =
                    name.strip_prefix("${").and_then(|name| name.strip_suffix('}')).map_or(name, str::trim);
                if self.plan.find_question(name).is_none() {
                    self.fault(Trouble::UnknownReference { name: name.to_owned() });
                }
            }
            _ => {}
        }
        arguments.iter().for_each(|argument| self.expression(argument, context));
    }

    /// Looks a path up, and says where it leads.
    fn path(&mut self, path: &Path, context: &Context) -> Context {
        let (mut at, mut steps) = (self.start(&path.start, context), path.steps.as_slice());
        if matches!(path.start, Start::Top)
            && let Some((first, rest)) = steps.split_first()
            && first.axis == Axis::Child
        {
            steps = rest;
            if first.name.as_ref().is_some_and(|name| **name != *self.plan.form.root) {
                let name = first.name.as_ref().map_or(String::new(), |name| format!("/{name}"));
                self.fault(Trouble::UnknownReference { name });
                return Context::Elsewhere;
            }
        }
        for step in steps {
            at = self.step(&at, step);
            step.predicates.iter().for_each(|predicate| self.expression(predicate, &at));
        }
        // `.` alone is the node itself: a constraint's candidate, or what `once()` keeps.
        let is_own =
            matches!(path.start, Start::Here) && path.steps.iter().all(|step| step.axis == Axis::Own);
        if let Context::Items(items) = &at
            && !is_own
        {
            self.found.extend(items.iter().flatten());
        }
        at
    }

    fn start(&mut self, start: &Start, context: &Context) -> Context {
        match start {
            Start::Here => context.clone(),
            Start::Top => Context::Items(vec![None]),
            Start::Named(name) => match named(self.plan, name) {
                Ok(item) => Context::Items(vec![Some(item)]),
                Err(trouble) => {
                    self.fault(trouble);
                    Context::Elsewhere
                }
            },
            Start::Of(inner, predicates) => {
                let at = self.given_by(inner, context);
                predicates.iter().for_each(|predicate| self.expression(predicate, &at));
                at
            }
        }
    }

    fn given_by(&mut self, expression: &Expression, context: &Context) -> Context {
        match expression {
            Expression::Call(Function::Current, _) => Context::Items(vec![Some(self.owner)]),
            Expression::Path(path) => self.path(path, context),
            other => {
                self.expression(other, context);
                Context::Elsewhere
            }
        }
    }

    fn step(&mut self, at: &Context, step: &Step) -> Context {
        let Context::Items(items) = at else { return Context::Elsewhere };
        let mut reached = Vec::new();
        for item in items {
            self.reach(*item, step, &mut reached);
            *self.work += 1;
        }
        *self.work += reached.len();
        if *self.work > DEPENDENCIES_MAX {
            return Context::Elsewhere;
        }
        reached.sort_unstable();
        reached.dedup();
        let leads_nowhere = reached.is_empty() && step.axis != Axis::Parent && !self.is_meta(items, step);
        if leads_nowhere && let Some(name) = &step.name {
            let fault = Trouble::UnknownReference { name: name.to_string() };
            self.warnings.push(FormFault::node(self.plan.path(self.owner), self.part, fault));
            return Context::Elsewhere;
        }
        Context::Items(reached)
    }

    fn reach(&self, item: Option<ItemId>, step: &Step, reached: &mut Vec<Option<ItemId>>) {
        match step.axis {
            Axis::Own => reached.push(item),
            Axis::Parent => reached.extend(item.map(|item| self.plan.parent(item))),
            Axis::Child => reached.extend(self.children(item, step).into_iter().map(Some)),
            Axis::Below => {
                reached.push(item);
                for child in self.plan.children(item) {
                    self.reach(Some(child), step, reached);
                }
            }
        }
    }

    /// Through the index where a name is said: a rule of each of ten thousand siblings may look here.
    fn children(&self, item: Option<ItemId>, step: &Step) -> Vec<ItemId> {
        let above = item.map_or(String::new(), |item| self.plan.path(item));
        match &step.name {
            None => self.plan.children(item),
            Some(name) => self.plan.find_path(&format!("{above}/{name}")).into_iter().collect(),
        }
    }

    /// `/data/meta/instanceID` and its siblings stand in every submission.
    fn is_meta(&self, items: &[Option<ItemId>], step: &Step) -> bool {
        items.is_empty() || items == [None] && step.name.as_deref() == Some("meta")
    }
}
