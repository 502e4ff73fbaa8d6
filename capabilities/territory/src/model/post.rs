//! Posts: seats that own work, and who sits on them from when to when. Work belongs to the post, never to the person.

use super::named;
use platform::{AccountId, OrganisationId, PostId, Scope, Time};
use serde::{Deserialize, Serialize};

platform::id!(
    /// Somebody on a post for a time.
    HoldingId, "holding"
);

named! {
    /// What a post is for.
    PostKind {
        /// Serves one grid (网格员).
        GridWorker = "grid_worker" ("网格员", "Grid worker"),
        /// Leads the grids of a community (网格长, the community's secretary).
        GridLeader = "grid_leader" ("网格长", "Grid leader"),
        /// The window of a subdistrict.
        SubdistrictDesk = "subdistrict_desk" ("街道窗口", "Subdistrict desk"),
        /// The window of a department or an operator.
        Unit = "unit" ("部门（单位）窗口", "Desk of a unit"),
        /// The district's grid centre.
        Dispatcher = "dispatcher" ("区网格中心", "District dispatcher"),
    }
}

impl PostKind {
    /// Whether one person has the post, with at most one stand-in; desks have as many as they need.
    pub const fn is_single(self) -> bool {
        matches!(self, Self::GridWorker | Self::GridLeader)
    }
}

named! {
    /// AB 岗: who has the post, and who takes it while that person is away.
    HoldingRole {
        Main = "main" ("A 岗", "Main"),
        StandIn = "stand_in" ("B 岗", "Stand-in"),
    }
}

named! {
    /// What an organisation is.
    OrganisationKind {
        Department = "department" ("部门", "Department"),
        Operator = "operator" ("公用事业单位", "Operator"),
        Subdistrict = "subdistrict" ("街道办事处", "Subdistrict office"),
        Community = "community" ("社区（村）", "Community"),
        Property = "property" ("物业企业", "Property management"),
    }
}

/// A body whose desk answers cases.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Organisation {
    pub id: OrganisationId,
    /// The word duty lists call it by: `water_supply`, `power`.
    pub key: String,
    pub name: String,
    pub name_en: Option<String>,
    pub kind: OrganisationKind,
    /// Published.
    pub phone: Option<String>,
}

/// A seat that owns work.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Post {
    pub id: PostId,
    pub kind: PostKind,
    pub name: String,
    pub name_en: Option<String>,
    /// The area it serves; the district's own for units and the dispatcher.
    pub area_path: String,
    pub organisation: Option<OrganisationId>,
    /// Published; the phone of whoever holds it where that one gives none.
    pub phone: Option<String>,
    pub open_from: Time,
    pub open_to: Option<Time>,
}

impl Post {
    pub fn is_open_at(&self, at: Time) -> bool {
        self.open_from <= at && self.open_to.is_none_or(|to| at < to)
    }

    /// The scope within which its holder works: a unit's own, or the area's subtree.
    pub fn scope(&self) -> Scope {
        match self.organisation {
            Some(organisation) => Scope::Unit { organisation },
            None => Scope::Area { path: self.area_path.clone() },
        }
    }
}

/// When the holder of a post is away: the stand-in serves.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Away {
    pub from: Time,
    pub until: Time,
}

/// Somebody on a post for a time. Name and phone are those the district publishes (滨州网格条例 art. 6).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Holding {
    pub id: HoldingId,
    pub post: PostId,
    pub account: AccountId,
    pub role: HoldingRole,
    pub name: String,
    pub phone: Option<String>,
    pub from: Time,
    pub to: Option<Time>,
    pub away: Option<Away>,
}

impl Holding {
    pub fn is_held_at(&self, at: Time) -> bool {
        self.from <= at && self.to.is_none_or(|to| at < to)
    }

    /// Held, and not away.
    pub fn is_present_at(&self, at: Time) -> bool {
        self.is_held_at(at) && !self.away.is_some_and(|away| away.from <= at && at < away.until)
    }

