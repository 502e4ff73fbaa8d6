//! One search box: what was typed is read in every way it may be meant, looked up in the index of words or by keyed hashes, within the
//! areas of whoever asks, and put in one order.

use super::homes::RESIDENTS;
use crate::access::{DECIDE, VIEW};
use crate::model::address::{self, Parts};
use crate::model::spelling::{self, Query, Reading, Seems};
use crate::model::{Fields, Kind, RecordId};
use crate::search::{self, DOCUMENT, DOCUMENT_END, PHONE, PHONE_END};
use crate::store::{self, RecordRow};
use ::store::{Conn, Json, List, row, sql};
use platform::{Actor, DistrictId, Fault, Scope};
use seal::{Blind, Keyring};
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::ControlFlow;

/// Rows one meaning of a query takes from the index for each kind; of more, the first entered are ranked.
const CANDIDATES_MAX: i64 = 120;
/// Rows of one keyed hash that are read: a district has some thirty people for four last digits.
const HASHED_MAX: i64 = 1_000;
/// Areas a query is narrowed to in the index; who holds more is narrowed afterwards.
const AREAS_MAX: usize = 40;

row! {
    /// A record that was found.
    #[derive(Clone, Debug)]
    pub(crate) struct Found {
        pub id: RecordId,
        pub kind: Kind,
        pub area_path: String,
        pub label: String,
        pub dwelling_id: Option<RecordId>,
    }
}

row! {
    struct Lived {
        id: RecordId,
        person_id: Option<RecordId>,
        label: String,
    }
}

row! {
    /// A place with its other names.
    struct NamedPlace {
        id: RecordId,
        area_path: String,
        label: String,
        fields: Json<Fields>,
    }
}

sql! {
    PLACES: (DistrictId, String, i64) -> NamedPlace =
        sqlite "select r.id, r.area_path, r.label, r.fields
                from registry_search s join registry_record r on r.rowid = s.rowid
                where registry_search match $2 and r.district = $1 and r.state = 'live' order by s.rowid limit $3"
        postgres "select r.id, r.area_path, r.label, r.fields
                from registry_search s join registry_record r on r.district = s.district and r.id = s.record_id
                where s.district = $1 and s.tokens @@ cast(cast($2 as text) as tsquery) and r.state = 'live' limit $3";
    WORDS: (DistrictId, String, i64) -> Found =
        sqlite "select r.id, r.kind, r.area_path, r.label, r.dwelling_id
                from registry_search s join registry_record r on r.rowid = s.rowid
                where registry_search match $2 and r.district = $1 and r.state = 'live' order by s.rowid limit $3"
        postgres "select r.id, r.kind, r.area_path, r.label, r.dwelling_id
                from registry_search s join registry_record r on r.district = s.district and r.id = s.record_id
                where s.district = $1 and s.tokens @@ cast(cast($2 as text) as tsquery) and r.state = 'live' limit $3";
    HASHED: (DistrictId, Blind, i64) -> Found =
        "select r.id, r.kind, r.area_path, r.label, r.dwelling_id
         from registry_lookup l join registry_record r on r.district = l.district and r.id = l.record_id
         where l.district = $1 and l.blind = $2 and r.state = 'live' order by l.record_id limit $3";
    /// Where people live. Unordered: to save a sort, SQLite would walk through all residences in the order of their ids.
    HOMES_OF: (DistrictId, List<RecordId>) -> Lived =
        "select r.id, r.person_id, d.label
         from registry_record r join registry_record d on d.district = r.district and d.id = r.dwelling_id
         where r.district = $1 and r.person_id {in:$2:uuid} and r.kind = 'residence' and r.state = 'live'";
}

/// What somebody looks for, and where they may.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub query: Query,
    /// None: every kind that is found by itself.
    pub kind: Option<Kind>,
    pub rows: usize,
    pub actor: Actor,
}

