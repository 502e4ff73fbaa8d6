//! Gateways: by which address the texts and mail of a district leave. Each has two lanes, so that a code never waits behind an outage.

use super::devices::PUSH_SERVICES_MAX;
use crate::access::{MANAGE_GATEWAYS, may};
use crate::catalogue::{GatewayBook, RelayBook, TemplateBook};
use crate::commands::relay::{refuse_asked, try_relay};
use crate::commands::send::{Notice, new_thread, send_direct};
use crate::error::MessageError;
use crate::facts::{GATEWAY_REMOVED, GATEWAY_SET, MessageFact, TRIED};
use crate::model::{Channel, MessageId};
use crate::sealed::Sealed;
use crate::senders::{INBOX, MAIL, RELAY, SMS, smtp};
use crate::store::{self, GatewayRow};
use ::store::{Conn, Tx};
use courier::{Courier, DeliveryId, EndpointId, NewEndpoint, Outside, Word};
use edge::Settings;
use platform::{DistrictId, Fault, FaultKind, Phone};
use seal::Zeroizing;
use serde::{Deserialize, Serialize};
use serde_json::{Map, json};
use std::collections::BTreeMap;
use utoipa::ToSchema;

const TEXT_CHARS_MAX: usize = 200;
const SECRET_CHARS_MAX: usize = 1_000;
const SIGNATURE_CHARS_MAX: usize = 20;

/// What a gateway wants to be told besides its address and its secret.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct GatewaySettings {
    /// Texts and relayed calls: how it is spoken to, a key of the catalogue.
    pub gateway: String,
    /// Texts: the signature registered with it, without its brackets.
    pub signature: String,
    /// Texts: its own numbers of our templates.
    pub templates: BTreeMap<String, String>,
    /// Its name for this house; the login of a mail server.
    pub account: String,
    /// Mail: the sender's address.
    pub from: String,
    /// Where residents reach this house, `https://…`: links in messages begin with it.
    pub site: String,
}

/// A gateway as somebody sets it.
#[derive(Clone, Debug)]
pub(crate) struct SetGateway {
    pub channel: Channel,
    pub address: String,
    /// `None` keeps the one there is.
    pub secret: Option<Zeroizing<String>>,
    pub settings: GatewaySettings,
    /// The version that was seen; none for the first.
    pub version: Option<i64>,
}

/// What is done to a lane.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum LaneDeed {
    Pause,
    Resume,
    Try,
}

/// The gateways of the district. A demo that has none prints to its inbox, and nothing leaves the machine.
pub(crate) async fn in_force(tx: &mut Tx) -> Result<Vec<GatewayRow>, Fault> {
    let district = tx.district();
    let mut known = store::gateways(tx, district).await?;
    if !tx.fixture::<Settings>().demo {
        return Ok(known);
    }
    for channel in Channel::BY_GATEWAY {
        if known.iter().any(|row| row.channel == channel) {
            continue;
        }
        let settings = json!({ "channel": channel });
        let new = || NewEndpoint {
            kind: INBOX,
            address: "/inbox".to_owned(),
            secret: None,
            settings: settings.clone(),
        };
        let row = GatewayRow {
            channel,
            fast_endpoint_id: courier::make_endpoint(tx, new()).await?,
            bulk_endpoint_id: courier::make_endpoint(tx, new()).await?,
            version: 1,
        };
        store::save_gateway(tx, &row).await?;
        known.push(row);
    }
    Ok(known)
}

