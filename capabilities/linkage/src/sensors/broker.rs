//! The broker of a district: its address read strictly, its password sealed, and how we introduce ourselves to it.

use crate::store::broker::BrokerRow;
use ::store::Tx;
use axum::http::Uri;
use platform::{DistrictId, Fault};
use rumqttc::v5::MqttOptions;
use rumqttc::{NetworkOptions, TlsConfiguration, Transport};
use seal::{Context, Keyring, Vault, Zeroizing};
use std::time::Duration;
use uuid::Uuid;

/// What the password is bound to.
pub(crate) const PASSWORD: &str = "linkage_sensor_broker.password";
const PREFIX_CHARS_MAX: usize = 100;
/// Messages of QoS 1 that are with us and not yet acknowledged: the broker holds back the rest.
pub(crate) const IN_FLIGHT_MAX: u16 = 2_000;
/// A larger packet is not sent to us at all; what is smaller and still no reading is refused and counted.
const PACKET_BYTES_MAX: u32 = 2 * 1024 * 1024;
/// How long the broker keeps for us what it may not send: a weekend, and then some.
const SESSION_KEPT: Duration = Duration::from_secs(7 * 24 * 3600);
const KEEP_ALIVE: Duration = Duration::from_secs(20);

/// Where a broker is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct BrokerAddress {
    pub host: String,
    pub port: u16,
    pub tls: bool,
}

impl BrokerAddress {
    /// `mqtt://host[:1883]` or `mqtts://host[:8883]`, and nothing else.
    pub fn parse(text: &str) -> Option<Self> {
        let uri: Uri = text.parse().ok()?;
        let tls = match uri.scheme_str()? {
            "mqtt" => false,
            "mqtts" => true,
            _ => return None,
        };
        let plain = matches!(uri.path(), "" | "/") && uri.query().is_none();
        let authority = uri.authority().filter(|authority| plain && !authority.as_str().contains('@'))?;
        let port = authority.port_u16().unwrap_or(if tls { 8883 } else { 1883 });
        Some(Self { host: authority.host().to_owned(), port, tls })
    }
}

/// A prefix of topics without wildcards.
pub(crate) fn is_prefix(text: &str) -> bool {
    let level = |level: &str| {
        !level.is_empty() && level.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
    };
    text.len() <= PREFIX_CHARS_MAX && text.split('/').all(level)
}

fn context(district: DistrictId) -> Context<'static> {
    Context { district, column: PASSWORD, row: Uuid::nil() }
}

pub(crate) fn seal_password(tx: &Tx, password: &Zeroizing<String>) -> Result<Vec<u8>, Fault> {
    let keys = tx.fixture::<Vault>().of(tx.district())?;
    keys.seal(&context(tx.district()), password.as_bytes())
}

/// The password under the present key; none where it is.
pub(crate) fn resealed(
    keys: &Keyring,
    district: DistrictId,
    sealed: &[u8],
) -> Result<Option<Vec<u8>>, Fault> {
    if keys.is_current(sealed) {
        return Ok(None);
    }
    keys.seal(&context(district), &keys.open(&context(district), sealed)?).map(Some)
}

/// How we introduce ourselves: always by the same name, so that what waits for us waits for whichever server comes next.
pub(crate) fn options(
    keys: &Keyring,
    district: DistrictId,
    row: &BrokerRow,
    address: &BrokerAddress,
) -> Result<MqttOptions, Fault> {
    let mut options = MqttOptions::new(format!("mulin-{district}"), address.host.clone(), address.port);
    options
        .set_keep_alive(KEEP_ALIVE)
        .set_clean_start(false)
        .set_session_expiry_interval(Some(SESSION_KEPT.as_secs() as u32))
        .set_receive_maximum(Some(IN_FLIGHT_MAX))
        .set_max_packet_size(Some(PACKET_BYTES_MAX))
        // Acknowledged when it is safe, and not when it has arrived.
        .set_manual_acks(true);
    // Acknowledgements are small and many: none waits for another.
    let mut network = NetworkOptions::new();
    network.set_tcp_nodelay(true);
    options.set_network_options(network);
    if let Some(name) = &row.username {
        let password = match &row.password {
            Some(sealed) => keys.open(&context(district), sealed)?,
            None => Zeroizing::new(Vec::new()),
        };
        options.set_credentials(name.clone(), String::from_utf8_lossy(&password).into_owned());
    }
    if address.tls {
        options.set_transport(match &row.authority {
            Some(pem) => Transport::tls_with_config(TlsConfiguration::Simple {
                ca: pem.clone().into_bytes(),
                alpn: None,
                client_auth: None,
            }),
            None => Transport::tls_with_default_config(),
        });
    }
    Ok(options)
}

#[cfg(test)]
mod tests {
    //! Which addresses and prefixes are taken.
    use super::*;

    #[test]
    fn addresses_are_read_strictly() {
        let at = |host: &str, port, tls| Some(BrokerAddress { host: host.to_owned(), port, tls });
        let rows = [
            ("mqtt://10.1.2.3", at("10.1.2.3", 1883, false)),
            ("mqtt://broker.local:2883/", at("broker.local", 2883, false)),
            ("mqtts://broker.example", at("broker.example", 8883, true)),
            ("mqtt://[::1]:1883", at("[::1]", 1883, false)),
            ("http://broker.example", None),
            ("mqtt://name:word@broker.example", None),
            ("mqtt://broker.example/path", None),
            ("broker.example:1883", None),
            ("mqtt://", None),
            ("", None),
        ];
        for (text, expected) in rows {
            assert_eq!(BrokerAddress::parse(text), expected, "{text}");
        }
    }

    #[test]
    fn a_prefix_has_no_wildcards() {
        for (text, holds) in [
            ("mulin", true),
            ("city/mulin-1", true),
            ("", false),
            ("mulin/#", false),
            ("+/mulin", false),
            ("/mulin", false),
            ("mulin/", false),
            ("$share/x", false),
            (&"a".repeat(101), false),
        ] {
            assert_eq!(is_prefix(text), holds, "{text}");
        }
    }
}
