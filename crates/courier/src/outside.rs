//! The one way out: an HTTP client that reaches no private address, follows nobody elsewhere, and reads no more than it may.
//!
//! An address comes from people (a partner's endpoint, a link): it must not make this server speak to its own network. Names are
//! resolved here and what they resolve to is what is connected to, so a name that changes its mind between two looks gains nothing.

use crate::tape::Tape;
use crate::trouble::Trouble;
use ipnet::IpNet;
use platform::Time;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Client, Response, Url, redirect};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

const CONNECT_WAIT_MAX: Duration = Duration::from_secs(5);
/// For the whole of a call, however slowly its answer drips.
const CALL_WAIT_MAX: Duration = Duration::from_secs(15);
/// An answer that is longer is not read further.
pub const ANSWER_BYTES_MAX: usize = 1 << 20;
/// How much of an answer is looked at to tell what it is.
const EXCERPT_BYTES: usize = 512;
const URL_CHARS_MAX: usize = 2_000;

/// The client with what it may reach.
#[derive(Clone, Debug)]
pub struct Outside {
    client: Client,
    reach: Arc<Reach>,
    /// What is called for a sandbox is recorded.
    tape: Option<Tape>,
}

/// What is reached although it is private: networks the operator named.
#[derive(Clone, Debug, Default)]
struct Reach {
    allowed: Vec<IpNet>,
}

impl Outside {
    /// # Errors
    /// The client cannot be made (the system's certificates cannot be read).
    pub fn new(allowed: &[IpNet]) -> Result<Self, platform::Fault> {
        // One provider for all of this process; a second call finds it there.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let reach = Arc::new(Reach { allowed: allowed.to_vec() });
        let client = Client::builder()
            .dns_resolver(Arc::new(Guarded(reach.clone())))
            .redirect(redirect::Policy::none())
            .no_proxy()
            .connect_timeout(CONNECT_WAIT_MAX)
            .timeout(CALL_WAIT_MAX)
            .user_agent("Mulin")
            .build()
            .map_err(|e| platform::Fault::broken("the client for calls outside was not made").because(e))?;
        Ok(Self { client, reach, tape: None })
    }

    /// The same way outside, for one delivery of a sandbox: each call is recorded with its answer.
    #[must_use]
    pub fn recorded(&self, tape: Tape) -> Self {
        Self { tape: Some(tape), ..self.clone() }
    }

    /// An address that may be called, read strictly.
    ///
    /// # Errors
    /// It is none, too long, carries a name and password, or is written as a private number.
    pub fn check(&self, address: &str) -> Result<Url, Trouble> {
        let no_address = || Trouble::NoAddress { address: address.chars().take(80).collect() };
        let url =
            Url::parse(address).ok().filter(|_| address.len() <= URL_CHARS_MAX).ok_or_else(no_address)?;
        let plain =
            matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none();
        let host = url.host_str().filter(|_| plain).ok_or_else(no_address)?;
        let literal = host.trim_matches(['[', ']']).parse::<IpAddr>().ok();
        match literal {
            Some(ip) if !self.reach.allows(ip) => Err(Trouble::Private { host: host.to_owned() }),
            _ => Ok(url),
        }
    }

    /// Whether a host of another protocol than HTTP may be connected to: nothing it resolves to is a private address.
    ///
    /// # Errors
    /// It is private, or is not found.
    pub async fn check_host(&self, host: &str, port: u16) -> Result<(), Trouble> {
        let found = tokio::net::lookup_host((host.trim_matches(['[', ']']), port)).await;
        let mut found = found.map_err(|e| Trouble::not_found(&e))?;
        // All of them: which one a client then takes is not ours to say.
        match found.all(|address| self.reach.allows(address.ip())) {
            true => Ok(()),
            false => Err(Trouble::Private { host: host.to_owned() }),
        }
    }

    /// Sends a request that was made with [`Outside::get`] or [`Outside::post`], and reads the answer up to its bound.
    ///
    /// # Errors
    /// Each way a call can fail.
    pub async fn call(&self, request: reqwest::RequestBuilder) -> Result<Answer, Trouble> {
        self.call_up_to(request, ANSWER_BYTES_MAX).await
    }

    /// As [`Outside::call`], for an answer that may be longer: a photo.
    ///
    /// # Errors
    /// Each way a call can fail.
    pub async fn call_up_to(
        &self,
        request: reqwest::RequestBuilder,
        bytes_max: usize,
    ) -> Result<Answer, Trouble> {
        let (client, request) = request.build_split();
        let request = request.map_err(told)?;
        let Some(tape) = &self.tape else { return exchange(&client, request, bytes_max).await };
        let taken = tape.take(&request);
        let outcome = exchange(&client, request, bytes_max).await;
        tape.keep(taken, &outcome);
        outcome
    }

