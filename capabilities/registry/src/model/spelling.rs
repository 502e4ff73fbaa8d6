//! Names and words as people spell them: what a name may be, how it is masked, compared and found. A name is found by its
//! characters, by its pinyin in the ways a surname is read, and by initials.

mod characters;
mod name;
mod query;
mod readings;
mod tokens;

pub use name::{NameFault, check_name, fold_name, mask_name};
pub use query::{Query, Reading, Seems, query_tokens};
pub use tokens::{asked_text_tokens, name_letters, name_tokens, text_letters, text_tokens};

pub(crate) use characters::half_width;
