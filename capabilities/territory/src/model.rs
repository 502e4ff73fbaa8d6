//! Values and rules of the territory: areas and their codes, plans, posts and who holds them, the map as it stands.

mod area;
mod code;
mod draw;
mod file;
mod naming;
mod plan;
mod post;
mod review;
mod snapshot;

pub use area::{Area, AreaDraft, AreaId, AreaKind, AreaLevel, Edition};
pub use code::{
    CODE_CHARS_MAX, cjt349_place, code_of_path, level_of_code, parent_code_of, parent_path, root_path,
};
pub use draw::{Drawn, DrawnCell, PictureFrame};
pub use file::{FileFormat, FileOptions, ReadFile, read_file, write_csv, write_geojson};
pub use plan::{CheckedPlan, Finding, Plan, Review, Severity};
pub use post::{
    Away, HeldPost, Holding, HoldingId, HoldingRole, Organisation, OrganisationKind, Post, PostKind, Roster,
};
pub use review::check_plan;
pub use snapshot::{Land, Near, Seats, Snapshot};

/// A name shown to people: an area, a post, a person who holds it.
pub const NAME_CHARS_MAX: usize = 100;

/// Declares an enum whose variants are stored and spoken by a stable word: `as_str`, `parse`, serde as the same text.
macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal ($zh:literal, $en:literal)),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $text)] $variant),+ }
        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// The stable word, as stored and as the API writes it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
            /// The value of a stable word.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)+ _ => None }
            }
            /// What people call it.
            pub const fn words(self) -> platform::Words {
                match self { $(Self::$variant => platform::Words::of($zh, $en)),+ }
            }
        }
        // By hand: the derive does not see a rename that came through a macro, and would describe the variants' names.
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::schema::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .enum_values(Some([$($text),+]))
                    .into()
            }
        }
        impl utoipa::ToSchema for $name {}
    };
}
pub(crate) use named;
