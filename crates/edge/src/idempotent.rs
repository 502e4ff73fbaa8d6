//! `Idempotency-Key`: the same write twice gives the same answer once.

use axum::http::{HeaderMap, StatusCode};
use platform::{Fault, Problem, Words, limits};
use serde::{Serialize, de::DeserializeOwned};
use store::{Replay, Tx};

/// Runs `work` once for a key; the second time gives the first answer again.
///
/// The key counts per account or source, so nobody reads another's answer. `request` is what must be the same.
pub async fn idempotent<T, E>(
    tx: &mut Tx,
    headers: &HeaderMap,
    request: &[u8],
    work: impl AsyncFnOnce(&mut Tx) -> Result<T, E>,
) -> Result<T, E>
where
    T: Serialize + DeserializeOwned,
    E: From<Fault> + From<Problem>,
{
    let Some(key) = headers.get("idempotency-key") else { return work(tx).await };
    let key =
        key.to_str().ok().filter(|k| (1..=limits::TOKEN_CHARS_MAX).contains(&k.len())).ok_or_else(|| {
            Problem::invalid(
                "bad_idempotency_key",
                "Idempotency-Key",
                Words::of(
                    "Idempotency-Key 须为 1 到 200 个可见字符。",
                    "Idempotency-Key must be 1 to 200 visible characters.",
                ),
            )
        })?;
    let owner = tx.actor().account.map_or_else(|| tx.actor().source.to_string(), |a| a.to_string());
    let key = format!("{owner}:{key}");
    match tx.recall(&key, request).await? {
        Replay::Same { body, .. } => serde_json::from_str(&body)
            .map_err(|e| Fault::broken("a remembered answer cannot be read").because(e).into()),
        Replay::Other => Err(Problem::new(
            StatusCode::CONFLICT,
            "idempotency_key_used",
            Words::of(
                "这个 Idempotency-Key 已用于另一请求。",
                "This Idempotency-Key was used for another request.",
            ),
        )
        .into()),
        Replay::Fresh => {
            let answer = work(tx).await?;
            let body = serde_json::to_string(&answer)
                .map_err(|e| Fault::broken("an answer is no JSON").because(e))?;
            tx.remember(&key, request, 200, &body).await?;
            Ok(answer)
        }
    }
}
