//! A sentence in the two languages of the house: zh-CN first, English second.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// The language a person reads.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub enum Lang {
    #[default]
    #[serde(rename = "zh-CN")]
    Zh,
    #[serde(rename = "en")]
    En,
}

impl Lang {
    /// The BCP 47 tag, as `<html lang>` wants it.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }
}

/// The same sentence twice. Both are always there, so none can be missing.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Words {
    #[schema(value_type = String)]
    pub zh: Cow<'static, str>,
    #[schema(value_type = String)]
    pub en: Cow<'static, str>,
}

impl Words {
    pub const fn of(zh: &'static str, en: &'static str) -> Self {
        Self { zh: Cow::Borrowed(zh), en: Cow::Borrowed(en) }
    }

    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: Cow::Owned(zh.into()), en: Cow::Owned(en.into()) }
    }

    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }
}
