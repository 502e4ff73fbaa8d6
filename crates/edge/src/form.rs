//! Multipart forms: fields and files within their limits, refused by name.

use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use bytes::Bytes;
use platform::{Problem, Words, limits};
use std::collections::HashMap;

/// Fields and files one form may have.
const PARTS_MAX: usize = 64;
/// A text field of a form, in bytes. Longer words are refused by the field's own limit with a better sentence.
const FIELD_BYTES_MAX: usize = 1024 * 1024;

/// A file of a form.
#[derive(Clone, Debug)]
pub struct Part {
    pub field: String,
    pub file_name: String,
    pub bytes: Bytes,
}

/// A form read to its end.
#[derive(Clone, Debug, Default)]
pub struct Multipart {
    fields: HashMap<String, Vec<String>>,
    pub files: Vec<Part>,
}

/// Why a form could not be read.
pub type FormFault = Problem;

impl Multipart {
    /// The field's text without white space at its ends; nothing where it is empty or missing.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// Every value of a field (checkboxes of one name).
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.fields.get(name).into_iter().flatten().map(|v| v.trim()).filter(|v| !v.is_empty())
    }

    /// Whether a checkbox was ticked.
    pub fn ticked(&self, name: &str) -> bool {
        self.text(name).is_some_and(|v| !matches!(v, "0" | "false" | "off"))
    }

    /// All fields that begin with a prefix, without it (answers to a type's questions).
    pub fn with_prefix(&self, prefix: &str) -> Vec<(String, String)> {
        let mut found: Vec<_> = self
            .fields
            .keys()
            .filter_map(|name| Some((name, name.strip_prefix(prefix)?)))
            .flat_map(|(name, rest)| self.all(name).map(move |v| (rest.to_owned(), v.to_owned())))
            .collect();
        found.sort();
        found
    }

    /// Replaces a field (a page that fills a form in for its next step).
    pub fn set(&mut self, name: &str, value: &str) {
        self.fields.insert(name.to_owned(), vec![value.to_owned()]);
    }
}

fn broken() -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        "bad_form",
        Words::of("表单没有传完整，请再试一次。", "The form did not arrive whole. Please try again."),
    )
}

impl<S: Send + Sync> FromRequest<S> for Multipart {
    type Rejection = Problem;

    /// Reads `multipart/form-data` and `application/x-www-form-urlencoded` alike.
    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let kind = request.headers().get("content-type").and_then(|v| v.to_str().ok()).unwrap_or_default();
        if kind.starts_with("application/x-www-form-urlencoded") {
            let body = crate::extract::read_body(request, limits::JSON_BODY_BYTES_MAX).await?;
            let pairs: Vec<(String, String)> = serde_urlencoded::from_bytes(&body).map_err(|_| broken())?;
            let mut form = Self::default();
            for (name, value) in pairs {
                form.fields.entry(name).or_default().push(value);
            }
            return Ok(form);
        }
        let mut parts = axum::extract::Multipart::from_request(request, state).await.map_err(|_| broken())?;
        let mut form = Self::default();
        let mut count = 0;
        let mut total: u64 = 0;
        while let Some(part) = parts.next_field().await.map_err(|e| refused(&e))? {
            count += 1;
            if count > PARTS_MAX {
                return Err(broken());
            }
            let field = part.name().unwrap_or_default().to_owned();
            let file_name = part.file_name().map(str::to_owned);
            let bytes = part.bytes().await.map_err(|e| refused(&e))?;
            total += bytes.len() as u64;
            if total > limits::FORM_BODY_BYTES_MAX {
                return Err(crate::extract::too_large(limits::FORM_BODY_BYTES_MAX));
            }
            match file_name {
                // A file field left empty arrives as a file without name and bytes.
                Some(name) if name.is_empty() && bytes.is_empty() => {}
                Some(file_name) => form.files.push(Part { field, file_name, bytes }),
                None if bytes.len() > FIELD_BYTES_MAX => {
                    return Err(crate::extract::too_large(FIELD_BYTES_MAX as u64));
                }
                None => {
                    let text = String::from_utf8(bytes.to_vec()).map_err(|_| not_utf8(&field))?;
                    form.fields.entry(field).or_default().push(text);
                }
            }
        }
        Ok(form)
    }
}

fn not_utf8(field: &str) -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        "not_utf8",
        Words::of("内容不是有效的 UTF-8 文字。", "The text is not valid UTF-8."),
    )
    .field(field)
}

fn refused(e: &axum::extract::multipart::MultipartError) -> Problem {
    if e.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return crate::extract::too_large(limits::FORM_BODY_BYTES_MAX);
    }
    broken()
}
