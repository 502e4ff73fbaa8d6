//! The other side of a sandbox, for an integrator who tries its system alone: a case comes, goes away, is confirmed or is not solved yet.

use crate::error::LinkageError;
use crate::model::exchange::ExchangeId;
use crate::store::exchanges as rows;
use ::store::Tx;
use cases::commands::{Act, PlaceGiven, Report, ReporterGiven, report};
use cases::photos::StoredPhoto;
use cases::{Case, CaseId, FollowerId, Source};
use courier::Word;
use platform::{Actor, ActorKind, Grant, Lang, OrganisationId, Phone, PostId, Sandbox, Scope, Via};
use std::collections::BTreeMap;
use territory::{PostKind, Snapshot};

/// "Water pipe burst": the rules give it to the water company.
const TYPE: &str = "P01002";
const WORDS: [&str; 4] = [
    "路口的水管爆了，水喷得很高",
    "三栋楼下自来水管破了，一直往外冒水",
    "水表井在冒水，路面都湿了",
    "地下车库入口漏水，水从墙里渗出来",
];
/// Numbers that begin so were given to nobody.
const REPORTER_PHONE: &str = "19900000001";
/// Looked at, confirmed: nothing in a sandbox takes more steps of the other side.
const STEPS_MAX: usize = 2;

::store::text_enum! {
    /// What the integrator lets the other side do with a case of its own.
    pub(crate) OtherSide {
        /// The dispatcher gives it to another unit: `case.withdrawn`.
        Withdraw = "withdraw",
        /// The desk has looked, and the reporter says that it is solved.
        Confirm = "confirm",
        /// The desk has looked, and the reporter says that it is not.
        Reopen = "reopen",
    }
}

/// Somebody invented reports something that is the unit's, with a photo: it is routed by the rules, as everything is.
pub(crate) async fn let_come(
    tx: &mut Tx,
    sandbox: Sandbox,
    unit: OrganisationId,
    photo: StoredPhoto,
) -> Result<Case, LinkageError> {
    let integrator = tx.actor().clone();
    let places = tx.fixture::<territory::Map>().of(sandbox.district());
    let grid = places.grids().next().map(|grid| grid.code.clone());
    let grid =
        grid.ok_or_else(|| unfit("sandbox.no_ground", "沙箱里没有网格。", "The sandbox has no grids."))?;
    let number = usize::try_from(tx.now().micros().unsigned_abs()).unwrap_or(0) % WORDS.len();
    let invented = Report {
        id: CaseId::new(tx.now()),
        type_code: Some(TYPE.to_owned()),
        words: WORDS[number].to_owned(),
        place: PlaceGiven::Grid(grid),
        source: Source::Resident,
        reporter: Some(ReporterGiven { phone: Phone::parse(REPORTER_PHONE), ..ReporterGiven::default() }),
        hidden: false,
        photos: vec![photo],
        answers: BTreeMap::new(),
        external_id: None,
        seen_at: None,
        held: None,
    };
    tx.act_as(reporter(sandbox));
    let filed = report(tx, invented).await;
    tx.act_as(integrator);
    let case = filed?.case;
    if unit_of(&places, &case) == Some(unit) {
        return Ok(case);
    }
    Err(unfit(
        "sandbox.not_theirs",
        "按派单规则，这件事不归您的单位。",
        "By the rules it is not given to your unit.",
    ))
}

/// Lets the other side do something with a case of the unit.
pub(crate) async fn play(
    tx: &mut Tx,
    sandbox: Sandbox,
    unit: OrganisationId,
    number: &str,
    deed: OtherSide,
) -> Result<Case, LinkageError> {
    let district = sandbox.district();
    let id = cases::linked::find_by_number(tx, district, number).await?.ok_or(LinkageError::NotFound)?;
    let case = cases::linked::find(tx, district, id).await?.ok_or(LinkageError::NotFound)?;
    let places = tx.fixture::<territory::Map>().of(district);
    if unit_of(&places, &case) != Some(unit) {
        return Err(LinkageError::NotFound);
    }
    match deed {
        OtherSide::Withdraw => withdraw(tx, sandbox, &places, &case, unit).await,
        OtherSide::Confirm => end_with(tx, sandbox, case, "confirm", None).await,
        OtherSide::Reopen => end_with(tx, sandbox, case, "reopen", Some("又漏了，还没有完全修好。")).await,
    }
}

