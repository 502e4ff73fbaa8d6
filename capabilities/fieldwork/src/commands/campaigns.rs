//! Making a campaign, changing it while it is a draft, publishing it, and ending it.

use crate::access::{RUN_CAMPAIGNS, require};
use crate::campaigns::{CAMPAIGN_STEP, dry_run};
use crate::error::FieldworkError;
use crate::facts::{CAMPAIGN_AMENDED, CAMPAIGN_ENDED, CAMPAIGN_MADE, CAMPAIGN_PUBLISHED, FieldworkFact};
use crate::model::{
    Campaign, CampaignContent, CampaignId, CampaignState, FormState, check_doors, known_fields,
};
use crate::plans::plan_of;
use crate::store;
use ::store::{Conn, Tx};
use edge::Edge;
use platform::{Actor, Fault};
use registry::Catalogue;
use serde_json::json;
use territory::Map;

/// Why a campaign is published although grids are beyond their hours.
const BEYOND_REASON_CHARS: std::ops::RangeInclusive<usize> = 5..=200;

/// Keeps a campaign as a draft.
///
/// # Errors
/// No right to it there, no such area, content or target that does not hold, a form of another area.
pub(crate) async fn make_campaign(
    tx: &mut Tx,
    area_path: &str,
    content: CampaignContent,
) -> Result<CampaignId, FieldworkError> {
    require(tx.actor(), &RUN_CAMPAIGNS, area_path)?;
    check(tx, area_path, &content).await?;
    let id = CampaignId::new(tx.now());
    let data = json!({ "template": content.template, "form": content.form });
    store::campaigns::insert(tx, id, area_path, content).await?;
    tx.record(&FieldworkFact::of_campaign(CAMPAIGN_MADE, id, area_path, data)).await?;
    Ok(id)
}

/// Changes a draft, from the version that was seen.
///
/// # Errors
/// As [`make_campaign`]; not a draft any more, changed since.
pub(crate) async fn amend_campaign(
    tx: &mut Tx,
    id: CampaignId,
    version: i64,
    content: CampaignContent,
) -> Result<(), FieldworkError> {
    let one = store::campaigns::load_for(tx, id, &RUN_CAMPAIGNS).await?;
    one.state.require_draft()?;
    check(tx, &one.area_path, &content).await?;
    if one.version != version {
        return Err(FieldworkError::Stale { present: one.version });
    }
    let fact =
        FieldworkFact::of_campaign(CAMPAIGN_AMENDED, id, &one.area_path, json!({ "version": version + 1 }));
    save(tx, Campaign { content, ..one }).await?;
    tx.record(&fact).await?;
    Ok(())
}

async fn check(tx: &mut Tx, area_path: &str, content: &CampaignContent) -> Result<(), FieldworkError> {
    content.check()?;
    let (district, catalogue) = (tx.district(), tx.fixture::<Catalogue>());
    let places = tx.fixture::<Map>().of(district);
    places.by_path(area_path).ok_or(FieldworkError::NotFound)?;
    content.target.check(&catalogue, &places, area_path)?;
    let Some(form) = content.form else { return Ok(()) };
    let found = store::find_form(tx, district, form).await?;
    let is_used_here = found.is_some_and(|found| platform::Scope::covers_path(&found.area_path, area_path));
    if is_used_here {
        return Ok(());
    }
    Err(FieldworkError::invalid(
        "form",
        "fieldwork.not_used_here",
        "这个表单不在这个区域使用。",
        "This form is not used in this area.",
    ))
}

