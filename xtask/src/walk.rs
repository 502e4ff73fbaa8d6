//! `make walk`: the main job, played as four people through HTTP against a small demo of its own.

use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::shell::{Outcome, at, program, run};
use crate::{serve, web};

const READY_WAIT_MAX: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(50);

/// A demo district that is there for one walk: its server and its folder go with it.
struct Town {
    folder: PathBuf,
    address: String,
    server: Child,
}

/// The verb `walk`.
///
/// # Errors
/// The server does not build or start, or a step is refused.
pub fn play(words: &[String]) -> Outcome {
    web::build_if_stale()?;
    let mulin = serve::build_release()?;
    let town = Town::open(&mulin)?;
    run(program("node")
        .arg("e2e/walk.mjs")
        .args(words)
        .current_dir(web::folder())
        .env("MULIN_BASE", format!("http://{}", town.address))
        .env("MULIN_ACCOUNTS", town.folder.join(serve::DEMO_MARK)))
}

impl Town {
    fn open(mulin: &PathBuf) -> Outcome<Self> {
        let folder = std::env::temp_dir().join(format!("mulin-walk-{}", std::process::id()));
        std::fs::create_dir_all(&folder).map_err(at(&folder))?;
        run(program(mulin).args(["demo", "--small", "--data"]).arg(&folder).stdout(Stdio::null()))?;
        let address = free_address()?;
        let server = Command::new(mulin)
            .args(["serve", "--listen", &address, "--log", "warn", "--data"])
            .arg(&folder)
            .stdout(Stdio::null())
            .spawn()
            .map_err(|error| format!("the server cannot be started: {error}"))?;
        let town = Self { folder, address, server };
        town.wait_until_open()?;
        Ok(town)
    }

    /// The server listens before it is asked anything, so a connection is enough.
    fn wait_until_open(&self) -> Outcome {
        let mut left = READY_WAIT_MAX;
        while TcpStream::connect(&self.address).is_err() {
            left = left.checked_sub(POLL).ok_or("the server did not open its door")?;
            std::thread::sleep(POLL);
        }
        Ok(())
    }
}

impl Drop for Town {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn free_address() -> Outcome<String> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(|error| error.to_string())?;
    listener.local_addr().map(|address| address.to_string()).map_err(|error| error.to_string())
}
