//! The way of codes and answers to phones: by the district's gateway where it has one, else as before.

use crate::commands::choices::{CodeWords, send_code};
use crate::commands::gateways::has_real_texts;
use crate::commands::send::{Notice, new_thread, send};
use crate::model::{ACCOUNT, Recipient};
use ::store::{LocalFuture, Tx};
use edge::Edge;
use identity::{CodeAsked, CodeSender, SenderFuture};
use platform::{AccountId, Actor, Fault, Words};
use serde_json::json;
use std::sync::Arc;

/// Texts by the gateway of the district.
pub(crate) struct Texts {
    /// The demo's inbox; nobody in a house that is none.
    pub otherwise: Option<Arc<dyn CodeSender>>,
}

impl CodeSender for Texts {
    fn send<'a>(&'a self, edge: &'a Edge, asked: &'a Actor, code: &'a CodeAsked<'a>) -> SenderFuture<'a> {
        Box::pin(async move {
            let words = CodeWords {
                phone: code.phone.as_str().to_owned(),
                code: code.digits.to_owned(),
                minutes: code.minutes,
                lang: asked.lang,
            };
            let write = async move |tx: &mut Tx| {
                let has = has_real_texts(tx).await?;
                if has {
                    send_code(tx, &words).await?;
                }
                Ok::<_, Fault>(has)
            };
            match (edge.db.write(asked, write).await?, &self.otherwise) {
                (true, _) => Ok(true),
                (false, Some(otherwise)) => otherwise.send(edge, asked, code).await,
                (false, None) => Ok(false),
            }
        })
    }

    fn tell<'a>(
        &'a self,
        tx: &'a mut Tx,
        account: AccountId,
        template: &'static str,
        words: &'a Words,
    ) -> LocalFuture<'a, Result<(), Fault>> {
        Box::pin(async move {
            if has_real_texts(tx).await? {
                let thread = new_thread(tx);
                let content = json!({});
                let notice = Notice { template, content, thread, edition: 0, until: None, fact: None };
                return send(tx, &notice, &Recipient { kind: ACCOUNT, id: account.0 }).await;
            }
            match &self.otherwise {
                Some(otherwise) => otherwise.tell(tx, account, template, words).await,
                None => Ok(()),
            }
        })
    }
}
