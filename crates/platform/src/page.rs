//! A page of a list, and the place to go on from (keyset, never an offset).

use base64::Engine as _;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// Rows of a list with the cursor of the next page, absent on the last.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Page<T> {
    pub items: Vec<T>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<Cursor>,
}

impl<T> Page<T> {
    /// Makes a page from up to `rows_max + 1` rows: the extra row only tells that there is more.
    pub fn cut(mut items: Vec<T>, rows_max: usize, key: impl Fn(&T) -> Cursor) -> Self {
        let more = items.len() > rows_max;
        items.truncate(rows_max);
        let next = if more { items.last().map(key) } else { None };
        Self { items, next }
    }
}

/// Where a page ended: opaque to callers, the sort key of its last row to us.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(transparent)]
pub struct Cursor(pub String);

impl Cursor {
    pub fn of<K: Serialize>(key: &K) -> Self {
        let json = serde_json::to_vec(key).unwrap_or_default();
        Self(base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(json))
    }

    /// The key inside, or nothing where somebody wrote the cursor by hand.
    pub fn key<K: DeserializeOwned>(&self) -> Option<K> {
        let json = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(&self.0).ok()?;
        serde_json::from_slice(&json).ok()
    }
}
