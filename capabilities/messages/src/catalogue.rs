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

use edge::Settings;
use platform::Fault;

/// The text of a file of the catalogue: the district's own, or the one of the house.
fn text_of(settings: &Settings, (path, built_in): (&str, &str)) -> Result<String, Fault> {
    let own = settings.catalog.as_ref().map(|folder| folder.join(path)).filter(|path| path.exists());
    match own {
        Some(path) => std::fs::read_to_string(&path)
            .map_err(|e| Fault::from(e).context(format_args!("reading {}", path.display()))),
        None => Ok(built_in.to_owned()),
    }
}

/// All that is wrong in a file, in one fault.
fn whole<T>(path: &str, faults: &[String], found: T) -> Result<T, Fault> {
    if faults.is_empty() { Ok(found) } else { Err(Fault::broken(format!("{path}: {}", faults.join("; ")))) }
}