    /// Whether any moment belongs to both.
    fn overlaps(&self, from: Time, to: Option<Time>) -> bool {
        self.to.is_none_or(|end| from < end) && to.is_none_or(|end| self.from < end)
    }
}

/// A post somebody holds, and in which role.
#[derive(Clone, Copy, Debug)]
pub struct HeldPost<'a> {
    pub post: &'a Post,
    pub role: HoldingRole,
    /// Whether this holder serves now: the main one present, or the stand-in while the main one is away.
    pub serves: bool,
}

/// Everybody who ever held one post.
#[derive(Clone, Copy, Debug)]
pub struct Roster<'a>(pub &'a [Holding]);

impl<'a> Roster<'a> {
    /// Who serves the post at a moment: the main holder, else a stand-in, else nobody.
    pub fn serves_at(self, at: Time) -> Option<&'a Holding> {
        let present = |role| self.0.iter().find(move |h| h.role == role && h.is_present_at(at));
        present(HoldingRole::Main).or_else(|| present(HoldingRole::StandIn))
    }

    /// Why nobody may be put on this seat for that time: the holding in the way, if any.
    pub fn conflict(
        self,
        kind: PostKind,
        account: AccountId,
        role: HoldingRole,
        from: Time,
        to: Option<Time>,
    ) -> Option<&'a Holding> {
        let clashes = |h: &&Holding| h.account == account || (kind.is_single() && h.role == role);
        self.0.iter().filter(|h| h.overlaps(from, to)).find(clashes)
    }
}

#[cfg(test)]
mod tests {
    //! Who serves, and who may sit down.
    use super::*;

    fn holding(account: u128, role: HoldingRole, from: i64, to: Option<i64>) -> Holding {
        Holding {
            id: HoldingId(uuid::Uuid::from_u128(account)),
            post: PostId(uuid::Uuid::nil()),
            account: AccountId(uuid::Uuid::from_u128(account)),
            role,
            name: "王某某".to_owned(),
            phone: None,
            from: Time::from_micros(from),
            to: to.map(Time::from_micros),
            away: None,
        }
    }

    #[test]
    fn the_stand_in_serves_while_the_main_holder_is_away() {
        let away = Away { from: Time::from_micros(20), until: Time::from_micros(30) };
        let main = Holding { away: Some(away), ..holding(1, HoldingRole::Main, 10, Some(50)) };
        let roster = [main, holding(2, HoldingRole::StandIn, 10, Some(60))];
        for (at, who) in
            [(5, None), (10, Some(1)), (20, Some(2)), (29, Some(2)), (30, Some(1)), (50, Some(2)), (60, None)]
        {
            let serving = Roster(&roster).serves_at(Time::from_micros(at)).map(|h| h.account.0.as_u128());
            assert_eq!(serving, who, "at {at}");
        }
    }

    #[test]
    fn a_seat_has_one_main_holder_at_a_time() {
        let roster = [holding(1, HoldingRole::Main, 10, Some(50))];
        let conflict = |kind, account: u128, role, from, to: Option<i64>| {
            let account = AccountId(uuid::Uuid::from_u128(account));
            let to = to.map(Time::from_micros);
            Roster(&roster).conflict(kind, account, role, Time::from_micros(from), to).is_some()
        };
        use HoldingRole::{Main, StandIn};
        use PostKind::{GridWorker, Unit};
        assert!(conflict(GridWorker, 2, Main, 20, None), "taken");
        assert!(conflict(GridWorker, 2, Main, 5, Some(11)), "taken at the end");
        assert!(!conflict(GridWorker, 2, Main, 50, None), "free from then on");
        assert!(!conflict(GridWorker, 2, StandIn, 20, None), "the other role is free");
        assert!(conflict(GridWorker, 1, StandIn, 20, None), "nobody stands in for themselves");
        assert!(!conflict(Unit, 2, Main, 20, None), "a desk has many");
        assert!(conflict(Unit, 1, Main, 20, None), "but each once");
    }
}