async fn withdraw(
    tx: &mut Tx,
    sandbox: Sandbox,
    places: &Snapshot,
    case: &Case,
    unit: OrganisationId,
) -> Result<Case, LinkageError> {
    let posts = places.posts();
    let dispatcher = posts.iter().find(|post| post.kind == PostKind::Dispatcher);
    let other = posts.iter().find(|post| post.kind == PostKind::Unit && post.organisation != Some(unit));
    let Some((dispatcher, other)) = dispatcher.zip(other) else {
        return Err(unfit("sandbox.no_posts", "沙箱里没有别的单位。", "The sandbox has no other unit."));
    };
    let act = Act { post: Some(other.id), ..noted("redispatch", "沙箱：改由别的单位办理。") };
    let actor = staff(sandbox, dispatcher.id, &dispatcher.name);
    Ok(cases::linked::act_as(tx, actor, case.id, act).await?)
}

/// The desk looks first where it has to; then the reporter has the word.
async fn end_with(
    tx: &mut Tx,
    sandbox: Sandbox,
    mut case: Case,
    action: &'static str,
    note: Option<&str>,
) -> Result<Case, LinkageError> {
    for _ in 0..STEPS_MAX {
        match (case.state.as_str(), case.owner_post) {
            ("verifying", Some(desk)) => {
                let places = tx.fixture::<territory::Map>().of(sandbox.district());
                let name = places.post(desk).map_or_else(String::new, |post| post.name.clone());
                let look = noted("verify", "沙箱：现场核查，已经处理好。");
                case = cases::linked::act_as(tx, staff(sandbox, desk, &name), case.id, look).await?;
            }
            ("confirming" | "answered", _) => {
                let word = Act {
                    action: action.to_owned(),
                    note: note.map(str::to_owned),
                    // Who reports without an account follows the case under its own id.
                    follower: Some(FollowerId(case.id.0)),
                    ..Act::default()
                };
                return Ok(cases::linked::act_as(tx, reporter(sandbox), case.id, word).await?);
            }
            _ => break,
        }
    }
    Err(unfit(
        "sandbox.not_done",
        "这件事还没有办好：先发“done”，再让报告人确认。",
        "It is not done yet: say \"done\" first, then let the reporter confirm.",
    ))
}

/// Sends a message that went out once more, under the same id.
pub(crate) async fn send_again(tx: &mut Tx, sandbox: Sandbox, id: ExchangeId) -> Result<(), LinkageError> {
    let exchange = rows::find(tx, sandbox, id).await?.ok_or(LinkageError::NotFound)?;
    let delivery = exchange.delivery_id.ok_or(LinkageError::NotFound)?;
    match courier::again(tx, sandbox, delivery).await? {
        Word::Done => Ok(()),
        Word::NotDead => Err(unfit(
            "sandbox.on_its_way",
            "它正在投递，或者已经不在了。",
            "It is on its way already, or gone.",
        )),
    }
}

fn unfit(code: &'static str, zh: &'static str, en: &'static str) -> LinkageError {
    LinkageError::conflict(code, zh, en)
}

fn unit_of(places: &Snapshot, case: &Case) -> Option<OrganisationId> {
    places.post(case.host_post?)?.organisation
}

fn noted(action: &str, note: &str) -> Act {
    Act { action: action.to_owned(), note: Some(note.to_owned()), ..Act::default() }
}

/// Somebody without an account.
fn reporter(sandbox: Sandbox) -> Actor {
    Actor::anonymous(sandbox.district(), Via::Page, Lang::Zh, "")
}

/// Whoever sits on a post of the invented district.
fn staff(sandbox: Sandbox, post: PostId, name: &str) -> Actor {
    let all = [&cases::access::VIEW, &cases::HANDLE, &cases::access::DISPATCH, &cases::access::RULE];
    let grant = |permission: &&platform::Permission| Grant {
        permission: permission.name.to_owned(),
        scope: Scope::District,
    };
    Actor {
        kind: ActorKind::Staff,
        name: name.into(),
        posts: std::sync::Arc::new([post]),
        grants: all.iter().map(grant).collect(),
        via: Via::Api,
        ..Actor::system(sandbox.district(), "sandbox")
    }
}
