//! The one way out: an HTTP client that reaches no private address, follows nobody elsewhere, and reads no more than it may.
//!
//! An address comes from people (a partner's endpoint, a link): it must not make this server speak to its own network. Names are
//! resolved here and what they resolve to is what is connected to, so a name that changes its mind between two looks gains nothing.

use crate::tape::Tape;
use ipnet::IpNet;
use platform::Words;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Client, Response, Url, redirect};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

const CONNECT_WAIT_MAX: Duration = Duration::from_secs(5);
/// For the whole of a call, however slowly its answer drips.
const CALL_WAIT_MAX: Duration = Duration::from_secs(15);
/// An answer that is longer is not read further.
pub const ANSWER_BYTES_MAX: usize = 1 << 20;
const URL_CHARS_MAX: usize = 2_000;

/// Why a call did not come to an answer, in words for the people of the house.
#[derive(Debug, thiserror::Error)]
pub enum OutsideError {
    #[error("{0} is no address of http or https")]
    NoAddress(String),
    #[error("{0} is an address within this network; the setting `private_networks` may allow it")]
    Private(String),
    #[error("no answer within {} s", CALL_WAIT_MAX.as_secs())]
    TooSlow,
    #[error("not reached: {0}")]
    NotReached(String),
    #[error("the answer is longer than {bytes_max} bytes")]
    TooLong { bytes_max: usize },
}

impl OutsideError {
    /// For whoever gave the address.
    pub fn words(&self) -> Words {
        let zh = match self {
            Self::NoAddress(text) => format!("“{text}”不是 http 或 https 地址。"),
            Self::Private(host) => {
                format!("“{host}”是内部网络的地址；要用它，须由运维人员在 private_networks 里写明。")
            }
            Self::TooSlow => format!("{} 秒内没有答复。", CALL_WAIT_MAX.as_secs()),
            Self::NotReached(why) => format!("连不上（{why}）。"),
            Self::TooLong { bytes_max } => format!("答复超过 {bytes_max} 字节。"),
        };
        Words::new(zh, format!("{self}."))
    }
}

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
    pub fn check(&self, address: &str) -> Result<Url, OutsideError> {
        let no_address = || OutsideError::NoAddress(address.chars().take(80).collect());
        let url =
            Url::parse(address).ok().filter(|_| address.len() <= URL_CHARS_MAX).ok_or_else(no_address)?;
        let plain =
            matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none();
        let host = url.host_str().filter(|_| plain).ok_or_else(no_address)?;
        let literal = host.trim_matches(['[', ']']).parse::<IpAddr>().ok();
        match literal {
            Some(ip) if !self.reach.allows(ip) => Err(OutsideError::Private(host.to_owned())),
            _ => Ok(url),
        }
    }

    /// Whether a host of another protocol than HTTP may be connected to: nothing it resolves to is a private address.
    ///
    /// # Errors
    /// It is private, or is not found.
    pub async fn check_host(&self, host: &str, port: u16) -> Result<(), OutsideError> {
        let found = tokio::net::lookup_host((host.trim_matches(['[', ']']), port)).await;
        let mut found = found.map_err(|e| OutsideError::NotReached(e.to_string()))?;
        // All of them: which one a client then takes is not ours to say.
        match found.all(|address| self.reach.allows(address.ip())) {
            true => Ok(()),
            false => Err(OutsideError::Private(host.to_owned())),
        }
    }

    /// Sends a request that was made with [`Outside::get`] or [`Outside::post`], and reads the answer up to its bound.
    ///
    /// # Errors
    /// Each way a call can fail, in words.
    pub async fn call(&self, request: reqwest::RequestBuilder) -> Result<Answer, OutsideError> {
        self.call_up_to(request, ANSWER_BYTES_MAX).await
    }

    /// As [`Outside::call`], for an answer that may be longer: a photo.
    ///
    /// # Errors
    /// Each way a call can fail, in words.
    pub async fn call_up_to(
        &self,
        request: reqwest::RequestBuilder,
        bytes_max: usize,
    ) -> Result<Answer, OutsideError> {
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
    pub async fn addresses(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, OutsideError> {
        let looked = tokio::time::timeout(CONNECT_WAIT_MAX, tokio::net::lookup_host((host, port))).await;
        let found = looked
            .map_err(|_| OutsideError::TooSlow)?
            .map_err(|error| OutsideError::NotReached(error.to_string()))?;
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

    /// How long the other side wants to be left alone, where it says so in seconds.
    pub fn asked_wait(&self) -> Option<Duration> {
        self.retry_after.as_deref()?.trim().parse().ok().map(Duration::from_secs)
    }

    /// The beginning of the answer, for a person: control characters are left out.
    pub fn excerpt(&self) -> String {
        const EXCERPT_CHARS: usize = 160;
        let text = String::from_utf8_lossy(&self.body);
        text.chars().filter(|c| !c.is_control()).take(EXCERPT_CHARS).collect()
    }
}

async fn exchange(
    client: &Client,
    request: reqwest::Request,
    bytes_max: usize,
) -> Result<Answer, OutsideError> {
    let response = client.execute(request).await.map_err(told)?;
    let status = response.status().as_u16();
    let header = |name: &str| response.headers().get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
    let (content_type, retry_after) = (header("content-type"), header("retry-after"));
    let body = read(response, bytes_max).await?;
    Ok(Answer { status, content_type, retry_after, body })
}

async fn read(mut response: Response, bytes_max: usize) -> Result<Vec<u8>, OutsideError> {
    let mut body = Vec::new();
    while let Some(part) = response.chunk().await.map_err(told)? {
        if body.len() + part.len() > bytes_max {
            return Err(OutsideError::TooLong { bytes_max });
        }
        body.extend_from_slice(&part);
    }
    Ok(body)
}

fn told(error: reqwest::Error) -> OutsideError {
    if error.is_timeout() {
        return OutsideError::TooSlow;
    }
    // The deepest cause says it best; the address stands beside it already.
    let mut cause: &dyn std::error::Error = &error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    OutsideError::NotReached(cause.to_string())
}

/// Resolves names, and leaves out what may not be reached.
#[derive(Debug)]
struct Guarded(Arc<Reach>);

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.0.clone();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
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
    ) -> Result<Vec<SocketAddr>, OutsideError> {
        let reached: Vec<SocketAddr> = found.filter(|address| self.allows(address.ip())).collect();
        if reached.is_empty() { Err(OutsideError::Private(host.to_owned())) } else { Ok(reached) }
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
            assert!(matches!(outside.check(address), Err(OutsideError::Private(_))), "{address}");
        }
        for address in [
            "ftp://example.org/",
            "http://",
            "javascript:alert(1)",
            "//example.org",
            "http://user:secret@example.org/",
        ] {
            assert!(matches!(outside.check(address), Err(OutsideError::NoAddress(_))), "{address}");
        }
        for address in ["https://example.org/open311/v2", "http://1.1.1.1/", "http://[2606:4700::1111]/"] {
            assert!(outside.check(address).is_ok(), "{address}");
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
        assert!(refused.to_string().contains("within this network"), "{refused}");
    }
}
