//! Text messages by a gateway's HTTP, as the catalogue describes it.

use super::{Desk, letter_of, sends_letters, settle};
use crate::catalogue::{GatewayBook, Judged, Said};
use courier::{Attempt, Outside, Sender, Sent, Trouble};
use platform::{Fixtures, Lang};
use serde_json::{Value, json};
use std::sync::Arc;

/// The kind of these lanes.
pub(crate) const SMS: &str = "sms";

/// Speaks to gateways of texts.
pub(crate) struct SmsSender {
    desk: Desk,
    gateways: Arc<GatewayBook>,
}

impl SmsSender {
    pub fn of(shelf: &Fixtures) -> Self {
        Self { desk: Desk::of(shelf), gateways: shelf.get() }
    }
}

impl Sender for SmsSender {
    sends_letters!(SMS, send, settle);
}

async fn send(sender: &SmsSender, outside: &Outside, attempt: &Attempt) -> Sent {
    let letter = match letter_of(&attempt.delivery) {
        Ok(letter) => letter,
        Err(ended) => return ended,
    };
    let settings = &attempt.endpoint.settings.0;
    let setting = |key: &str| settings[key].as_str().unwrap_or_default().to_owned();
    let Some(gateway) = sender.gateways.find(&setting("gateway")) else {
        return Sent::trouble(Trouble::UnknownGateway);
    };
    let url = match outside.check(&attempt.endpoint.address) {
        Ok(url) => url,
        Err(error) => return Sent::trouble(error),
    };
    let signature = setting("signature");
    let text = match letter.lang {
        Lang::En => format!("[{signature}] {}", letter.text),
        _ => format!("【{signature}】{}", letter.text),
    };
    let mut said = Said::default();
    let secret = attempt.secret.as_ref().map(|secret| secret.to_string()).unwrap_or_default();
    let template = settings["templates"][&letter.template].as_str().unwrap_or_default().to_owned();
    let texts = [
        // Ours, the same however often it is tried: a gateway that knows it sends it once.
        ("id", attempt.delivery.subject_id.to_string()),
        ("phone", letter.to.clone()),
        ("text", text),
        ("signature", signature),
        ("template", template),
        ("account", setting("account")),
        ("secret", secret),
    ];
    said.texts = texts.into_iter().map(|(name, text)| (name.to_owned(), text)).collect();
    said.params = letter.values.iter().map(|(name, text)| (name.clone(), json!(text))).collect();
    said.values =
        letter.order.iter().filter_map(|name| letter.values.get(name)).map(|text| json!(text)).collect();
    let body = gateway.body(&said);
    let (kind, body) = match gateway.format {
        crate::catalogue::Format::Json => ("application/json", body.to_string()),
        crate::catalogue::Format::Form => ("application/x-www-form-urlencoded", form_of(&body)),
    };
    let mut request = outside.post(url).header("content-type", kind).body(body);
    for (name, value) in gateway.headers(&said) {
        request = request.header(name, value);
    }
    let sent = match outside.call(request).await {
        Ok(answer) if answer.is_success() => match gateway.judge(&answer.body) {
            Judged::Sent => Sent::Arrived(Value::Null),
            Judged::Refused(why) => Sent::Refused(why),
            // What the gateway means is not known, or its account is empty: nothing is lost, and a person sees why it waits.
            Judged::Unclear(why) => Sent::Trouble { why, wait: answer.asked_wait(attempt.now) },
        },
        Ok(answer) => courier::judge(&answer, attempt.now),
        Err(error) => Sent::trouble(error),
    };
    // What is kept and shown of it is without the number.
    sent.without(&letter.to)
}

/// The loader saw to it that a form has texts only.
fn form_of(body: &Value) -> String {
    let fields = body.as_object().into_iter().flatten();
    let pairs: Vec<(&str, &str)> =
        fields.map(|(name, value)| (name.as_str(), value.as_str().unwrap_or_default())).collect();
    serde_urlencoded::to_string(pairs).unwrap_or_default()
}