/// A record that was found, with what tells it from its like.
#[derive(Clone, Debug)]
pub(crate) struct Hit {
    pub found: Found,
    /// What the query was taken for.
    pub seems: Seems,
    /// Of a person: the address of the first home.
    pub home: Option<String>,
    /// Of a home: how many live there.
    pub residents: Option<i64>,
    /// The person asked that the record is only stored.
    pub is_restricted: bool,
}

/// What was found, the best first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hits {
    pub hits: Vec<Hit>,
    /// There is more than was asked for, or than was ranked.
    pub more: bool,
}

/// Searches the register.
pub(crate) async fn search(
    conn: &mut Conn,
    keys: &Keyring,
    district: DistrictId,
    asked: &Asked,
) -> Result<Hits, Fault> {
    let mut gathered = Gathered::new(asked);
    for reading in &asked.query.readings {
        match hashes_of(keys, reading) {
            Some(blinds) => {
                for blind in blinds {
                    gathered.add_hashed(conn, district, blind, reading.seems).await?;
                }
            }
            None => gathered.add_words(conn, district, reading).await?,
        }
    }
    gathered.drop_restricted(conn, district).await?;
    gathered.drop_hopeless();
    gathered.tell_homes(conn, district).await?;
    Ok(gathered.ranked(asked))
}

/// The keyed hashes of a reading that is looked up by them.
fn hashes_of(keys: &Keyring, reading: &Reading) -> Option<Vec<Blind>> {
    let blind = |label: &str| keys.blind(label, &reading.text);
    match reading.seems {
        Seems::Phone => Some(vec![blind(PHONE)]),
        Seems::Document => Some(vec![blind(DOCUMENT)]),
        Seems::LastFour => Some(vec![blind(DOCUMENT_END), blind(PHONE_END)]),
        // Four digits are looked up as last four already; other pieces cannot be.
        Seems::PhonePiece => Some(Vec::new()),
        _ => None,
    }
}

/// The tokens that must all be there, and the kinds that can be meant.
fn tokens_of(reading: &Reading) -> (Vec<String>, &'static [Kind]) {
    const PLACES: &[Kind] = &[Kind::Place, Kind::Dwelling];
    const NAMED: &[Kind] = &[Kind::Person, Kind::Organisation, Kind::Place, Kind::Dwelling, Kind::Thing];
    const CODED: &[Kind] = &[Kind::Organisation, Kind::Thing, Kind::Place];
    match reading.seems {
        Seems::Address => {
            let place = reading.place.as_deref().unwrap_or(&reading.text);
            (address::asked_tokens(&address::parse(place)), PLACES)
        }
        Seems::Room => (vec![format!("r{}", reading.text.to_lowercase())], PLACES),
        Seems::Code => (vec![search::code_token(&reading.text)], CODED),
        _ => (reading.tokens.clone(), NAMED),
    }
}

/// Everything the readings gave, each record once.
struct Gathered<'a> {
    asked: &'a Asked,
    hits: Vec<Hit>,
    seen: HashSet<RecordId>,
    /// The first words that say where, beside a name.
    beside: Option<Parts>,
    more: bool,
}

impl<'a> Gathered<'a> {
    fn new(asked: &'a Asked) -> Self {
        Self { asked, hits: Vec::new(), seen: HashSet::new(), beside: None, more: false }
    }

    fn is_wanted(&self, kind: Kind) -> bool {
        self.asked.kind.is_none_or(|wanted| wanted == kind)
    }

    /// Takes a record, unless it is not for these eyes; whether it was taken.
    fn take(&mut self, found: Found, seems: Seems) -> bool {
        let is_new = self.is_wanted(found.kind)
            && self.asked.actor.holds_at(&VIEW, &found.area_path)
            && self.seen.insert(found.id);
        if is_new {
            self.hits.push(Hit { found, seems, home: None, residents: None, is_restricted: false });
        }
        is_new
    }

