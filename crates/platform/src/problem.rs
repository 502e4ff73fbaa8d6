//! A refusal as the caller sees it: RFC 9457 problem details, in a sentence a clerk understands, zh and en.

use crate::{Fault, FaultKind, Words};
use axum_core::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use std::borrow::Cow;

/// What an error enum of a capability tells about each of its refusals.
pub trait Refusal: std::error::Error {
    fn problem(&self) -> Problem;
}

/// `application/problem+json`. The code is stable; the sentences may be improved.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Problem {
    /// HTTP status, repeated in the body as RFC 9457 asks.
    pub status: u16,
    /// Stable code, `capability.reason`.
    #[schema(value_type = String)]
    pub code: Cow<'static, str>,
    /// The sentence, in Chinese.
    pub title: String,
    /// The same sentence in English.
    pub title_en: String,
    /// What to do now, or what exactly was wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail_en: Option<String>,
    /// The field of the request it concerns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Facts a program can use: both states of a conflict, the list item cited, seconds to wait.
    #[serde(skip_serializing_if = "serde_json::Map::is_empty")]
    #[schema(value_type = Object)]
    pub extra: serde_json::Map<String, serde_json::Value>,
}

impl Problem {
    pub fn new(status: StatusCode, code: impl Into<Cow<'static, str>>, title: Words) -> Self {
        Self {
            status: status.as_u16(),
            code: code.into(),
            title: title.zh.into_owned(),
            title_en: title.en.into_owned(),
            detail: None,
            detail_en: None,
            field: None,
            extra: serde_json::Map::new(),
        }
    }

    /// 422: a field of the request does not hold.
    pub fn invalid(code: impl Into<Cow<'static, str>>, field: impl Into<String>, title: Words) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, title).field(field)
    }

    /// 404, the same for what is not there and for what is not yours to see.
    pub fn not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not_found",
            Words::of("没有找到，或您无权查看。", "Not found, or not yours to see."),
        )
    }

    /// 403.
    pub fn forbidden() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "forbidden",
            Words::of("您没有做这件事的权限。", "You are not allowed to do this."),
        )
    }

    /// 401.
    pub fn sign_in() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "sign_in", Words::of("请先登录。", "Please sign in first."))
    }

    pub fn detail(mut self, words: Words) -> Self {
        self.detail = Some(words.zh.into_owned());
        self.detail_en = Some(words.en.into_owned());
        self
    }

    pub fn field(mut self, name: impl Into<String>) -> Self {
        self.field = Some(name.into());
        self
    }

    pub fn with(mut self, key: &str, value: impl Serialize) -> Self {
        self.extra.insert(key.to_owned(), serde_json::to_value(value).unwrap_or_default());
        self
    }

    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The sentence as words.
    pub fn words(&self) -> Words {
        Words::new(self.title.clone(), self.title_en.clone())
    }
}

impl From<&Fault> for Problem {
    /// A fault tells the caller how to go on, and nothing of its inside.
    fn from(fault: &Fault) -> Self {
        match fault.kind() {
            FaultKind::Unavailable | FaultKind::Contention | FaultKind::Cancelled => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "unavailable",
                Words::of(
                    "系统暂时繁忙，请稍后再试，您填写的内容没有丢失。",
                    "The system is busy. Please try again shortly.",
                ),
            )
            .with("retry_after_s", 5),
            FaultKind::DiskFull => Self::new(
                StatusCode::INSUFFICIENT_STORAGE,
                "disk_full",
                Words::of(
                    "存储空间已满，这次没有保存，请联系管理员。",
                    "The disk is full; nothing was saved. Please tell the operator.",
                ),
            ),
            FaultKind::Constraint => Self::new(
                StatusCode::CONFLICT,
                "conflict",
                Words::of(
                    "与已有的记录冲突，没有保存。",
                    "This conflicts with an existing record; nothing was saved.",
                ),
            ),
            FaultKind::Corrupt | FaultKind::Broken => Self::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "fault",
                Words::of(
                    "系统出错了，没有保存，我们已记录。",
                    "Something broke; nothing was saved. It has been logged.",
                ),
            ),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.status();
        let retry = self.extra.get("retry_after_s").and_then(serde_json::Value::as_i64);
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = retry {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        // Pages turn the same refusal into a sentence on the form: the edge finds it here.
        response.extensions_mut().insert(self);
        response
    }
}
