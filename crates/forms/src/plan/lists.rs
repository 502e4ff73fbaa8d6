//! Lists of choices as trees, so that paths and filters walk them: `instance('list')/root/item[name = 'x']/label`.

use crate::expression::{NodeId, Tree};
use crate::form::{Choice, Form};
use std::collections::HashMap;
use std::sync::Arc;

#[derive(Debug, Default)]
pub(super) struct ListTrees {
    trees: Vec<Tree>,
    by_name: HashMap<String, u32>,
}

impl ListTrees {
    pub(super) fn of(form: &Form) -> Self {
        let language = form.first_language();
        let trees = form.lists.values().map(|choices| tree_of(choices, language)).collect();
        let names = form.lists.keys().cloned();
        Self { trees, by_name: names.zip(0..).collect() }
    }

    pub(super) fn find(&self, name: &str) -> Option<u32> {
        self.by_name.get(name).copied()
    }

    pub(super) fn tree(&self, number: u32) -> &Tree {
        &self.trees[number as usize]
    }
}

fn tree_of(choices: &[Choice], language: &str) -> Tree {
    let names: [Arc<str>; 4] = ["root", "item", "name", "label"].map(Arc::from);
    let [root_name, item_name, name_name, label_name] = &names;
    let mut columns: HashMap<&str, Arc<str>> = HashMap::new();
    let mut tree = Tree::new("instance");
    let root = tree.add(NodeId::ROOT, root_name);
    for choice in choices {
        let item = tree.add(root, item_name);
        put(&mut tree, item, name_name, &choice.name);
        put(&mut tree, item, label_name, choice.label.get(language));
        for (column, value) in &choice.columns {
            let name = Arc::clone(columns.entry(column).or_insert_with(|| Arc::from(column.as_str())));
            put(&mut tree, item, &name, value);
        }
    }
    tree
}

fn put(tree: &mut Tree, item: NodeId, name: &Arc<str>, text: &str) {
    let node = tree.add(item, name);
    tree.set_text(node, text);
}
