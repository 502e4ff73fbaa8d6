//! Answers as a submission: for another server that speaks OpenRosa.

use super::xml::Xml;
use crate::answers::Answers;
use crate::expression::NodeId;

/// The answers that are asked, with their meta block. ODK XForms specification, "Instance" and "Metadata".
pub fn write_answers(answers: &Answers, instance_id: &str) -> String {
    let form = answers.plan().form();
    let mut xml = Xml::begin();
    let attributes = [
        ("id", form.id.as_str()),
        ("version", form.version.as_str()),
        ("xmlns:orx", "http://openrosa.org/xforms"),
    ];
    xml.open(&form.root, &attributes);
    write_below(answers, NodeId::ROOT, &mut xml);
    xml.open("orx:meta", &[]);
    xml.leaf("orx:instanceID", &[], instance_id);
    xml.close();
    xml.finish()
}

fn write_below(answers: &Answers, node: NodeId, xml: &mut Xml) {
    let tree = &answers.tree;
    for child in tree.children(node).filter(|child| tree.own_relevance(*child)) {
        let is_group = answers.item(child).is_some_and(|item| answers.plan().node(item).kind.is_group());
        if is_group {
            xml.open(tree.name(child), &[]);
            write_below(answers, child, xml);
            xml.close();
        } else {
            xml.leaf(tree.name(child), &[], tree.text(child));
        }
    }
}
