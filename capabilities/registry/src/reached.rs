//! By whom a household is reached: who of it is told of what concerns the home, and by which telephone. The address book of households for
//! messages; each telephone that is used is a look, on record for whose it is.

use crate::catalogue::Catalogue;
use crate::looks;
use crate::model::{Fields, Kind, Record, RecordId, State};
use crate::queries::reached::{self as queries, Member};
use crate::store;
use crate::store::rights::restricted_among;
use ::store::{Conn, LocalFuture, Tx};
use messages::AddressBook;
use platform::{AccountId, DistrictId, Fault, Personal, Phone, Purpose, Time};
use seal::Vault;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use uuid::Uuid;

pub use crate::queries::reached::{households_at, households_of};

/// Recipients of messages: a household, or the home of people who are registered without one.
pub const HOUSEHOLD: &str = "household";
/// The purpose of the catalogue for which a telephone is used.
const NOTICE: &str = "notice";
/// The part of a person that is opened.
const PHONES: &str = "phones";
const SENDING: Purpose = Purpose("a notice to the household");
/// Of one household so many are looked at for a telephone.
const MEMBERS_MAX: usize = 6;

/// Knows households.
#[derive(Debug)]
pub(crate) struct Households {
    pub vault: Arc<Vault>,
    pub catalogue: Arc<Catalogue>,
}

impl AddressBook for Households {
    fn kind(&self) -> &'static str {
        HOUSEHOLD
    }

    fn accounts<'a>(
        &'a self,
        conn: &'a mut Conn,
        (district, now): (DistrictId, Time),
        ids: &'a [Uuid],
    ) -> LocalFuture<'a, Result<HashMap<Uuid, AccountId>, Fault>> {
        Box::pin(async move {
            let households = members_of(conn, district, ids).await?;
            let people: Vec<RecordId> = households.values().flatten().copied().collect();
            let accounts = queries::accounts_of(conn, district, people, now).await?;
            let found = households.into_iter().filter_map(|(household, members)| {
                Some((household, *members.iter().find_map(|person| accounts.get(person))?))
            });
            Ok(found.collect())
        })
    }

    fn look<'a>(&'a self, tx: &'a mut Tx, ids: &'a [Uuid]) -> LocalFuture<'a, Result<HashSet<Uuid>, Fault>> {
        Box::pin(async move {
            let district = tx.district();
            let mut found = HashSet::new();
            for (household, members) in members_of(tx, district, ids).await? {
                if let Some((person, _)) = self.contact(tx, district, &members).await? {
                    looks::look_for_a_message(tx, &person, NOTICE, PHONES).await?;
                    found.insert(household);
                }
            }
            Ok(found)
        })
    }

    fn phone<'a>(
        &'a self,
        conn: &'a mut Conn,
        district: DistrictId,
        id: Uuid,
    ) -> LocalFuture<'a, Result<Option<Personal<Phone>>, Fault>> {
        Box::pin(async move {
            let members = members_of(conn, district, &[id]).await?.remove(&id).unwrap_or_default();
            let contact = self.contact(conn, district, &members).await?;
            Ok(contact.map(|(_, phone)| Personal::new(phone)))
        })
    }
}

impl Households {
    /// The first of a household who has a mobile telephone.
    async fn contact(
        &self,
        conn: &mut Conn,
        district: DistrictId,
        members: &[RecordId],
    ) -> Result<Option<(Record, Phone)>, Fault> {
        let opens = self
            .catalogue
            .purpose(NOTICE)
            .is_some_and(|purpose| purpose.opens.iter().any(|part| part == PHONES));
        if !opens {
            return Ok(None);
        }
        let keys = self.vault.of(district)?;
        for person in members.iter().take(MEMBERS_MAX) {
            let Some(row) = store::find(conn, district, *person).await? else { continue };
            let record = row.open(&keys, district)?;
            if record.content.state != State::Live || record.kind != Kind::Person {
                continue;
            }
            if let Some(phone) = mobile_of(record.content.secret.open(SENDING)) {
                return Ok(Some((record, phone)));
            }
        }
        Ok(None)
    }
}

fn mobile_of(secret: &Fields) -> Option<Phone> {
    let phones = secret.get(PHONES)?.as_array()?;
    phones.iter().filter_map(|phone| Phone::parse(phone.as_str()?)).find(Phone::is_mobile)
}

/// Who lives there, heads first and children last; whoever asked that their data is only stored is not among them.
async fn members_of(
    conn: &mut Conn,
    district: DistrictId,
    ids: &[Uuid],
) -> Result<BTreeMap<Uuid, Vec<RecordId>>, Fault> {
    let mut found = queries::members_of(conn, district, ids).await?;
    let stored_only = restricted_among(conn, district, found.iter().map(|member| member.person)).await?;
    found.retain(|member| !stored_only.contains(&member.person));
    found.sort_by_key(|member| (rank(member), member.person));
    let mut households: BTreeMap<Uuid, Vec<RecordId>> = BTreeMap::new();
    for member in found {
        households.entry(member.household).or_default().push(member.person);
    }
    Ok(households)
}

fn rank(member: &Member) -> u8 {
    match member.relation.as_str() {
        "head" => 0,
        "spouse" => 1,
        "child" | "grandchild" => 3,
        _ => 2,
    }
}