    async fn add_hashed(
        &mut self,
        conn: &mut Conn,
        district: DistrictId,
        blind: Blind,
        seems: Seems,
    ) -> Result<(), Fault> {
        let mut taken = 0;
        conn.each(&HASHED, (district, blind, HASHED_MAX), |found| {
            taken += i64::from(self.take(found, seems));
            if taken <= CANDIDATES_MAX { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })
        .await?;
        self.more |= taken > CANDIDATES_MAX;
        Ok(())
    }

    async fn add_words(
        &mut self,
        conn: &mut Conn,
        district: DistrictId,
        reading: &Reading,
    ) -> Result<(), Fault> {
        let (tokens, kinds) = tokens_of(reading);
        if tokens.is_empty() {
            return Ok(());
        }
        let is_name = kinds.contains(&Kind::Person);
        if let Some(place) = reading.place.as_deref().filter(|_| is_name) {
            self.beside = Some(address::parse(place));
        }
        for kind in kinds.iter().copied() {
            if !self.is_wanted(kind) {
                continue;
            }
            let whole = search::whole_token(&reading.text);
            let is_called = is_name && !whole.is_empty() && !matches!(kind, Kind::Place | Kind::Dwelling);
            // Those who bear the whole name come first: where they fill the list, nobody else gets into it.
            if is_called && self.add_matching(conn, district, &[whole], kind, reading.seems).await? {
                continue;
            }
            self.add_matching(conn, district, &tokens, kind, reading.seems).await?;
        }
        Ok(())
    }

    /// Takes the records of a kind with all these tokens; whether there are more than are ranked.
    async fn add_matching(
        &mut self,
        conn: &mut Conn,
        district: DistrictId,
        tokens: &[String],
        kind: Kind,
        seems: Seems,
    ) -> Result<bool, Fault> {
        let wanted = expression(conn.is_sqlite(), district, tokens, kind, &self.asked.actor);
        let mut rows = 0;
        conn.each(&WORDS, (district, wanted, CANDIDATES_MAX + 1), |found| {
            rows += 1;
            self.take(found, seems);
            ControlFlow::Continue(())
        })
        .await?;
        self.more |= rows > CANDIDATES_MAX;
        Ok(rows > CANDIDATES_MAX)
    }

    /// Where the people live, and how many live in the homes.
    async fn tell_homes(&mut self, conn: &mut Conn, district: DistrictId) -> Result<(), Fault> {
        let of_kind = |hits: &[Hit], kind: Kind| -> Vec<RecordId> {
            hits.iter().filter(|hit| hit.found.kind == kind).map(|hit| hit.found.id).collect()
        };
        let people = of_kind(&self.hits, Kind::Person);
        let mut homes: HashMap<RecordId, String> = HashMap::new();
        if !people.is_empty() {
            let mut lived = conn.all(&HOMES_OF, (district, List(people))).await?;
            lived.sort_by_key(|lived| lived.id);
            for lived in lived {
                if let Some(person) = lived.person_id {
                    homes.entry(person).or_insert(lived.label);
                }
            }
        }
        let dwellings = of_kind(&self.hits, Kind::Dwelling);
        let mut residents = BTreeMap::new();
        if !dwellings.is_empty() {
            for counted in conn.all(&RESIDENTS, (district, List(dwellings))).await? {
                residents.insert(counted.dwelling_id, counted.people);
            }
        }
        for hit in &mut self.hits {
            match hit.found.kind {
                Kind::Person => hit.home = homes.remove(&hit.found.id),
                Kind::Dwelling => {
                    hit.residents = Some(residents.get(&Some(hit.found.id)).copied().unwrap_or(0));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Whose data is only stored is found by the desk that answers them, and by nobody else.
    async fn drop_restricted(&mut self, conn: &mut Conn, district: DistrictId) -> Result<(), Fault> {
        let people = self.hits.iter().filter(|hit| hit.found.kind == Kind::Person).map(|hit| hit.found.id);
        let restricted = store::rights::restricted_among(conn, district, people).await?;
        for hit in &mut self.hits {
            hit.is_restricted = restricted.contains(&hit.found.id);
        }
        let actor = &self.asked.actor;
        self.hits.retain(|hit| !hit.is_restricted || actor.holds_at(&DECIDE, &hit.found.area_path));
        Ok(())
    }

    /// Those that come after a whole page of others wherever they live are not asked where.
    fn drop_hopeless(&mut self) {
        let rows = self.asked.rows;
        if self.beside.is_some() || rows == 0 || self.hits.len() <= rows {
            return;
        }
        let typed = typed_in(self.asked);
        self.hits.sort_by_cached_key(|hit| rough_order_of(hit, &typed));
        let last = rough_order_of(&self.hits[rows - 1], &typed);
        let kept = self.hits.partition_point(|hit| rough_order_of(hit, &typed) <= last);
        self.more |= kept < self.hits.len();
        self.hits.truncate(kept);
    }

    fn ranked(mut self, asked: &Asked) -> Hits {
        if let Some(beside) = self.beside.take() {
            let wanted = address::asked_tokens(&beside);
            self.hits.retain(|hit| match (&hit.home, hit.found.kind) {
                (Some(home), Kind::Person) => {
                    let there = address::tokens(&address::parse(home));
                    wanted.iter().all(|token| there.contains(token))
                }
                (None, Kind::Person) => false,
                _ => true,
            });
        }
        self.cut(asked);
        Hits { hits: self.hits, more: self.more }
    }

    /// The best of them in their order, as far as their homes are known.
    fn cut(&mut self, asked: &Asked) {
        let typed = typed_in(asked);
        self.hits.sort_by_cached_key(|hit| order_of(hit, &typed));
        self.more |= self.hits.len() > asked.rows;
        self.hits.truncate(asked.rows);
    }
}

/// What was typed, as names are compared with it.
fn typed_in(asked: &Asked) -> Vec<String> {
    asked.query.readings.iter().map(|reading| spelling::fold_name(&reading.text)).collect()
}

/// Exact names first, then those that begin so, then the rest; within these by kind, the shorter name first.
type RoughOrder = (u8, u8, usize);

/// The order as far as it does not depend on where people live.
fn rough_order_of(hit: &Hit, typed: &[String]) -> RoughOrder {
    let (found, label) = (&hit.found, spelling::fold_name(&hit.found.label));
    let fit = match () {
        () if typed.contains(&label) => 0,
        () if typed.iter().any(|typed| !typed.is_empty() && label.starts_with(typed)) => 1,
        () => 2,
    };
    let kind = match found.kind {
        Kind::Person => 0,
        Kind::Organisation => 1,
        Kind::Place => 2,
        Kind::Dwelling => 3,
        _ => 4,
    };
    // The estate before its buildings; who is called so before those whose name goes on.
    let is_by_length = matches!(found.kind, Kind::Place | Kind::Person);
    let length = if is_by_length { found.label.chars().count() } else { 0 };
    (fit, kind, length)
}

/// Then by address.
type Order = (RoughOrder, Vec<(String, u32)>, String, Reverse<i64>, RecordId);

fn order_of(hit: &Hit, typed: &[String]) -> Order {
    let found = &hit.found;
    let address = hit.home.as_deref().unwrap_or(&found.label);
    let residents = Reverse(hit.residents.unwrap_or(0));
    (rough_order_of(hit, typed), address_order(address), found.label.clone(), residents, found.id)
}

/// 5栋 comes before 12栋: words and the numbers behind them, in turn.
fn address_order(text: &str) -> Vec<(String, u32)> {
    let mut parts: Vec<(String, u32)> = Vec::new();
    let mut number_open = false;
    for c in text.chars() {
        match (c.to_digit(10), parts.last_mut()) {
            (Some(digit), Some((_, number))) => {
                *number = if number_open { number.saturating_mul(10).saturating_add(digit) } else { digit };
                number_open = true;
            }
            (Some(digit), None) => {
                parts.push((String::new(), digit));
                number_open = true;
            }
            (None, Some((word, _))) if !number_open => word.push(c),
            (None, _) => {
                parts.push((c.to_string(), 0));
                number_open = false;
            }
        }
    }
    parts
}

/// The query of the index: these tokens of this district and kind, in the areas of whoever asks.
fn expression(is_sqlite: bool, district: DistrictId, tokens: &[String], kind: Kind, actor: &Actor) -> String {
    let (and, or) = if is_sqlite { (" AND ", " OR ") } else { (" & ", " | ") };
    let quoted = |token: &String| {
        let plain: String = token.chars().filter(|c| c.is_alphanumeric()).collect();
        let scoped = search::scoped(district, kind, &plain);
        if is_sqlite { format!("\"{scoped}\"") } else { format!("'{scoped}'") }
    };
    let mut parts: Vec<String> = tokens.iter().map(quoted).collect();
    let areas = areas_of(actor);
    if !areas.is_empty() && areas.len() <= AREAS_MAX {
        parts.push(format!("({})", areas.iter().map(quoted).collect::<Vec<_>>().join(or)));
    }
    parts.join(and)
}

/// The tokens of the areas somebody may look in; none where it is the whole district.
fn areas_of(actor: &Actor) -> Vec<String> {
    if actor.holds_everywhere(&VIEW) {
        return Vec::new();
    }
    let areas = actor.scopes(&VIEW).filter_map(|scope| match scope {
        Scope::Area { path } => Some(search::area_token(path)),
        _ => None,
    });
    areas.collect()
}

// ---- addresses ------------------------------------------------------------------------------------------------------------

/// Places scored for one address.
const SCORED_MAX: i64 = 200;
/// Below this a place is no candidate.
const POINTS_MIN: u16 = 250;

/// A place that may be meant by an address.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    pub place: RecordId,
    pub area_path: String,
    /// The address in full.
    pub label: String,
    pub score: address::Score,
}

/// The registered places that fit an address as people write it, the best first: first by all that was written down to the building,
/// then without the building; units and rooms are looked for below.
pub(crate) async fn match_address(
    conn: &mut Conn,
    district: DistrictId,
    text: &str,
    actor: &Actor,
    rows: usize,
) -> Result<Vec<Candidate>, Fault> {
    let asked = address::parse(text);
    let to_building = Parts { unit: None, floor: None, room: None, ..asked.clone() };
    let to_estate = Parts { number: None, annex: None, building: None, ..to_building.clone() };
    let mut candidates: Vec<Candidate> = Vec::new();
    for parts in [to_building, to_estate] {
        let tokens = address::asked_tokens(&parts);
        if tokens.is_empty() || !candidates.is_empty() {
            continue;
        }
        let wanted = expression(conn.is_sqlite(), district, &tokens, Kind::Place, actor);
        let found = conn.all(&PLACES, (district, wanted, SCORED_MAX)).await?;
        candidates.extend(found.into_iter().map(|place| scored(&asked, place)));
    }
    descend(conn, district, &asked, &mut candidates).await?;
    candidates.retain(|c| c.score.points >= POINTS_MIN && actor.holds_at(&VIEW, &c.area_path));
    candidates.sort_by_cached_key(|c| (Reverse(c.score.points), address_order(&c.label), c.place));
    candidates.truncate(rows);
    Ok(candidates)
}

fn scored(asked: &Parts, place: NamedPlace) -> Candidate {
    let others = place.fields.0.get("other_names").and_then(|names| names.as_array());
    let others = others.into_iter().flatten().filter_map(|name| name.as_str()).map(address::parse);
    let score = address::score_best(asked, &address::parse(&place.label), &others.collect::<Vec<_>>());
    Candidate { place: place.id, area_path: place.area_path, label: place.label, score }
}

/// From the best buildings down to the unit and the room that were asked for.
async fn descend(
    conn: &mut Conn,
    district: DistrictId,
    asked: &Parts,
    candidates: &mut Vec<Candidate>,
) -> Result<(), Fault> {
    /// Buildings that are looked into, and levels below them: unit, floor, room.
    const BUILDINGS_MAX: usize = 5;
    const LEVELS: usize = 3;
    if asked.room.is_none() && asked.unit.is_none() {
        return Ok(());
    }
    candidates.sort_by_key(|candidate| Reverse(candidate.score.points));
    let mut open: Vec<RecordId> = candidates.iter().take(BUILDINGS_MAX).map(|c| c.place).collect();
    for _ in 0..LEVELS {
        let mut below = Vec::new();
        for place in open {
            for row in super::at_place(conn, district, place, Kind::Place).await? {
                let RecordRow { id, area_path, label, fields, .. } = row;
                let candidate = scored(asked, NamedPlace { id, area_path, label, fields });
                let is_other = |reason: &address::Reason| reason.verdict == address::Verdict::Different;
                if !candidate.score.reasons.iter().any(is_other) {
                    below.push(candidate.place);
                    candidates.push(candidate);
                }
            }
        }
        open = below;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    //! Addresses stand in the order in which one walks past them; who is dropped early would not have been shown.
    use super::{Asked, Found, Gathered, Hit, address_order};
    use crate::model::spelling::{Query, Reading, Seems};
    use crate::model::{Kind, RecordId};
    use platform::{Actor, DistrictId};
    use proptest::prelude::*;
    use uuid::Uuid;

    const LABELS: [&str; 6] = ["王伟", "王伟国", "王伟国强", "田心三村5栋", "田心三村", "李王伟"];
    const KINDS: [Kind; 5] = [Kind::Person, Kind::Organisation, Kind::Place, Kind::Dwelling, Kind::Thing];

    fn hit(id: usize, (label, kind): (usize, usize)) -> Hit {
        let found = Found {
            id: RecordId(Uuid::from_u128(id as u128)),
            kind: KINDS[kind],
            area_path: String::new(),
            label: LABELS[label].to_owned(),
            dwelling_id: None,
        };
        Hit { found, seems: Seems::Name, home: None, residents: None, is_restricted: false }
    }

    /// What is shown in the end, with or without dropping first those who have no hope.
    fn shown(asked: &Asked, hits: &[Hit], homes: &[usize], drops_early: bool) -> (Vec<RecordId>, bool) {
        let mut gathered = Gathered { hits: hits.to_vec(), ..Gathered::new(asked) };
        if drops_early {
            gathered.drop_hopeless();
        }
        for hit in &mut gathered.hits {
            let at = homes[hit.found.id.0.as_u128() as usize];
            match hit.found.kind {
                Kind::Person => hit.home = Some(format!("{at}栋")),
                Kind::Dwelling => hit.residents = Some(at as i64),
                _ => {}
            }
        }
        let ranked = gathered.ranked(asked);
        (ranked.hits.iter().map(|hit| hit.found.id).collect(), ranked.more)
    }

    proptest! {
        #[test]
        fn who_is_dropped_early_would_not_have_been_shown(
            drawn in prop::collection::vec((0..LABELS.len(), 0..KINDS.len()), 0..60),
            homes in prop::collection::vec(0..20_usize, 60),
            rows in 0..30_usize,
        ) {
            let text = "王伟".to_owned();
            let reading = Reading { seems: Seems::Name, tokens: Vec::new(), text, place: None };
            let actor = Actor::system(DistrictId(1), "test");
            let asked = Asked { query: Query { readings: vec![reading] }, kind: None, rows, actor };
            let hits: Vec<Hit> = drawn.into_iter().enumerate().map(|(id, what)| hit(id, what)).collect();
            prop_assert_eq!(shown(&asked, &hits, &homes, true), shown(&asked, &hits, &homes, false));
        }
    }

    #[test]
    fn numbers_of_an_address_are_counted_not_spelled() {
        let mut doors =
            ["田心三村12栋1单元101室", "田心三村5栋2单元301室", "田心三村5栋1单元1203室", "田心三村5栋"];
        doors.sort_by_cached_key(|door| address_order(door));
        assert_eq!(
            doors,
            ["田心三村5栋", "田心三村5栋1单元1203室", "田心三村5栋2单元301室", "田心三村12栋1单元101室"]
        );
    }
}
