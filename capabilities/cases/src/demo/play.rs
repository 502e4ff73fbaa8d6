//! Playing one plan: the report and every step after it, by those who would have taken them, at the moments they would have.

use super::is_past;
use super::plan::{Ending, Plan};
use crate::access;
use crate::commands::{self, Act, CLOCK, PlaceGiven, Report, ReporterGiven};
use crate::error::CaseError;
use crate::model::{Case, FollowerId, Source, next_ring};
use crate::photos::StoredPhoto;
use crate::rules::Rules;
use crate::store;
use ::store::Tx;
use platform::{Actor, ActorKind, Fault, Grant, PostId, Scope, Time, Via};
use std::sync::Arc;
use std::time::Duration;
use territory::Snapshot;

/// More steps than any plan has: a workflow that would go in circles ends here.
const STEPS_MAX: usize = 24;
/// The reporter does not answer.
const SILENCE: &str = "silence";

/// Plays the plan up to now; answers the number of steps after the report.
pub(super) async fn play(tx: &mut Tx, plan: &Plan, proof: &StoredPhoto, now: Time) -> Result<usize, Fault> {
    let house = tx.actor().clone();
    let mut stage = Stage {
        rules: tx.fixture::<Rules>(),
        places: tx.fixture::<territory::Map>().of(house.district),
        at: plan.at,
        now,
        proof: proof.clone(),
    };
    tx.at(plan.at);
    tx.act_as(reporter(plan, &house));
    let filed = commands::report(tx, report(plan)).await.map_err(fault)?;
    let mut case = filed.case;
    // A resident's report is kept under an id of ours, and the reporter follows it under the same.
    let plan = &Plan { id: case.id, ..plan.clone() };
    let mut steps = 0;
    while steps < STEPS_MAX {
        let Some((actor, act, wait)) = stage.next(plan, &case, &house) else { break };
        stage.at = stage.at.after(wait);
        if !is_past(stage.at, now) {
            break;
        }
        case = stage.ring_until(tx, case, &house).await?;
        // Silence is no action: the clock closes the case on the way there.
        if act.action == SILENCE || (!case.open && act.action != "rate") {
            break;
        }
        tx.at(stage.at);
        tx.act_as(actor);
        case = commands::act(tx, case.id, act).await.map_err(fault)?.case;
        steps += 1;
    }
    stage.at = now;
    stage.ring_until(tx, case, &house).await?;
    tx.act_as(house);
    Ok(steps)
}

fn fault(e: CaseError) -> Fault {
    match e {
        CaseError::Fault(fault) => fault,
        other => Fault::broken(format!("the demo took a step that is refused: {other}")),
    }
}

fn report(plan: &Plan) -> Report {
    Report {
        id: plan.id,
        type_code: Some(plan.type_code.clone()),
        words: plan.words.clone(),
        place: match plan.point {
            Some(at) => PlaceGiven::Point { at, address: None },
            None => PlaceGiven::Grid(plan.grid.clone()),
        },
        source: plan.source,
        reporter: plan.phone.clone().map(|phone| ReporterGiven {
            name: None,
            phone: Some(phone),
            account: None,
        }),
        hidden: false,
        photos: Vec::new(),
        answers: plan.answers.clone(),
        external_id: None,
        seen_at: None,
        held: None,
    }
}

struct Stage {
    rules: Arc<Rules>,
    places: Arc<Snapshot>,
    at: Time,
    now: Time,
    /// The picture every finished work of the demo shows.
    proof: StoredPhoto,
}

impl Stage {
    /// Lets the clock say what it would have said before the next step.
    async fn ring_until(&self, tx: &mut Tx, mut case: Case, house: &Actor) -> Result<Case, Fault> {
        for _ in 0..STEPS_MAX {
            let setting =
                self.rules.setting(&case, &self.places, case_has_reporter(&case), case_now(&case))?;
            let Some(ring) =
                next_ring(&case, &setting).filter(|r| r.at <= self.at && is_past(r.at, self.now))
            else {
                break;
            };
            tx.at(ring.at);
            tx.act_as(house.clone());
            tx.cancel_timer(CLOCK, case.id.0).await?;
            commands::ring(tx, case.id).await.map_err(fault)?;
            match store::find(tx, house.district, case.id).await? {
                Some(after) if after.version != case.version => case = after,
                _ => break,
            }
        }
        Ok(case)
    }