/// Sets a gateway, or exchanges it: what waits for the former leaves by the new one.
///
/// # Errors
/// No right to it, a value that does not hold, or somebody else set it meanwhile.
pub(crate) async fn set(tx: &mut Tx, order: SetGateway) -> Result<(), MessageError> {
    may(tx.actor(), &MANAGE_GATEWAYS)?;
    let kind = check(tx, &order)?;
    let district = tx.district();
    let known = store::gateways(tx, district).await?.into_iter().find(|row| row.channel == order.channel);
    // A version nobody saw is the demo's own, made by itself.
    if order.version.is_some() && order.version != known.as_ref().map(|row| row.version) {
        return Err(MessageError::stale());
    }
    let former = known.as_ref();
    let fast = endpoint_for(tx, former.map(|row| row.fast_endpoint_id), kind, &order).await?;
    let bulk = endpoint_for(tx, former.map(|row| row.bulk_endpoint_id), kind, &order).await?;
    let version = former.map_or(0, |row| row.version);
    let row = GatewayRow { channel: order.channel, fast_endpoint_id: fast, bulk_endpoint_id: bulk, version };
    if !store::save_gateway(tx, &row).await? {
        return Err(MessageError::stale());
    }
    for endpoint in former.iter().flat_map(|row| [row.fast_endpoint_id, row.bulk_endpoint_id]) {
        if endpoint != fast && endpoint != bulk {
            courier::drop_waiting(tx, endpoint).await?;
            store::take_back(tx, order.channel).await?;
        }
    }
    let data = json!({ "gateway": order.settings.gateway, "secret": order.secret.is_some() });
    tx.record(&MessageFact::of_gateway(GATEWAY_SET, district, order.channel, data)).await?;
    Ok(super::leave::soon(tx).await?)
}

/// Takes a gateway off. What waits is kept until there is another; a demo prints to its inbox again.
///
/// # Errors
/// No right to it, or none is set.
pub(crate) async fn remove(tx: &mut Tx, channel: Channel) -> Result<(), MessageError> {
    may(tx.actor(), &MANAGE_GATEWAYS)?;
    let district = tx.district();
    let known = store::gateways(tx, district).await?.into_iter().find(|row| row.channel == channel);
    let row = known.ok_or(MessageError::NotFound)?;
    for id in [row.fast_endpoint_id, row.bulk_endpoint_id] {
        let endpoint = courier::queries::find_endpoint(tx, district, id).await?;
        if endpoint.is_none_or(|endpoint| endpoint.kind == INBOX) {
            return Err(MessageError::NotFound);
        }
        courier::drop_waiting(tx, id).await?;
    }
    match channel {
        Channel::Relay => refuse_asked(tx).await?,
        Channel::Sms | Channel::Mail | Channel::Push => store::take_back(tx, channel).await.map(drop)?,
    }
    store::remove_gateway(tx, channel).await?;
    tx.record(&MessageFact::of_gateway(GATEWAY_REMOVED, district, channel, json!({}))).await?;
    Ok(super::leave::soon(tx).await?)
}

/// The lane there is while the kind stays; a new one where it is another.
async fn endpoint_for(
    tx: &mut Tx,
    known: Option<EndpointId>,
    kind: &'static str,
    order: &SetGateway,
) -> Result<EndpointId, MessageError> {
    let (address, secret) = (order.address.clone(), order.secret.clone());
    let new = NewEndpoint { kind, address, secret, settings: json!(order.settings) };
    let district = tx.district();
    let before = match known {
        Some(id) => courier::queries::find_endpoint(tx, district, id).await?,
        None => None,
    };
    match before.filter(|endpoint| endpoint.kind == kind) {
        Some(before) if courier::change_endpoint(tx, &before, new.clone()).await? => Ok(before.id),
        Some(_) => Err(Fault::new(FaultKind::Contention, "a lane changed under a write").into()),
        None => Ok(courier::make_endpoint(tx, new).await?),
    }
}

/// The kind of its lanes, where all that was entered holds.
fn check(tx: &Tx, order: &SetGateway) -> Result<&'static str, MessageError> {
    let settings = &order.settings;
    let outside = &tx.fixture::<Courier>().outside;
    let refused = |words: platform::Words| MessageError::Invalid {
        field: "address",
        code: "messages.bad_address",
        words,
    };
    let kind = match order.channel {
        Channel::Sms => {
            outside.check(&order.address).map_err(|e| refused(e.words()))?;
            check_texts(tx, settings)?;
            SMS
        }
        Channel::Mail => {
            smtp::Relay::parse(&order.address).ok_or_else(|| refused(smtp::Relay::how()))?;
            if smtp::mailbox(&settings.from).is_none() {
                return Err(MessageError::invalid(
                    "settings.from",
                    "messages.bad_from",
                    "发件邮箱不对，例如：睦邻 <notice@example.cn>。",
                    "The sender is no mail address, as in Mulin <notice@example.cn>.",
                ));
            }
            MAIL
        }
        Channel::Relay => {
            outside.check(&order.address).map_err(|e| refused(e.words()))?;
            if tx.fixture::<RelayBook>().find(&settings.gateway).is_none() {
                return Err(unknown_gateway());
            }
            RELAY
        }
        Channel::Push => return Err(sets_itself()),
    };
    check_site(outside, order)?;
    let is_long = |text: &String| text.chars().count() > TEXT_CHARS_MAX;
    let mut texts = settings.templates.values().chain([&settings.account, &settings.from, &settings.site]);
    let secret = order.secret.as_ref();
    if texts.any(is_long) || secret.is_some_and(|text| text.len() > SECRET_CHARS_MAX || text.is_empty()) {
        return Err(MessageError::invalid(
            "settings",
            "messages.too_long",
            format!("每项不超过 {TEXT_CHARS_MAX} 个字，密钥不超过 {SECRET_CHARS_MAX} 个字符。"),
            format!("At most {TEXT_CHARS_MAX} characters each, {SECRET_CHARS_MAX} for the secret."),
        ));
    }
    Ok(kind)
}

