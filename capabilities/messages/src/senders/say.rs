//! Saying something to a gateway over HTTP as the catalogue describes it, and what its answer means.

use crate::catalogue::{Call, Format, Judged, Said};
use courier::{Attempt, Outside, Sent};
use serde_json::Value;

/// What is said to whom.
pub(super) struct Saying<'a> {
    pub address: &'a str,
    pub call: &'a Call,
    pub said: &'a Said,
    /// A telephone that the other side may repeat, and nobody is shown.
    pub hidden: &'a str,
}

/// Says it once: the answer, where it means success; else how the attempt ended.
pub(super) async fn say(outside: &Outside, attempt: &Attempt, saying: Saying<'_>) -> Result<Vec<u8>, Sent> {
    // What is kept and shown of it is without the telephone.
    said(outside, attempt, &saying).await.map_err(|ended| ended.without(saying.hidden))
}

async fn said(outside: &Outside, attempt: &Attempt, saying: &Saying<'_>) -> Result<Vec<u8>, Sent> {
    let Saying { address, call, said, .. } = saying;
    let url = outside.check(address).map_err(Sent::trouble)?;
    let body = call.body(said);
    let (kind, body) = match call.format {
        Format::Json => ("application/json", body.to_string()),
        Format::Form => ("application/x-www-form-urlencoded", form_of(&body)),
    };
    let mut request = outside.post(url).header("content-type", kind).body(body);
    for (name, value) in call.headers(said) {
        request = request.header(name, value);
    }
    let answer = outside.call(request).await.map_err(Sent::trouble)?;
    if !answer.is_success() {
        return Err(courier::judge(&answer, attempt.now));
    }
    match call.judge(&answer.body) {
        Judged::Done => Ok(answer.body),
        Judged::Refused(why) => Err(Sent::Refused(why)),
        // What the gateway means is not known, or its account is empty: nothing is lost, and a person sees why it waits.
        Judged::Unclear(why) => Err(Sent::Trouble { why, wait: answer.asked_wait(attempt.now) }),
    }
}

/// The loader saw to it that a form has texts only.
fn form_of(body: &Value) -> String {
    let fields = body.as_object().into_iter().flatten();
    let pairs: Vec<(&str, &str)> =
        fields.map(|(name, value)| (name.as_str(), value.as_str().unwrap_or_default())).collect();
    serde_urlencoded::to_string(pairs).unwrap_or_default()
}
