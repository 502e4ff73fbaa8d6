//! Giving a case to the post that the routing rules name, with the reason kept on the case.

use crate::catalogue::{PostSelector, item_href};
use crate::error::CaseError;
use crate::model::{Case, Deed, Entry, Setting, act};
use crate::routing::{PlaceBy, Route, RouteInput};
use crate::rules::Rules;
use platform::{OrganisationId, PostId};
use territory::Snapshot;

/// Routes a case that was just received: its explanation and co-hosts, and the step to the post named; where the rules
/// name the desk or nobody sits there, the desk keeps it. The version stays: it is part of the same write.
pub(super) fn route(
    mut case: Case,
    setting: &Setting<'_>,
    rules: &Rules,
    places: &Snapshot,
) -> Result<(Case, Option<Entry>), CaseError> {
    let in_force = rules.in_force(case.district, setting.now.local().date());
    let route = in_force.router.route(&input(&case, setting, places));
    let path = case.area_path.clone();
    case.explanation.0 = explained(&route);
    case.cohosts.0 = route.co.iter().filter_map(|c| post_for(&c.to, &path, places)).collect();
    let Some(post) = post_for(&route.to, &path, places).filter(|p| Some(*p) != case.owner_post) else {
        case.unit_id = unit_of(&case, places);
        return Ok((case, None));
    };
    let deed = Deed { action: "route".to_owned(), post: Some(post), ..Deed::default() };
    let version = case.version;
    let (mut case, entry) = act(&case, &["system"], None, &deed, setting)?;
    case.version = version;
    case.unit_id = unit_of(&case, places);
    Ok((case, Some(entry)))
}

fn input<'a>(case: &'a Case, setting: &Setting<'_>, places: &'a Snapshot) -> RouteInput<'a> {
    let local = setting.now.local();
    RouteInput {
        type_code: &case.type_code,
        // The district alone says no more than that nobody could place it.
        area_path: case.area_path.contains('/').then_some(&*case.area_path),
        area_name: case
            .grid_id
            .and_then(|grid| places.area(grid))
            .or_else(|| places.by_path(&case.area_path))
            .map(|area| area.name.as_str()),
        place_by: match (case.lon, case.grid_id, &case.address) {
            (Some(_), ..) => PlaceBy::Point,
            (None, Some(_), None) => PlaceBy::Choice,
            (None, Some(_), Some(_)) => PlaceBy::Address,
            (None, None, Some(_)) if case.area_path.contains('/') => PlaceBy::Address,
            (None, None, _) => PlaceBy::Nothing,
        },
        on: local.date(),
        hour: local.hour(),
        working: setting.calendar.is_working_time(setting.now.micros()),
        source: case.source,
        urgency: setting.case_type.urgency,
        words: &case.words,
    }
}

/// What stays on the case of a route: its sentence, and what a program or a later reader needs to check it.
fn explained(route: &Route) -> serde_json::Value {
    serde_json::json!({
        "zh": route.sentence(platform::Lang::Zh),
        "en": route.sentence(platform::Lang::En),
        "to": route.to,
        "rule": route.rule.key,
        "href": route.item.as_ref().map(|i| item_href(&i.list, &i.version, &i.number)),
        "withheld_by": route.withheld.iter().map(crate::catalogue::NotOnTheList::href).collect::<Vec<_>>(),
        "item": route.item.as_ref().map(|i| format!("{}/{} ({})", i.list, i.number, i.version)),
        "withheld": route.withheld.len(),
        "also": route.also.iter().map(|a| &a.key).collect::<Vec<_>>(),
        "rules": route.rules_version,
        "catalogue": route.catalogue,
    })
}

/// The post a selector means at a place; none where nobody sits there.
pub(super) fn post_for(selector: &PostSelector, path: &str, places: &Snapshot) -> Option<PostId> {
    let post = match selector {
        PostSelector::GridWorker | PostSelector::StandIn => places.worker_post(path),
        PostSelector::GridLeader => places.leader_post(path),
        PostSelector::SubdistrictDesk => places.desk_post(path),
        PostSelector::Dispatcher => places.dispatcher_post(),
        PostSelector::Unit(key) => places.unit_post(key),
    };
    post.map(|p| p.id)
}

/// The organisation behind the post that works on the case.
pub(super) fn unit_of(case: &Case, places: &Snapshot) -> Option<OrganisationId> {
    case.host_post.or(case.owner_post).and_then(|p| places.post(p)).and_then(|p| p.organisation)
}