/// Publishes a draft: its doors are opened from now on, some hundred at a time.
///
/// # Errors
/// Not a draft; a form that asks for what is known, or that is not live; nothing to go to, or too much; grids beyond their hours without
/// a reason; a period that is over.
pub(crate) async fn publish_campaign(
    edge: &Edge,
    actor: &Actor,
    id: CampaignId,
    beyond_reason: Option<String>,
) -> Result<(), FieldworkError> {
    let district = actor.district;
    let read = async move |conn: &mut Conn| store::campaigns::find(conn, district, id).await;
    let one = edge.db.read::<_, Fault, _>(read).await?.ok_or(FieldworkError::NotFound)?;
    require(actor, &RUN_CAMPAIGNS, &one.area_path)?;
    one.state.require_draft()?;
    refuse_form(edge, actor, &one.content).await?;
    if one.content.due_on < edge.now().local().date() {
        return Err(FieldworkError::invalid(
            "due_on",
            "fieldwork.period_over",
            "起止日期已经过了。",
            "The period is over.",
        ));
    }
    let run = dry_run(edge, district, &one).await?;
    check_doors(run.doors)?;
    let reason = beyond_reason.map(|reason| reason.trim().to_owned());
    let reason = reason.filter(|reason| BEYOND_REASON_CHARS.contains(&reason.chars().count()));
    let beyond: Vec<_> = run.grids.into_iter().filter(|grid| grid.is_beyond).collect();
    if !beyond.is_empty() && reason.is_none() {
        return Err(FieldworkError::BeyondHours(beyond));
    }
    let (version, reason) = (one.version, reason.filter(|_| !beyond.is_empty()));
    edge.db.write(actor, async move |tx: &mut Tx| open_campaign(tx, id, version, reason.clone()).await).await
}

/// A form that asks for what is known goes to no door, nor does one that is not live.
async fn refuse_form(edge: &Edge, actor: &Actor, content: &CampaignContent) -> Result<(), FieldworkError> {
    let Some(id) = content.form else { return Ok(()) };
    let district = actor.district;
    let read = async move |conn: &mut Conn| store::find_form(conn, district, id).await;
    let form = edge.db.read::<_, Fault, _>(read).await?.ok_or(FieldworkError::NotFound)?;
    let number = form.live.unwrap_or(form.versions);
    let plan = plan_of(edge, district, id, number).await?.ok_or(FieldworkError::NotFound)?;
    let known = known_fields(&plan, &edge.fixture::<Catalogue>());
    if !known.is_empty() {
        return Err(FieldworkError::AsksKnown(known));
    }
    if form.live.is_none() {
        return Err(FieldworkError::WrongState { state: FormState::Draft });
    }
    Ok(())
}

/// Publishes a draft that was tried: from the version that was seen, with the reason where grids are beyond their hours.
///
/// # Errors
/// Not there, not theirs, not a draft any more, changed since.
pub(crate) async fn open_campaign(
    tx: &mut Tx,
    id: CampaignId,
    version: i64,
    beyond_reason: Option<String>,
) -> Result<(), FieldworkError> {
    let one = store::campaigns::load_for(tx, id, &RUN_CAMPAIGNS).await?;
    one.state.require_draft()?;
    if one.version != version {
        return Err(FieldworkError::Stale { present: one.version });
    }
    let is_beyond = beyond_reason.is_some();
    let fact = FieldworkFact::of_campaign(
        CAMPAIGN_PUBLISHED,
        id,
        &one.area_path,
        json!({ "beyond_hours": is_beyond }),
    );
    let (now, by) = (tx.now(), tx.actor().name.to_string());
    save(
        tx,
        Campaign {
            state: CampaignState::Opening,
            published_at: Some(now),
            published_by_name: Some(by),
            beyond_reason,
            ..one
        },
    )
    .await?;
    tx.set_timer(CAMPAIGN_STEP, id.0, now, json!({})).await?;
    tx.record(&fact).await?;
    Ok(())
}

/// Ends a campaign before its time: what is left of its doors is closed, and nobody is blamed. A draft is dropped.
///
/// # Errors
/// Not there, not theirs, over already.
pub(crate) async fn end_campaign(tx: &mut Tx, id: CampaignId) -> Result<(), FieldworkError> {
    let one = store::campaigns::load_for(tx, id, &RUN_CAMPAIGNS).await?;
    let state = one.state.end()?;
    let fact = FieldworkFact::of_campaign(CAMPAIGN_ENDED, id, &one.area_path, json!({ "state": state }));
    save(tx, Campaign { state, ..one }).await?;
    if state == CampaignState::Closing {
        let now = tx.now();
        tx.set_timer(CAMPAIGN_STEP, id.0, now, json!({})).await?;
    }
    tx.record(&fact).await?;
    Ok(())
}

async fn save(tx: &mut Tx, one: Campaign) -> Result<(), FieldworkError> {
    if store::campaigns::save(tx, &one).await? {
        Ok(())
    } else {
        Err(FieldworkError::Stale { present: one.version + 1 })
    }
}
