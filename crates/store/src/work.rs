//! A body of a read or a write without its types: the engines are compiled once, not once for every caller.

use platform::Fault;
use std::pin::Pin;
use tokio::sync::oneshot;

/// A body at work. It says whether it succeeded, and keeps its outcome for the caller.
pub(crate) type Running<'a> = Pin<Box<dyn Future<Output = bool> + 'a>>;

/// What somebody asked for on a `Conn` or a `Tx`, with its outcome once it has run.
pub(crate) trait Work<C>: Send {
    /// Runs the body; an earlier outcome is forgotten.
    fn run<'a>(&'a mut self, on: &'a mut C) -> Running<'a>;
    /// Puts a fault in the place of the outcome.
    fn fail(&mut self, fault: Fault);
    /// Nobody waits for the outcome any more.
    fn is_abandoned(&self) -> bool;
    /// Tells the caller. That nobody listens is no failure: what was committed stands.
    fn deliver(self: Box<Self>);
}

/// Where the caller waits.
pub(crate) struct Answer<T, E>(oneshot::Receiver<Result<T, E>>);

/// A body, and the place to wait for what becomes of it.
pub(crate) fn ask<C, T, E, F>(body: F) -> (Box<dyn Work<C>>, Answer<T, E>)
where
    F: AsyncFn(&mut C) -> Result<T, E> + Send + 'static,
    T: Send + 'static,
    E: From<Fault> + Send + 'static,
    C: 'static,
{
    let (reply, answer) = oneshot::channel();
    (Box::new(Asked { body, outcome: None, reply }), Answer(answer))
}

impl<T, E: From<Fault>> Answer<T, E> {
    pub(crate) async fn wait(self) -> Result<T, E> {
        self.0.await.unwrap_or_else(|_| Err(Fault::broken("the database dropped what it was asked").into()))
    }
}

struct Asked<F, T, E> {
    body: F,
    outcome: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<C, T, E, F> Work<C> for Asked<F, T, E>
where
    F: AsyncFn(&mut C) -> Result<T, E> + Send,
    T: Send,
    E: From<Fault> + Send,
{
    fn run<'a>(&'a mut self, on: &'a mut C) -> Running<'a> {
        Box::pin(async move {
            let outcome = (self.body)(on).await;
            let is_done = outcome.is_ok();
            self.outcome = Some(outcome);
            is_done
        })
    }

    fn fail(&mut self, fault: Fault) {
        self.outcome = Some(Err(fault.into()));
    }

    fn is_abandoned(&self) -> bool {
        self.reply.is_closed()
    }

    fn deliver(self: Box<Self>) {
        if let Some(outcome) = self.outcome {
            let _ = self.reply.send(outcome);
        }
    }
}