    /// Who does what next, and after how long.
    fn next(&self, plan: &Plan, case: &Case, house: &Actor) -> Option<(Actor, Act, Duration)> {
        let short = Duration::from_secs(u64::from(plan.step_minutes) * 60);
        let owner = || self.holder(case.owner_post?, house);
        let act = |action: &str| Act { action: action.to_owned(), ..Act::default() };
        let noted = |action: &str, note: &str| Act { note: Some(note.to_owned()), ..act(action) };
        let left = plan.ending == Ending::Left;
        match case.state.as_str() {
            "reported" if plan.ending == Ending::Refused => {
                Some((owner()?, reasoned("refuse", "no_facts", "电话联系不上，现场也没有发现。"), short))
            }
            "reported" if left && plan.step_minutes > 70 => None,
            "reported" => Some((owner()?, act("accept"), short)),
            "accepted" | "with_dispatcher" => {
                let desk = case.owner_post?;
                let to = self.unit_for(case, desk);
                Some((owner()?, Act { post: Some(to), ..act("dispatch") }, short))
            }
            "assigned" if plan.ending == Ending::Withdrawn && case.followers == 0 => {
                Some((self.resident(plan, house), self.by_reporter("withdraw", plan), short))
            }
            "assigned" if left && plan.step_minutes > 55 => None,
            "assigned" if plan.ending == Ending::Returned && !taken(case, "return") => {
                Some((owner()?, reasoned("return", "wrong_place", "不在我们的管理范围，请核对。"), short))
            }
            "assigned" => Some((owner()?, act("take"), short)),
            "handling" if plan.ending == Ending::Extended && !taken(case, "extend") => {
                let length = flow::Deadline::new(3, flow::Unit::WorkingDay);
                let act = Act {
                    length: Some(length),
                    ..reasoned("extend", "works", "需要联系施工队，已向您说明。")
                };
                Some((owner()?, act, short * 4))
            }
            "handling" if left => None,
            "handling" => Some((owner()?, self.finish(case), self.handling_time(plan, case))),
            "verifying" if left => None,
            "verifying" => Some((owner()?, noted("verify", "现场核查，已经处理好。"), short * 3)),
            "confirming" | "answered" => match plan.ending {
                Ending::Reopened if !taken(case, "reopen") => {
                    let act = Act {
                        note: Some("又出现了，还没有完全解决。".to_owned()),
                        ..self.by_reporter("reopen", plan)
                    };
                    Some((self.resident(plan, house), act, short * 8))
                }
                Ending::Solved { confirmed: false } => {
                    Some((house.clone(), act(SILENCE), Duration::from_secs(9 * 86_400)))
                }
                _ => Some((self.resident(plan, house), self.by_reporter("confirm", plan), short * 6)),
            },
            "closed" => {
                let rating = plan.rating.filter(|_| case.rating.is_none())?;
                let act = Act { rating: Some(rating), ..self.by_reporter("rate", plan) };
                Some((self.resident(plan, house), act, short))
            }
            _ => None,
        }
    }

    /// Done: with a photo where the type asks for one, else with words.
    fn finish(&self, case: &Case) -> Act {
        let proof = self.rules.type_of(case).map_or(crate::catalogue::Proof::None, |t| t.proof);
        let note = Some("已到现场处理完毕。".to_owned());
        if proof == crate::catalogue::Proof::None {
            return Act { action: "answer".to_owned(), note, ..Act::default() };
        }
        Act { action: "finish".to_owned(), note, photos: vec![self.proof.clone()], ..Act::default() }
    }

    /// A share of the time that is left, by the plan's pace.
    fn handling_time(&self, plan: &Plan, case: &Case) -> Duration {
        let allowed = case.due_at.map_or(Duration::from_secs(86_400), |due| due.since(self.at));
        allowed.max(Duration::from_secs(3600)).mul_f64(plan.pace)
    }

    /// The desk gives it to the unit of the routing rules, else to the grid's own worker where the list allows, else keeps it with the dispatcher.
    fn unit_for(&self, case: &Case, not: PostId) -> PostId {
        let units: Vec<PostId> =
            self.places.posts().iter().filter(|p| p.organisation.is_some()).map(|p| p.id).collect();
        let any = |n: u128| units.get((n % units.len().max(1) as u128) as usize).copied();
        any(case.id.0.as_u128() >> 3).filter(|p| *p != not).unwrap_or(not)
    }

    /// Whoever serves on the post, with what a post allows.
    fn holder(&self, post: PostId, house: &Actor) -> Option<Actor> {
        let seat = self.places.post(post)?;
        let account = self.places.who_serves(post, self.now).map(|h| h.account);
        Some(Actor {
            kind: ActorKind::Staff,
            account,
            name: seat.name.as_str().into(),
            posts: Arc::new([post]),
            grants: staff_grants(),
            via: Via::Api,
            ..house.clone()
        })
    }

    fn resident(&self, _plan: &Plan, house: &Actor) -> Actor {
        Actor { kind: ActorKind::Anonymous, name: "resident".into(), via: Via::Page, ..house.clone() }
    }

    fn by_reporter(&self, action: &str, plan: &Plan) -> Act {
        Act { action: action.to_owned(), follower: Some(FollowerId(plan.id.0)), ..Act::default() }
    }
}

fn reasoned(action: &str, reason: &str, note: &str) -> Act {
    Act {
        action: action.to_owned(),
        reason: Some(reason.to_owned()),
        note: Some(note.to_owned()),
        ..Act::default()
    }
}

fn taken(case: &Case, action: &str) -> bool {
    case.progress.0.counts.contains_key(action)
}

fn case_has_reporter(case: &Case) -> bool {
    matches!(case.source, Source::Resident | Source::Desk | Source::Hotline)
}

fn case_now(case: &Case) -> Time {
    case.state_since
}

fn reporter(plan: &Plan, house: &Actor) -> Actor {
    let kind = match plan.source {
        Source::Resident => ActorKind::Anonymous,
        Source::Worker | Source::Desk => ActorKind::Staff,
        _ => ActorKind::System,
    };
    Actor { kind, grants: staff_grants(), via: Via::Api, ..house.clone() }
}

/// What any staff post of the demo holds; its roles towards a case come from the post.
fn staff_grants() -> Arc<[Grant]> {
    static GRANTS: std::sync::LazyLock<Arc<[Grant]>> = std::sync::LazyLock::new(|| {
        let all = [
            &access::REPORT,
            &access::REPORT_FOR_OTHERS,
            &access::VIEW,
            &access::HANDLE,
            &access::DISPATCH,
            &access::RULE,
        ];
        all.iter().map(|p| Grant { permission: p.name.to_owned(), scope: Scope::District }).collect()
    });
    GRANTS.clone()
}