/// Links in messages begin with it; what is only dialled has none.
fn check_site(outside: &Outside, order: &SetGateway) -> Result<(), MessageError> {
    let site = &order.settings.site;
    let found = outside.check(site).ok().filter(|url| url.path() == "/" && url.query().is_none());
    if order.channel == Channel::Relay || found.is_some() || is_own_site(site) {
        return Ok(());
    }
    Err(MessageError::invalid(
        "settings.site",
        "messages.bad_site",
        "须填写居民打开本系统的网址，例如 https://mulin.example.cn 。",
        "Where residents reach this house is needed, as in https://mulin.example.cn.",
    ))
}

/// An address of a private network is one residents may well use: it is only printed, never called.
fn is_own_site(site: &str) -> bool {
    let rest = site.strip_prefix("https://").or_else(|| site.strip_prefix("http://"));
    rest.is_some_and(|host| {
        !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || ".-:".contains(c))
    })
}

fn unknown_gateway() -> MessageError {
    MessageError::invalid(
        "settings.gateway",
        "messages.unknown_gateway",
        "没有这种接口。",
        "There is no such kind of gateway.",
    )
}

fn check_texts(tx: &Tx, settings: &GatewaySettings) -> Result<(), MessageError> {
    let (book, templates) = (tx.fixture::<GatewayBook>(), tx.fixture::<TemplateBook>());
    let Some(gateway) = book.find(&settings.gateway) else {
        return Err(unknown_gateway());
    };
    let length = settings.signature.chars().count();
    if !(2..=SIGNATURE_CHARS_MAX).contains(&length) || settings.signature.contains(['【', '】']) {
        return Err(MessageError::invalid(
            "settings.signature",
            "messages.bad_signature",
            format!("短信签名须为 2 到 {SIGNATURE_CHARS_MAX} 个字，不带【】。"),
            format!("A signature has 2 to {SIGNATURE_CHARS_MAX} characters, without its brackets."),
        ));
    }
    let missing = templates.all().iter().find(|template| {
        gateway.needs_template
            && settings.templates.get(&template.key).is_none_or(|number| number.trim().is_empty())
    });
    match missing {
        None => Ok(()),
        Some(template) => Err(MessageError::invalid(
            "settings.templates",
            "messages.no_template_number",
            format!("这种接口按模板编号发送，“{}”还没有编号。", template.words.zh),
            format!("This gateway sends by number of template; “{}” has none.", template.words.en),
        )),
    }
}

