//! The demo district 石峰区（示意）: its areas, units, posts and people, made the same every time from `catalog/demo` and
//! `catalog/duty_lists/units.toml`, and brought in by the real commands.

mod plan;
mod sources;

pub use plan::plan_demo;

use super::{
    AddOrganisation, HoldPost, OpenPost, add_organisation, check_areas, hold_post, import_areas, open_post,
    write,
};
use crate::TerritoryError;
use crate::model::{AreaDraft, HoldingRole, Plan, PostKind};
use platform::{AccountId, Actor, Fault, PostId, Time};
use std::collections::HashMap;
use std::sync::Arc;
use store::{Db, Tx};

/// How much of the district.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DemoScale {
    /// 5 subdistricts, 45 communities and villages, 232 grids.
    Full,
    /// 1 subdistrict, 3 communities, 15 grids: the same outline in fewer parts.
    Small,
}

/// Somebody the demo needs an account for.
#[derive(Clone, Debug)]
pub struct DemoPerson {
    /// Invented.
    pub name: String,
    /// A number that cannot be dialled.
    pub phone: String,
    /// The post held as main holder.
    pub kind: PostKind,
    pub area_path: String,
    /// The key of the organisation of a unit's desk.
    pub organisation: Option<String>,
    pub post_name: String,
}

/// The demo's territory, before it is in force. Ask for an account for each of `people`, then [`seed_demo`].
#[derive(Clone, Debug)]
pub struct DemoPlan {
    pub people: Vec<DemoPerson>,
    areas: Vec<AreaDraft>,
    organisations: Vec<AddOrganisation>,
    posts: Vec<PlannedPost>,
    holdings: Vec<PlannedHolding>,
}

#[derive(Clone, Debug)]
struct PlannedPost {
    kind: PostKind,
    name: String,
    name_en: String,
    area_path: String,
    organisation: Option<String>,
    phone: Option<String>,
}

/// Numbers of a person and a post within the plan.
#[derive(Clone, Copy, Debug)]
struct PlannedHolding {
    person: usize,
    post: usize,
    role: HoldingRole,
}

/// Brings the demo's territory into force from `at` on. `accounts` has one account for each of the plan's people, in
/// their order.
pub async fn seed_demo(
    db: &Db,
    actor: &Actor,
    plan: DemoPlan,
    accounts: &[AccountId],
    at: Time,
) -> Result<(), TerritoryError> {
    if accounts.len() != plan.people.len() {
        return Err(Fault::broken("the demo needs one account for each of its people").into());
    }
    let areas = Plan { from: at, within: None, areas: plan.areas.clone() };
    let review = check_areas(db, actor.district, areas).await?;
    let checked = review.accept().map_err(|review| TerritoryError::PlanRefused { review })?;
    let (plan, accounts, checked) = (Arc::new(plan), Arc::<[AccountId]>::from(accounts), Arc::new(checked));
    write(db, actor, async move |tx: &mut Tx| {
        tx.at(at);
        import_areas(tx, &checked).await?;
        seat_people(tx, &plan, &accounts).await
    })
    .await
}

async fn seat_people(tx: &mut Tx, plan: &DemoPlan, accounts: &[AccountId]) -> Result<(), TerritoryError> {
    let mut organisations = HashMap::new();
    for organisation in &plan.organisations {
        organisations.insert(organisation.key.clone(), add_organisation(tx, organisation.clone()).await?);
    }
    let mut posts: Vec<PostId> = Vec::with_capacity(plan.posts.len());
    for post in &plan.posts {
        let new = OpenPost {
            kind: post.kind,
            name: post.name.clone(),
            name_en: Some(post.name_en.clone()),
            area_path: post.area_path.clone(),
            organisation: post.organisation.as_ref().and_then(|key| organisations.get(key)).copied(),
            phone: post.phone.clone(),
            from: None,
        };
        posts.push(open_post(tx, new).await?);
    }
    for holding in &plan.holdings {
        let person = &plan.people[holding.person];
        let new = HoldPost {
            post: posts[holding.post],
            account: accounts[holding.person],
            role: holding.role,
            name: person.name.clone(),
            phone: Some(person.phone.clone()),
            from: None,
            to: None,
        };
        hold_post(tx, new).await?;
    }
    Ok(())
}
