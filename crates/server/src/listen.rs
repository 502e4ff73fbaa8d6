//! Connections: accepted up to a limit, read within a time, and at the end brought to their end.

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use futures_util::StreamExt;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tower::ServiceExt;

/// Connections at once; more wait in the kernel's queue.
const CONNECTIONS_MAX: usize = 8192;
/// How long a caller may take to send the head of a request, and a silent connection is kept.
const HEAD_WAIT_MAX: Duration = Duration::from_secs(60);
/// How long requests may take to end once the server was told to stop.
const STOP_WAIT_MAX: Duration = Duration::from_secs(20);
/// After a refusal of the machine (no file handles left), before the next attempt.
const ACCEPT_RETRY_WAIT: Duration = Duration::from_millis(50);

/// Serves until `stop` is ready, then lets the requests under way end.
pub(crate) async fn serve(listener: TcpListener, routes: Router, stop: impl Future<Output = ()>) {
    let (stopping, told) = watch::channel(false);
    let routes = routes.layer(from_fn_with_state(told, end_streams));
    let connections = GracefulShutdown::new();
    let room = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let mut stop = std::pin::pin!(stop);
    loop {
        let accepted = async {
            let place = room.clone().acquire_owned().await;
            (listener.accept().await, place)
        };
        tokio::select! {
            (accepted, place) = accepted => match accepted {
                Ok((stream, peer)) => {
                    let connection = connections.watch(speak(stream, peer, routes.clone()));
                    tokio::spawn(async move {
                        // A caller who hangs up in the middle is no event.
                        let _ = connection.await;
                        drop(place);
                    });
                }
                Err(e) => {
                    tracing::warn!("A connection could not be accepted: {e}");
                    tokio::time::sleep(ACCEPT_RETRY_WAIT).await;
                }
            },
            () = &mut stop => break,
        }
    }
    drop(listener);
    stopping.send_replace(true);
    if tokio::time::timeout(STOP_WAIT_MAX, connections.shutdown()).await.is_err() {
        tracing::warn!("Some requests did not end in {} s and were cut off", STOP_WAIT_MAX.as_secs());
    }
}

fn speak(
    stream: TcpStream,
    peer: SocketAddr,
    routes: Router,
) -> http1::Connection<
    TokioIo<TcpStream>,
    impl hyper::service::Service<
        Request<Incoming>,
        Response = Response,
        Error = std::convert::Infallible,
        Future: Send,
    > + use<>,
> {
    // Answers are small and written once: waiting for more of them only adds 40 ms.
    let _ = stream.set_nodelay(true);
    let service = hyper::service::service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        routes.clone().oneshot(request)
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD_WAIT_MAX);
    http.serve_connection(TokioIo::new(stream), service)
}

/// Live streams have no end of their own: they end when the server is told to stop, and the screen connects anew.
async fn end_streams(
    axum::extract::State(told): axum::extract::State<watch::Receiver<bool>>,
    request: axum::extract::Request,
    next: Next,
) -> Response {
    let response = next.run(request).await;
    let is_stream = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"));
    if !is_stream {
        return response;
    }
    let mut told = told;
    response.map(|body| {
        let stopped = async move {
            let _ = told.wait_for(|stopping| *stopping).await;
        };
        Body::from_stream(body.into_data_stream().take_until(Box::pin(stopped)))
    })
}
