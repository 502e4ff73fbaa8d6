//! What is shown of a question: its words with answers filled in, and the choices its filter offers.

use super::{Answers, Scene};
use crate::expression::{Expression, ExpressionFault, Focus, NodeId, NodeRef, Path, Start, Surroundings};
use crate::form::Choice;
use crate::plan::{ItemId, Piece, pieces};
use crate::text::Text;

impl Answers {
    /// The label of the node at an address, as it is shown there.
    pub fn label(&self, address: &str, scene: &Scene<'_>) -> String {
        let item = self.tree.find(address).and_then(|node| self.item(node));
        item.map_or(String::new(), |item| self.sentence(&self.plan.node(item).label, address, scene))
    }

    /// What these answers are called among others: the form's `instance_name`; empty where it has none.
    ///
    /// # Errors
    /// An expression that gives no value.
    pub fn name(&self, scene: &Scene<'_>) -> Result<String, ExpressionFault> {
        match self.plan.instance_name() {
            Some(rule) => self.world(scene).text(rule, &Focus::on(NodeId::ROOT)),
            None => Ok(String::new()),
        }
    }

    /// A label, hint or message with its `${name}` filled in from where the node stands; a choice is shown by its label.
    pub fn sentence(&self, text: &Text, address: &str, scene: &Scene<'_>) -> String {
        let node = self.tree.find(address).unwrap_or(NodeId::ROOT);
        let mut sentence = String::new();
        for piece in pieces(text.get(scene.language)) {
            match piece {
                Piece::Words(words) => sentence.push_str(words),
                Piece::Answer(name) => sentence.push_str(&self.shown_answer(name, node, scene)),
            }
        }
        sentence
    }

    fn shown_answer(&self, name: &str, node: NodeId, scene: &Scene<'_>) -> String {
        let expression = Expression::Path(Path { start: Start::Named(name.into()), steps: Vec::new() });
        let text = self.world(scene).text(&expression, &Focus::on(node)).unwrap_or_default();
        self.plan.choice_label(name, &text, scene.language).unwrap_or(text)
    }

    /// The choices a question offers here, in the order of its list.
    ///
    /// # Errors
    /// A filter that gives no value.
    pub fn choices(&self, address: &str, scene: &Scene<'_>) -> Result<Vec<&Choice>, ExpressionFault> {
        let Some((node, item)) = self.tree.find(address).and_then(|node| Some((node, self.item(node)?)))
        else {
            return Ok(Vec::new());
        };
        let Some((list, _)) = self.plan.node(item).kind.list() else { return Ok(Vec::new()) };
        let Some(choices) = self.plan.form().lists.get(list) else { return Ok(Vec::new()) };
        let offered = self.offered(node, item, choices.len(), scene, |_| true)?;
        Ok(offered.into_iter().map(|index| &choices[index]).collect())
    }

    /// The places in its list of those choices that are looked at and that the filter lets through.
    pub(super) fn offered(
        &self,
        node: NodeId,
        item: ItemId,
        count: usize,
        scene: &Scene<'_>,
        look_at: impl Fn(usize) -> bool,
    ) -> Result<Vec<usize>, ExpressionFault> {
        let looked_at = (0..count).filter(|index| look_at(*index));
        let Some(filter) = &self.plan.item(item).rules.filter else { return Ok(looked_at.collect()) };
        let list = self.plan.node(item).kind.list().and_then(|(list, _)| self.plan.list(list));
        let Some(list) = list else { return Ok(Vec::new()) };
        let tree = self.plan.list_tree(list);
        let Some(root) = tree.children_named(NodeId::ROOT, "root").first() else { return Ok(Vec::new()) };
        let items = tree.children_named(*root, "item");
        let world = self.world(scene);
        let mut offered = Vec::new();
        for index in looked_at {
            world.rest();
            let choice = NodeRef { tree: list + 1, node: items[index] };
            if world.bool(filter, &Focus::on_choice(choice, node))? {
                offered.push(index);
            }
        }
        Ok(offered)
    }
}
