//! OpenRosa: a form as ODK Collect reads it, and submissions as it sends them. ODK XForms specification.

mod body;
mod guise;
mod head;
mod itext;
mod openrosa;
mod print;
mod read;
mod source;
mod submission;
mod write_answers;
mod xml;

pub use guise::{Guise, lists_apart, write_list_apart};
pub use openrosa::{ListedFile, ListedForm, write_form_list, write_manifest, write_message};
pub use read::{XFormRefused, read_form};
pub use source::XmlFault;
pub use submission::{Submission, SubmissionFault, SubmissionHead, read_submission, read_submission_head};
pub use write_answers::write_answers;

use crate::plan::Plan;
use xml::Xml;

/// The form as an XForm: `h:html` with its model and its body. A register look-up becomes a text question, as Collect knows
/// no register.
pub fn write_form(plan: &Plan) -> String {
    write_form_as(plan, &Guise::default())
}

/// The form as [`write_form`], as a server hands it out.
pub fn write_form_as(plan: &Plan, guise: &Guise<'_>) -> String {
    let mut xml = Xml::begin();
    xml.open(
        "h:html",
        &[
            ("xmlns", "http://www.w3.org/2002/xforms"),
            ("xmlns:h", "http://www.w3.org/1999/xhtml"),
            ("xmlns:jr", "http://openrosa.org/javarosa"),
            ("xmlns:odk", "http://www.opendatakit.org/xforms"),
            ("xmlns:orx", "http://openrosa.org/xforms"),
            ("xmlns:xsd", "http://www.w3.org/2001/XMLSchema"),
        ],
    );
    head::write(plan, guise, &mut xml);
    body::write(plan, guise, &mut xml);
    xml.close();
    xml.finish()
}