/// Sends a trial message to an address that is typed in.
///
/// # Errors
/// No right to it, no gateway, no address.
pub(crate) async fn try_out(tx: &mut Tx, channel: Channel, to: &str) -> Result<MessageId, MessageError> {
    may(tx.actor(), &MANAGE_GATEWAYS)?;
    let to = match channel {
        Channel::Sms | Channel::Relay => {
            Phone::parse(to).filter(Phone::is_mobile).map(|phone| phone.as_str().to_owned())
        }
        Channel::Mail => smtp::mailbox(to).map(|_| to.trim().to_owned()),
        Channel::Push => return Err(sets_itself()),
    };
    let Some(to) = to else {
        return Err(MessageError::invalid(
            "to",
            "messages.bad_recipient",
            "请填写自己的手机号或邮箱。",
            "Enter a mobile number or a mail address of your own.",
        ));
    };
    if !in_force(tx).await?.iter().any(|row| row.channel == channel) {
        return Err(MessageError::NotFound);
    }
    let (district, lang, thread) = (tx.district(), tx.actor().lang, new_thread(tx));
    let fact = MessageFact::of_gateway(TRIED, district, channel, json!({ "thread": thread }));
    let fact = tx.record(&fact).await?;
    if channel == Channel::Relay {
        return Ok(MessageId(try_relay(tx, to, fact).await?.0));
    }
    let notice =
        Notice { template: "trial", content: json!({}), thread, edition: 0, until: None, fact: Some(fact) };
    let secret = Sealed { to, values: Map::new(), lang };
    Ok(send_direct(tx, &notice, channel, thread, &secret).await?)
}

/// Pauses both lanes of a gateway, lets them go on, or tries them at once.
///
/// # Errors
/// No right to it, or no such gateway.
pub(crate) async fn do_to_lanes(tx: &mut Tx, channel: Channel, deed: LaneDeed) -> Result<(), MessageError> {
    may(tx.actor(), &MANAGE_GATEWAYS)?;
    let district = tx.district();
    for id in lanes_of(tx, channel).await? {
        let endpoint =
            courier::queries::find_endpoint(tx, district, id).await?.ok_or(MessageError::NotFound)?;
        match deed {
            LaneDeed::Pause => courier::pause(tx, id).await?,
            LaneDeed::Resume => courier::resume(tx, id).await?,
            LaneDeed::Try => courier::try_now(tx, &endpoint).await?,
        }
    }
    Ok(())
}

/// A person's word about a message that was refused.
///
/// # Errors
/// No right to it, or it is not one of this gateway's.
pub(crate) async fn decide(
    tx: &mut Tx,
    channel: Channel,
    delivery: DeliveryId,
    again: bool,
) -> Result<(), MessageError> {
    may(tx.actor(), &MANAGE_GATEWAYS)?;
    for lane in lanes_of(tx, channel).await? {
        let word = match again {
            true => courier::retry(tx, lane, delivery).await?,
            false => courier::skip(tx, lane, delivery).await?,
        };
        if word == Word::Done {
            return Ok(());
        }
    }
    Err(MessageError::NotFound)
}

/// Push is turned on by each resident, and tried by turning it on.
fn sets_itself() -> MessageError {
    MessageError::invalid(
        "channel",
        "messages.push_sets_itself",
        "设备通知不用设置：居民在“我的消息”里打开后就能用。",
        "Notices on devices need no gateway: residents turn them on at My messages.",
    )
}

async fn lanes_of(tx: &mut Tx, channel: Channel) -> Result<Vec<EndpointId>, MessageError> {
    let district = tx.district();
    let lanes = lanes(tx, district, channel).await?;
    if lanes.is_empty() { Err(MessageError::NotFound) } else { Ok(lanes) }
}

/// The lanes of a channel: two of its gateway, or of each service of push.
pub(crate) async fn lanes(
    conn: &mut Conn,
    district: DistrictId,
    channel: Channel,
) -> Result<Vec<EndpointId>, Fault> {
    if channel == Channel::Push {
        let services = store::push_services(conn, district, PUSH_SERVICES_MAX).await?;
        return Ok(services.iter().flat_map(|row| [row.fast_endpoint_id, row.bulk_endpoint_id]).collect());
    }
    let found = store::gateways(conn, district).await?.into_iter().filter(|row| row.channel == channel);
    Ok(found.flat_map(|row| [row.fast_endpoint_id, row.bulk_endpoint_id]).collect())
}

/// A district whose texts leave the machine.
pub(crate) async fn has_real_texts(tx: &mut Tx) -> Result<bool, Fault> {
    let district = tx.district();
    let Some(row) = store::gateways(tx, district).await?.into_iter().find(|row| row.channel == Channel::Sms)
    else {
        return Ok(false);
    };
    let endpoint = courier::queries::find_endpoint(tx, district, row.fast_endpoint_id).await?;
    Ok(endpoint.is_some_and(|endpoint| endpoint.kind == SMS))
}
