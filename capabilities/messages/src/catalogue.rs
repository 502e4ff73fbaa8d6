//! What people are sent, and how gateways are spoken to: catalog/messages, from the program or from a district's own folder, checked when
//! loaded.

mod call;
mod gateways;
mod relays;
mod templates;

pub(crate) use call::{Call, Format, Judged, Said};
pub(crate) use gateways::GatewayBook;
pub use relays::RelayBook;
pub(crate) use relays::{Bound, Relayer};
pub(crate) use templates::{ClassEntry, Template, TemplateBook};

use platform::Fault;

/// All that is wrong in a file, in one fault.
fn whole<T>(path: &str, faults: &[String], found: T) -> Result<T, Fault> {
    if faults.is_empty() { Ok(found) } else { Err(Fault::broken(format!("{path}: {}", faults.join("; ")))) }
}