    /// Where a host is reached that speaks no HTTP: its addresses that may be, in the order they are tried.
    ///
    /// # Errors
    /// No such name, none of its addresses may be reached, or no answer in time.
    pub async fn addresses(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, Trouble> {
        let looked = tokio::time::timeout(CONNECT_WAIT_MAX, tokio::net::lookup_host((host, port))).await;
        let found =
            looked.map_err(|_| too_slow(CONNECT_WAIT_MAX))?.map_err(|error| Trouble::not_found(&error))?;
        self.reach.only_allowed(host, found)
    }

    /// Whether an address lies in a network the operator named.
    pub fn is_own(&self, ip: IpAddr) -> bool {
        let ip = ip.to_canonical();
        self.reach.allowed.iter().any(|net| net.contains(&ip))
    }

    pub fn get(&self, url: Url) -> reqwest::RequestBuilder {
        self.client.get(url)
    }

    pub fn post(&self, url: Url) -> reqwest::RequestBuilder {
        self.client.post(url)
    }
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub content_type: Option<String>,
    retry_after: Option<String>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// How long from now the other side wants to be left alone, where it says so: in seconds, or until a moment (RFC 9110, 10.2.3).
    pub fn asked_wait(&self, now: Time) -> Option<Duration> {
        let said = self.retry_after.as_deref()?.trim();
        match said.parse() {
            Ok(seconds) => Some(Duration::from_secs(seconds)),
            Err(_) => {
                let until = httpdate::parse_http_date(said).ok()?.duration_since(UNIX_EPOCH).ok()?;
                let since = u64::try_from(now.micros()).ok().map(Duration::from_micros)?;
                Some(until.saturating_sub(since))
            }
        }
    }

    /// Whether it is a page for people: a whole document of HTML.
    pub fn is_page(&self) -> bool {
        const BEGINS: [&str; 2] = ["<!doctype html", "<html"];
        let text = String::from_utf8_lossy(&self.body[..self.body.len().min(EXCERPT_BYTES)]);
        let text = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']).to_ascii_lowercase();
        BEGINS.iter().any(|begin| text.starts_with(begin))
    }

    /// The beginning of the answer, for a person: control characters are left out.
    pub fn excerpt(&self) -> String {
        const EXCERPT_CHARS: usize = 160;
        let text = String::from_utf8_lossy(&self.body);
        text.chars().filter(|c| !c.is_control()).take(EXCERPT_CHARS).collect()
    }
}

async fn exchange(client: &Client, request: reqwest::Request, bytes_max: usize) -> Result<Answer, Trouble> {
    let response = client.execute(request).await.map_err(told)?;
    let status = response.status().as_u16();
    let header = |name: &str| response.headers().get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
    let (content_type, retry_after) = (header("content-type"), header("retry-after"));
    let body = read(response, bytes_max).await?;
    Ok(Answer { status, content_type, retry_after, body })
}

async fn read(mut response: Response, bytes_max: usize) -> Result<Vec<u8>, Trouble> {
    let mut body = Vec::new();
    while let Some(part) = response.chunk().await.map_err(told)? {
        if body.len() + part.len() > bytes_max {
            return Err(Trouble::TooLong { bytes_max });
        }
        body.extend_from_slice(&part);
    }
    Ok(body)
}

fn told(error: reqwest::Error) -> Trouble {
    if error.is_timeout() {
        return too_slow(if error.is_connect() { CONNECT_WAIT_MAX } else { CALL_WAIT_MAX });
    }
    Trouble::not_reached(&error)
}

fn too_slow(wait: Duration) -> Trouble {
    Trouble::TooSlow { seconds: wait.as_secs() }
}

/// Resolves names, and leaves out what may not be reached.
#[derive(Debug)]
struct Guarded(Arc<Reach>);

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.0.clone();
        Box::pin(async move {
            let found =
                tokio::net::lookup_host((name.as_str(), 0)).await.map_err(|e| Trouble::not_found(&e))?;
            let reached = reach.only_allowed(name.as_str(), found)?;
            Ok(Box::new(reached.into_iter()) as Addrs)
        })
    }
}

impl Reach {
    fn only_allowed(
        &self,
        host: &str,
        found: impl Iterator<Item = SocketAddr>,
    ) -> Result<Vec<SocketAddr>, Trouble> {
        let reached: Vec<SocketAddr> = found.filter(|address| self.allows(address.ip())).collect();
        if reached.is_empty() { Err(Trouble::Private { host: host.to_owned() }) } else { Ok(reached) }
    }

