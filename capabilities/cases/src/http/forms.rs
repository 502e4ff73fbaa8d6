//! What the forms about cases may hold and offer: limits and purposes, for screens that must not repeat them.

use super::actions::MANY_CASES_MAX;
use crate::commands::{ADDRESS_CHARS_MAX, NAME_CHARS_MAX, PURPOSES, WORDS_CHARS_MAX};
use crate::photos::{PHOTO_BYTES_MAX, PHOTOS_MAX};
use axum::Json;
use platform::Words;
use serde::Serialize;
use utoipa::ToSchema;

/// How much each field may hold, and what may be chosen.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FormsView {
    /// What happened, a note, a reason in words: characters.
    pub words_chars_max: usize,
    /// A person's name.
    pub name_chars_max: usize,
    /// An address in words.
    pub address_chars_max: usize,
    /// Photos with one report or one step.
    pub photos_max: usize,
    /// A single photo.
    pub photo_bytes_max: u64,
    /// Cases in one action on many.
    pub cases_max: usize,
    /// For what a reporter's contact may be opened.
    pub purposes: Vec<PurposeView>,
}

/// A reason to look at a reporter's name and phone.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PurposeView {
    pub code: String,
    pub words: Words,
}

/// 表单的上限和选项：字数、照片、查看联系方式的用途。 · Limits and choices of the forms: characters, photos, purposes.
#[utoipa::path(get, path = "/api/cases/book/forms", tag = "cases", operation_id = "show_forms",
    responses((status = 200, body = FormsView)))]
pub async fn show_forms() -> Json<FormsView> {
    let purpose =
        |(code, words): &(&str, Words)| PurposeView { code: (*code).to_owned(), words: words.clone() };
    Json(FormsView {
        words_chars_max: WORDS_CHARS_MAX,
        name_chars_max: NAME_CHARS_MAX,
        address_chars_max: ADDRESS_CHARS_MAX,
        photos_max: PHOTOS_MAX,
        photo_bytes_max: PHOTO_BYTES_MAX,
        cases_max: MANY_CASES_MAX,
        purposes: PURPOSES.iter().map(purpose).collect(),
    })
}
