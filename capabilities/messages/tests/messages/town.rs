//! A small district for stories of messages: residents with telephones, a system administrator, a gateway of texts.

use crate::other_side::Gateway;
use edge::Capability;
use identity::{IdentityError, NewAssignment, NewStaff};
use messages::{ACCOUNT, Notice, queue};
use platform::{AccountId, Fault, Phone, Scope};
use serde_json::{Value, json};
use std::time::Duration;
use store::Tx;
use testkit::{Caller, Town};
use uuid::Uuid;

pub const CAPABILITIES: &[&Capability] =
    &[&courier::CAPABILITY, &territory::CAPABILITY, &identity::CAPABILITY, &messages::CAPABILITY];

pub const SECRET: &str = "a-secret-of-theirs";

/// A town with a gateway that is set.
pub struct MessageTown {
    pub town: Town,
    pub gateway: Gateway,
    admin: AccountId,
}

/// Runs a story on every engine.
pub async fn each_message_town(story: impl AsyncFn(MessageTown)) {
    testkit::each_engine(CAPABILITIES, async |town: Town| {
        let admin = account(&town, "admin", "system_admin").await;
        let gateway = Gateway::open().await;
        let town = MessageTown { town, gateway, admin };
        town.sets("sms", sms(&town.gateway)).await;
        story(town).await;
    })
    .await;
}

/// Somebody of the staff with a role in the whole district.
pub async fn staff(town: &Town, login: &'static str, role: &'static str) -> Caller {
    let account = account(town, login, role).await;
    session(town, account).await
}

async fn account(town: &Town, login: &'static str, role: &'static str) -> AccountId {
    let open = async move |tx: &mut Tx| {
        let account = identity::create_staff(tx, &NewStaff::new(login, login)).await?;
        let role = role.to_owned();
        let new = NewAssignment { account, role, scope: Scope::District, from: None, to: None };
        identity::assign_role(tx, &new).await?;
        Ok::<_, IdentityError>(account)
    };
    town.db().write(&town.system(), open).await.expect("an account")
}

async fn session(town: &Town, account: AccountId) -> Caller {
    let enter = async move |tx: &mut Tx| {
        Ok::<_, IdentityError>(identity::open_session(tx, account).await?.reveal().to_owned())
    };
    let token = town.db().write(&town.system(), enter).await.expect("a session");
    town.caller().with_token(&token)
}

/// A gateway that sends by number of template wants one for each.
const TEMPLATES: &str = include_str!("../../../../catalog/messages/templates.toml");

/// How the gateway of texts is set.
pub fn sms(gateway: &Gateway) -> Value {
    let keys = TEMPLATES.split("[[template]]\nkey = \"").skip(1).filter_map(|rest| rest.split('"').next());
    let templates: serde_json::Map<String, Value> =
        keys.map(|key| (key.to_owned(), json!(format!("T-{key}")))).collect();
    json!({ "address": gateway.url, "secret": SECRET, "settings": {
        "gateway": "generic_json", "signature": "睦邻社区", "site": "https://mulin.example.cn", "templates": templates } })
}

impl MessageTown {
    /// The system administrator, signed in anew: a session of staff ends when nothing is done for half an hour.
    pub async fn admin(&self) -> Caller {
        session(&self.town, self.admin).await
    }

    pub async fn sets(&self, channel: &str, body: Value) {
        self.admin().await.put(&format!("/api/messages/gateways/{channel}"), body).await.ok();
    }

    /// A resident who signed in by phone once.
    pub async fn resident(&self, phone: &str) -> (AccountId, Caller) {
        let phone = Phone::parse(phone).expect("a phone");
        let enter = async move |tx: &mut Tx| {
            let account = identity::resident_of_phone(tx, &phone).await?;
            Ok::<_, IdentityError>((account, identity::open_session(tx, account).await?.reveal().to_owned()))
        };
        let (account, token) = self.town.db().write(&self.town.system(), enter).await.expect("a resident");
        (account, self.town.caller().with_token(&token))
    }

    /// Tells some that their water is off tomorrow, as one state of one outage.
    pub async fn tells(&self, thread: Uuid, edition: i64, to: &[AccountId]) -> u64 {
        let ids: Vec<Uuid> = to.iter().map(|account| account.0).collect();
        let notice = notice(thread, edition);
        let write = async move |tx: &mut Tx| queue(tx, &notice, ACCOUNT, &ids).await;
        self.town.db().write::<_, Fault, _>(&self.town.system(), write).await.expect("queued")
    }

    /// Everything that is due leaves.
    pub async fn delivers(&self) {
        self.town.settles().await;
        while courier::deliver_due(&self.town.edge).await.expect("the lanes work") > 0 {
            self.town.settles().await;
        }
    }

    pub async fn passes(&self, wait: Duration) {
        self.town.passes(wait).await;
        self.delivers().await;
    }

    /// Lines of texts that were sent, by their template's number and their telephone.
    pub fn texts(&self) -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        self.gateway.sent().iter().map(|one| (text(&one["template_code"]), text(&one["mobile"]))).collect()
    }

    /// The gateway as its administrator sees it.
    pub async fn seen(&self, channel: &str) -> Value {
        let all = self.admin().await.get("/api/messages/gateways").await.ok();
        let items = all["items"].as_array().expect("channels");
        items.iter().find(|one| one["channel"] == channel).expect("the channel").clone()
    }
}

pub fn notice(thread: Uuid, edition: i64) -> Notice {
    Notice {
        template: "outage_planned",
        content: json!({ "cut": { "zh": "停水", "en": "No water" }, "from": "2026-03-03T06:00:00Z",
            "to": "2026-03-03T10:00:00Z", "phone": "0731-28680000" }),
        thread,
        edition,
        until: Some("2026-03-03T10:00:00Z".parse().expect("a moment")),
        fact: None,
    }
}
