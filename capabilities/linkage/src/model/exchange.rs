//! An exchange of a sandbox as it is kept: what was said and answered, the same as a command, and what its signature is over.

use ::store::{Json, row, text_enum};
use courier::DeliveryId;
use edge::{Exchange, MASK, SECRET_MASK, Way};
use platform::{Time, Words, id};

/// Of one sandbox, so many exchanges are kept.
pub const EXCHANGES_KEPT_MAX: i64 = 2_000;

id!(
    /// A call with its answer, in a sandbox.
    ExchangeId, "exchange"
);

text_enum!(
    /// Which way an exchange went, seen from here.
    pub WayName {
        /// They called us.
        In = "in",
        /// We called them.
        Out = "out"
    }
);

row! {
    /// An exchange as stored.
    #[derive(Clone, Debug)]
    pub struct ExchangeRow {
        pub id: ExchangeId,
        pub way: WayName,
        pub at: Time,
        pub method: String,
        pub address: String,
        pub query: String,
        pub headers: Json<Vec<(String, String)>>,
        pub body: String,
        pub body_cut: bool,
        pub status: Option<i64>,
        pub answer: String,
        pub answer_cut: bool,
        pub took_ms: i64,
        pub why: Option<Json<Words>>,
        pub delivery_id: Option<DeliveryId>,
    }
}

impl ExchangeRow {
    pub fn of(exchange: Exchange) -> Self {
        let (way, delivery_id) = match exchange.way {
            Way::In => (WayName::In, None),
            Way::Out { delivery } => (WayName::Out, Some(DeliveryId(delivery))),
        };
        Self {
            id: ExchangeId::new(exchange.at),
            way,
            at: exchange.at,
            method: exchange.method,
            address: exchange.address,
            query: exchange.query,
            headers: Json(exchange.headers),
            body: exchange.body.text,
            body_cut: exchange.body.is_cut,
            status: exchange.status.map(i64::from),
            answer: exchange.answer.text,
            answer_cut: exchange.answer.is_cut,
            took_ms: i64::try_from(exchange.took.as_millis()).unwrap_or(i64::MAX),
            why: exchange.why.map(Json),
            delivery_id,
        }
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The same call as a command for a shell, where `$KEY` and `$SECRET` hold what was masked; none where the body was cut.
    pub fn as_curl(&self) -> Option<String> {
        if self.body_cut {
            return None;
        }
        let base = if self.way == WayName::In { "\"$MULIN\"" } else { "" };
        let query = if self.query.is_empty() { String::new() } else { format!("?{}", self.query) };
        let mut lines = vec![format!(
            "curl -sS -X {} {base}{}",
            self.method,
            quoted(&format!("{}{query}", self.address))
        )];
        let sent = self.headers.0.iter().filter(|(name, _)| name != "user-agent" && name != "accept");
        lines.extend(sent.map(|(name, value)| format!("-H {}", quoted(&format!("{name}: {value}")))));
        if !self.body.is_empty() {
            lines.push(format!("--data-binary {}", quoted(&self.body)));
        }
        Some(lines.join(" \\\n  "))
    }

    /// What a message's signature is over, as Standard Webhooks has it: id, moment and body, with points between. None where the exchange
    /// is no signed message, or its body was cut.
    pub fn signed(&self) -> Option<String> {
        let (id, at) = (self.header("webhook-id")?, self.header("webhook-timestamp")?);
        (!self.body_cut).then(|| format!("{id}.{at}.{}", self.body))
    }

    pub fn signature(&self) -> Option<&str> {
        self.header("webhook-signature")
    }
}

/// For a shell, literally, but for what was masked.
fn quoted(text: &str) -> String {
    let literal = format!("'{}'", text.replace('\'', "'\\''"));
    [MASK, SECRET_MASK].iter().fold(literal, |text, mask| text.replace(mask, &format!("'\"{mask}\"'")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use edge::Excerpt;
    use std::time::Duration;

    fn exchange(body: &str) -> ExchangeRow {
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        ExchangeRow::of(Exchange {
            way: Way::In,
            at: Time::from_micros(1_772_416_800_000_000),
            method: "POST".to_owned(),
            address: "/api/linkage/work-orders".to_owned(),
            query: "api_key=$KEY".to_owned(),
            headers: vec![
                header("authorization", "Bearer $KEY"),
                header("webhook-id", "m-1"),
                header("webhook-timestamp", "1772416800"),
            ],
            body: Excerpt { text: body.to_owned(), is_cut: false },
            status: Some(200),
            answer: Excerpt::default(),
            took: Duration::from_millis(3),
            why: None,
        })
    }

    #[test]
    fn the_command_is_literal_but_for_the_key() {
        let curl = exchange("it's $HOME").as_curl().expect("a whole body");
        let lines: Vec<&str> = curl.split(" \\\n  ").collect();
        assert_eq!(lines[0], r#"curl -sS -X POST "$MULIN"'/api/linkage/work-orders?api_key='"$KEY"''"#);
        assert_eq!(lines[1], r#"-H 'authorization: Bearer '"$KEY"''"#);
        assert_eq!(lines[4], r"--data-binary 'it'\''s $HOME'");
    }

    #[test]
    fn a_signature_is_over_id_moment_and_body() {
        assert_eq!(exchange("{}").signed().as_deref(), Some("m-1.1772416800.{}"));
        let cut = ExchangeRow { body_cut: true, ..exchange("{}") };
        assert!(cut.signed().is_none() && cut.as_curl().is_none());
    }
}
