//! `mulin serve`: the house open to its people, until it is told to stop.

use crate::failure::{Failure, Outcome};
use crate::house::{self, Alone};
use crate::settings::Settings;
use crate::{listen, metering, worker};
use edge::Districts;
use std::io::Write;
use std::time::Instant;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// Serves until SIGTERM or SIGINT; then lets requests and the round of background work end, and closes the database.
pub(crate) async fn run(settings: &Settings) -> Outcome {
    let started = Instant::now();
    metering::start();
    // The address first: who cannot listen need not open the database.
    let listener = bind(&settings.listen).await?;
    let edge = house::open(settings, Alone::Yes).await?;
    let routes = house::router(&edge)?;
    let address = listener.local_addr()?;
    let (stopping, told) = watch::channel(false);
    let deliveries = tokio::spawn(courier::run(edge.clone(), told.clone()));
    let sensors = tokio::spawn(linkage::listen(edge.clone(), told.clone()));
    if settings.demo {
        tokio::spawn(linkage::demo::speak(edge.clone(), told.clone()));
    }
    let worker = tokio::spawn(worker::run(edge.clone(), told));
    tracing::info!(
        start_ms = started.elapsed().as_millis() as u64,
        "Serving on {address} from {}",
        edge.db.engine_name()
    );
    greet(settings, &edge, &address.to_string())?;
    listen::serve(listener, routes, told_to_stop()?).await;
    stopping.send_replace(true);
    let _ = tokio::join!(worker, deliveries, sensors);
    drop(edge);
    tracing::info!("Stopped");
    Ok(())
}

async fn bind(address: &str) -> Outcome<TcpListener> {
    TcpListener::bind(address).await.map_err(|e| match e.kind() {
        std::io::ErrorKind::AddrInUse => Failure::failed(format!(
            "{address} is in use by another program; choose another with --listen 127.0.0.1:8081"
        )),
        std::io::ErrorKind::InvalidInput => {
            Failure::usage(format!("{address} is no address and port, such as 127.0.0.1:8080"))
        }
        _ => Failure::because(format_args!("cannot listen on {address}"), &e),
    })
}

fn told_to_stop() -> Outcome<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("Told to stop: the requests under way are finished first");
    })
}

/// What a person at the terminal wants to know first.
fn greet(settings: &Settings, edge: &edge::Edge, address: &str) -> Outcome {
    let mut out = std::io::stdout().lock();
    writeln!(out, "Mulin 睦邻 is open: http://{address}/   (API: http://{address}/api, stop with Ctrl-C)")?;
    let districts = edge.fixture::<Districts>();
    match districts.all() {
        [] => {
            writeln!(out, "No district yet: `mulin demo` makes one, or found your own (docs/operating.md).")?
        }
        all => {
            let names: Vec<String> = all.iter().map(|d| format!("{} {}", d.code, d.name)).collect();
            writeln!(out, "Districts: {}", names.join(", "))?;
        }
    }
    if settings.demo {
        crate::commands::demo::print_accounts(&mut out, &settings.data)?;
    }
    Ok(out.flush()?)
}