    fn allows(&self, ip: IpAddr) -> bool {
        // An IPv4 address dressed as IPv6 is what it is.
        let ip = ip.to_canonical();
        self.allowed.iter().any(|net| net.contains(&ip)) || is_public(ip)
    }
}

/// Whether an address lies in the open internet. The lists are IANA's special-purpose registries (RFC 6890 and what followed).
fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let shared = a == 100 && (64..128).contains(&b);
    let protocol = a == 192 && b == 0 && c == 0;
    let relay = a == 192 && b == 88 && c == 99;
    let benchmark = a == 198 && (b == 18 || b == 19);
    let special = ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_documentation();
    !(special || shared || protocol || relay || benchmark || a == 0 || a >= 224)
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let [first, second, ..] = ip.segments();
    let global = (0x2000..0x4000).contains(&first);
    let documentation = (first == 0x2001 && second == 0x0db8) || (first == 0x3fff && second < 0x1000);
    // 6to4, Teredo and the protocols' own block carry an IPv4 address, or mean nobody.
    let carries_another = first == 0x2002 || (first == 0x2001 && second < 0x0200);
    global && !documentation && !carries_another
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_addresses_are_not_reached_however_they_are_written() {
        let outside = Outside::new(&[]).expect("a client");
        let refused = [
            "http://127.0.0.1/",
            "http://127.1/",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://0.0.0.0/",
            "http://10.1.2.3/",
            "http://172.16.0.1/",
            "http://192.168.1.1:8080/",
            "http://169.254.169.254/latest/meta-data",
            "http://100.64.0.1/",
            "http://[::1]/",
            "http://[::ffff:127.0.0.1]/",
            "http://[fe80::1]/",
            "http://[fd00::1]/",
            "http://[2002:7f00:1::]/",
            "http://[64:ff9b::7f00:1]/",
            "http://224.0.0.1/",
            "http://255.255.255.255/",
            "http://192.0.2.1/",
            "http://198.18.0.1/",
        ];
        for address in refused {
            assert!(matches!(outside.check(address), Err(Trouble::Private { .. })), "{address}");
        }
        for address in [
            "ftp://example.org/",
            "http://",
            "javascript:alert(1)",
            "//example.org",
            "http://user:secret@example.org/",
        ] {
            assert!(matches!(outside.check(address), Err(Trouble::NoAddress { .. })), "{address}");
        }
        for address in ["https://example.org/open311/v2", "http://1.1.1.1/", "http://[2606:4700::1111]/"] {
            assert!(outside.check(address).is_ok(), "{address}");
        }
    }

    #[test]
    fn a_wait_is_asked_for_in_seconds_or_until_a_moment() {
        let now: Time = "2026-03-02T02:00:00Z".parse().expect("a moment");
        let rows = [
            (None, None),
            (Some("90"), Some(90)),
            (Some(" 0 "), Some(0)),
            (Some("Mon, 02 Mar 2026 02:01:30 GMT"), Some(90)),
            // The two forms that RFC 9110, 5.6.7 still wants to be read.
            (Some("Monday, 02-Mar-26 02:01:30 GMT"), Some(90)),
            (Some("Mon Mar  2 02:01:30 2026"), Some(90)),
            // A moment that is over asks for nothing more.
            (Some("Mon, 02 Mar 2026 01:00:00 GMT"), Some(0)),
            (Some("Mon, 02 Mar 1900 01:00:00 GMT"), None),
            (Some("-5"), None),
            (Some("soon"), None),
        ];
        for (said, expected) in rows {
            let retry_after = said.map(str::to_owned);
            let answer = Answer { status: 503, content_type: None, retry_after, body: Vec::new() };
            assert_eq!(answer.asked_wait(now), expected.map(Duration::from_secs), "{said:?}");
        }
    }

    #[test]
    fn a_network_the_operator_names_is_reached() {
        let outside = Outside::new(&["10.20.0.0/16".parse().expect("a network")]).expect("a client");
        assert!(outside.check("http://10.20.3.4/").is_ok());
        assert!(outside.check("http://10.21.3.4/").is_err());
    }

    #[tokio::test]
    async fn a_name_that_means_this_machine_is_not_reached() {
        let outside = Outside::new(&[]).expect("a client");
        let url = outside.check("http://localhost:9/").expect("a name is judged when it is resolved");
        let refused = outside.call(outside.get(url)).await.expect_err("refused");
        assert_eq!(refused, Trouble::Private { host: "localhost".to_owned() });
    }
}
