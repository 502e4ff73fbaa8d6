//! Numbers that the state gave: of a person's document, of an organisation, of a real-estate unit. Each is parsed once, at the
//! border, and what is wrong is told with the place and, where it can be computed, with what would fit.
//!
//! Numbers of people print as their mask only; the whole opens for a [`Purpose`](platform::Purpose).

mod document;
mod fault;
mod kind;
mod organisation;
mod real_estate;
mod resident;
mod shape;
mod written;

pub use document::{Document, Sex};
pub use fault::IdentifierFault;
pub use kind::DocumentKind;
pub(crate) use organisation::check_character as organisation_check_character;
pub use organisation::{OrganisationCode, OrganisationCodeKind};
pub use real_estate::RealEstateUnit;
pub(crate) use resident::check_character as resident_check_character;
