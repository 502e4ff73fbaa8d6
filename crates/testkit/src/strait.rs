//! What lies between this machine and another system, and can be cut: a network of the other system's own where the machine lets a test make
//! one (Linux, root), else a proxy that falls silent. Either way nobody is told: what was sent is simply gone.

use nix::sched::{CloneFlags, unshare};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::mpsc;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, tcp};
use tokio::sync::watch;

/// Networks of tests lie in here, one of four addresses each: kept for benches between networks, routed nowhere (RFC 2544 appendix C.2.2).
pub(crate) const TEST_NETWORKS: &str = "198.18.0.0/15";
const SILENCE_BYTES: usize = 16 << 10;

/// The way to another system.
#[derive(Debug)]
pub struct Strait {
    /// Where it is called.
    pub address: SocketAddr,
    way: Way,
}

#[derive(Debug)]
enum Way {
    /// Its thread lives in the other network and takes the words "cut" (true) and "heal", and answers each.
    Network {
        said: mpsc::Sender<bool>,
        done: mpsc::Receiver<()>,
    },
    Proxy(watch::Sender<bool>),
}

impl Strait {
    /// A way that is open, and the socket on which the other system listens.
    ///
    /// # Panics
    /// Not even a proxy can be opened.
    pub async fn open() -> (Self, TcpListener) {
        match network() {
            Ok(open) => open,
            Err(why) => {
                eprintln!("no network of its own for the other system ({why}): a proxy stands in for it");
                proxy().await
            }
        }
    }

    /// What it is made of, for the counts of a run.
    pub fn kind(&self) -> &'static str {
        match self.way {
            Way::Network { .. } => "a network of its own",
            Way::Proxy(_) => "a proxy",
        }
    }

    /// From now on nothing arrives, in neither direction, and nobody is told.
    ///
    /// # Panics
    /// The machine does not let go of the link it made.
    pub fn cut(&self) {
        self.say(true);
    }

    /// What is sent from now on arrives, and what either side still tries to send.
    ///
    /// # Panics
    /// The machine does not take back the link it made.
    pub fn heal(&self) {
        self.say(false);
    }

    fn say(&self, cut: bool) {
        match &self.way {
            Way::Network { said, done } => {
                said.send(cut).expect("the other network is there");
                done.recv().expect("the link does as it is told");
            }
            Way::Proxy(is_cut) => {
                is_cut.send_replace(cut);
            }
        }
    }
}

/// A thread in a network of its own, joined to this one by a pair of interfaces. A socket stays in the network it was made in, so that the other
/// system may then run anywhere. The network ends with the thread, and the interfaces with it.
fn network() -> io::Result<(Strait, TcpListener)> {
    static COUNT: AtomicU16 = AtomicU16::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let number = (std::process::id().wrapping_mul(8) + u32::from(count % 8)) % (1 << 15);
    let first = Ipv4Addr::from(u32::from(Ipv4Addr::new(198, 18, 0, 0)) + number * 4);
    let [near, far] = [1, 2].map(|n| Ipv4Addr::from(u32::from(first) + n));
    let names = ["n", "f"].map(|side| format!("mulin{number}{side}"));
    let (opened, listener) = mpsc::channel();
    let (said, hears) = mpsc::channel();
    let (tells, done) = mpsc::channel();
    std::thread::spawn(move || {
        let [near_name, far_name] = &names;
        let open = || -> io::Result<std::net::TcpListener> {
            unshare(CloneFlags::CLONE_NEWNET)?;
            // Its parent's network is that of the process: the near end goes there.
            let outside = std::process::id().to_string();
            ip(&["link", "add", far_name, "type", "veth", "peer", "name", near_name, "netns", &outside])?;
            ip(&["address", "add", &format!("{far}/30"), "dev", far_name])?;
            ip(&["link", "set", far_name, "up"])?;
            let listener = std::net::TcpListener::bind((far, 0))?;
            listener.set_nonblocking(true)?;
            Ok(listener)
        };
        let is_open = opened.send(open());
        if is_open.is_err() {
            return;
        }
        for cut in hears {
            let done = ip(&["link", "set", far_name, if cut { "down" } else { "up" }]);
            done.expect("the link does as it is told");
            if tells.send(()).is_err() {
                return;
            }
        }
    });
    let listener = listener.recv().map_err(io::Error::other)??;
    let near_name = format!("mulin{number}n");
    ip(&["address", "add", &format!("{near}/30"), "dev", &near_name])?;
    ip(&["link", "set", &near_name, "up"])?;
    let address = listener.local_addr()?;
    let listener = TcpListener::from_std(listener)?;
    Ok((Strait { address, way: Way::Network { said, done } }, listener))
}

fn ip(words: &[&str]) -> io::Result<()> {
    let told = Command::new("ip").args(words).stdin(Stdio::null()).output()?;
    if told.status.success() {
        return Ok(());
    }
    Err(io::Error::other(format!("ip {}: {}", words.join(" "), String::from_utf8_lossy(&told.stderr).trim())))
}

async fn proxy() -> (Strait, TcpListener) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let behind = listener.local_addr().expect("bound");
    let front = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = front.local_addr().expect("bound");
    let (is_cut, cut) = watch::channel(false);
    tokio::spawn(async move {
        while let Ok((caller, _)) = front.accept().await {
            let cut = cut.clone();
            tokio::spawn(async move {
                let Ok(called) = TcpStream::connect(behind).await else { return };
                let ((from_caller, to_caller), (from_called, to_called)) =
                    (caller.into_split(), called.into_split());
                tokio::join!(
                    carry(from_caller, to_called, cut.clone()),
                    carry(from_called, to_caller, cut.clone())
                );
            });
        }
    });
    (Strait { address, way: Way::Proxy(is_cut) }, listener)
}

/// What comes while the way is cut is held until it is open again, as what a sender repeats.
async fn carry(mut from: tcp::OwnedReadHalf, mut to: tcp::OwnedWriteHalf, mut cut: watch::Receiver<bool>) {
    let mut bytes = [0; SILENCE_BYTES];
    while let Ok(read @ 1..) = from.read(&mut bytes).await {
        let is_open = cut.wait_for(|cut| !cut).await.is_ok();
        if !is_open || to.write_all(&bytes[..read]).await.is_err() {
            return;
        }
    }
}
