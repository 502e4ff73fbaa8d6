//! The keys of all districts this server runs: made at the first start, unwrapped at every start, rotated when told to.

use crate::facts::{KeyRotated, KeysMade};
use crate::holder::{KeyFile, KeyHolder};
use crate::keyring::{KeyNumber, Keyring};
use crate::log::LogKey;
use crate::suite::{Cipher, HASH_BYTES, Hasher, Suite};
use parking_lot::RwLock;
use platform::{Actor, DistrictId, Fault, FaultKind, Time};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use store::{Conn, DataKeyRow, Db, KeyPurpose, Tx};
use zeroize::Zeroizing;

/// The key file's name in the data directory, where no other is set.
pub const KEY_FILE_NAME: &str = "district.key";
/// What every district has one of at least.
const PURPOSES: [KeyPurpose; 3] = [KeyPurpose::Field, KeyPurpose::Blind, KeyPurpose::Log];
/// Another server may make a key of the same number; then ours is the next.
const ROTATION_ATTEMPTS_MAX: u32 = 3;

/// What a [`Reseal`] gives back: how many rows it sealed anew.
pub type Resealing<'a> = Pin<Box<dyn Future<Output = Result<u64, Fault>> + Send + 'a>>;

/// How a capability seals its rows anew after a rotation: those that are not [`Keyring::is_current`], a bounded number to each write,
/// so that it may be broken off and begun again.
#[derive(Clone, Copy)]
pub struct Reseal {
    /// The rows' table, for people: `registry_record`.
    pub table: &'static str,
    /// The second argument hears how many rows are done.
    pub run: for<'a> fn(&'a Db, DistrictId, &'a (dyn Fn(u64) + Sync)) -> Resealing<'a>,
}

impl std::fmt::Debug for Reseal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.table)
    }
}

/// Where the master key is, and with which algorithms new keys are made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SealSettings {
    /// `MULIN_KEY_FILE`; without it [`KEY_FILE_NAME`] in the data directory.
    pub key_file: PathBuf,
    /// `MULIN_CRYPTO_SUITE`. Keys that were made with the other suite go on with it until they are rotated.
    pub suite: Suite,
}

/// The unwrapped keys of all districts, on the shelf: `db.fixtures().get::<seal::Vault>()`, `tx.fixture::<seal::Vault>()`.
#[derive(Debug)]
pub struct Vault {
    holder: Arc<dyn KeyHolder>,
    suite: Suite,
    districts: RwLock<HashMap<DistrictId, Kept>>,
}

/// A district's keys, and of how many rows they were made.
#[derive(Clone, Debug)]
struct Kept {
    rows: usize,
    keys: Arc<Keyring>,
}

impl Vault {
    /// The keys of a district: a look at a table in memory.
    pub fn of(&self, district: DistrictId) -> Result<Arc<Keyring>, Fault> {
        let found = self.districts.read().get(&district).map(|kept| kept.keys.clone());
        found.ok_or_else(|| Fault::broken(format!("district {district} has no keys yet; restart the server")))
    }

    /// Who holds the master key, and its fingerprint.
    pub fn holder(&self) -> &dyn KeyHolder {
        &*self.holder
    }

    /// Reads a district's keys anew, and makes the first ones where it has none.
    pub async fn refresh(&self, db: &Db, district: DistrictId) -> Result<(), Fault> {
        let read = async move |conn: &mut Conn| DataKeyRow::of_district(conn, district).await;
        let mut rows = db.read(read).await?;
        if has_gap(&rows) {
            make_first(db, district, &self.holder, self.suite, &rows).await?;
            rows = db.read(read).await?;
        }
        let kept = unwrap_all(self.holder.clone(), district, rows).await?;
        self.districts.write().insert(district, kept);
        Ok(())
    }

    /// Takes up what another server or a command has made meanwhile: districts and keys. Cheap where that is nothing.
    pub async fn follow(&self, db: &Db) -> Result<(), Fault> {
        let counts = db.read(async |conn: &mut Conn| DataKeyRow::counts(conn).await).await?;
        for (district, rows) in counts {
            let has = self.districts.read().get(&district).map(|kept| kept.rows as i64);
            if has != Some(rows) {
                self.refresh(db, district).await?;
            }
        }
        Ok(())
    }
}

/// Reads the key file, makes it and the first keys where there are none yet, and puts the [`Vault`] on the shelf. After the
/// migrations, before the first request.
///
/// # Errors
/// Where the database has wrapped keys and the key file is missing or another: the sentence says what to do.
pub async fn prepare(db: &Db, settings: &SealSettings) -> Result<(), Fault> {
    let rows = db.read(async |conn: &mut Conn| DataKeyRow::all(conn).await).await?;
    let (path, suite) = (&settings.key_file, settings.suite);
    let file = match KeyFile::read(path, suite)? {
        Some(file) => file,
        None if rows.is_empty() => {
            let file = KeyFile::make(path, suite)?;
            tracing::warn!(
                "Made the master key {} ({}): put a copy into a safe now; backups do not contain it",
                path.display(),
                file.fingerprint()
            );
            file
        }
        None => return Err(missing(settings, &rows)),
    };
    prepare_with(db, Arc::new(file), suite).await
}

/// As [`prepare`], with a holder of the master key of one's own: a key management service.
pub async fn prepare_with(db: &Db, holder: Arc<dyn KeyHolder>, suite: Suite) -> Result<(), Fault> {
    let read = async |conn: &mut Conn| Ok((DataKeyRow::all(conn).await?, DataKeyRow::districts(conn).await?));
    let (rows, districts) = db.read::<_, Fault, _>(read).await?;
    refuse_other_holder(&*holder, &rows)?;
    let vault = Vault { holder, suite, districts: RwLock::default() };
    let keyed = rows.iter().map(|row| row.district);
    for district in keyed.chain(districts).collect::<HashSet<_>>() {
        vault.refresh(db, district).await?;
    }
    db.fixtures().put(Arc::new(vault));
    Ok(())
}

/// Makes a new key that seals from now on; the older ones still open. Sealing rows anew is their capability's work.
pub async fn rotate(db: &Db, district: DistrictId) -> Result<KeyNumber, Fault> {
    let vault = db.fixtures().get::<Vault>();
    let (suite, actor) = (vault.suite, Actor::system(district, "keys"));
    for _ in 0..ROTATION_ATTEMPTS_MAX {
        vault.refresh(db, district).await?;
        let number = KeyNumber(vault.of(district)?.current().0 + 1);
        let now = db.clock().now();
        let row = make(vault.holder.clone(), district, KeyPurpose::Field, number, suite, now).await?;
        let add = async move |tx: &mut Tx| add_rotated(tx, row.clone(), number, suite).await;
        if db.write(&actor, add).await? {
            vault.refresh(db, district).await?;
            return Ok(number);
        }
    }
    Err(Fault::new(FaultKind::Contention, "other servers rotate the same key; try again"))
}

/// False where another server has just made the key of this number.
async fn add_rotated(tx: &mut Tx, row: DataKeyRow, number: KeyNumber, suite: Suite) -> Result<bool, Fault> {
    if !tx.add_data_key(row).await? {
        return Ok(false);
    }
    tx.retire_data_keys(KeyPurpose::Field, i64::from(number.0)).await?;
    tx.record(&KeyRotated { number, suite }).await?;
    Ok(true)
}

fn has_gap(rows: &[DataKeyRow]) -> bool {
    PURPOSES.iter().any(|purpose| rows.iter().all(|row| row.purpose != *purpose))
}

async fn make_first(
    db: &Db,
    district: DistrictId,
    holder: &Arc<dyn KeyHolder>,
    suite: Suite,
    has: &[DataKeyRow],
) -> Result<(), Fault> {
    let now = db.clock().now();
    let mut made = Vec::new();
    for purpose in PURPOSES.into_iter().filter(|purpose| has.iter().all(|row| row.purpose != *purpose)) {
        made.push(make(holder.clone(), district, purpose, KeyNumber(1), suite, now).await?);
    }
    db.write(&Actor::system(district, "keys"), async move |tx: &mut Tx| {
        let mut count = 0;
        for row in &made {
            count += u32::from(tx.add_data_key(row.clone()).await?);
        }
        // Another server may have been faster with all of them.
        if count > 0 {
            tx.record(&KeysMade { suite }).await?;
        }
        Ok(())
    })
    .await
}

/// A new key by chance, wrapped. Holders may take their time: on a thread of its own.
async fn make(
    holder: Arc<dyn KeyHolder>,
    district: DistrictId,
    purpose: KeyPurpose,
    number: KeyNumber,
    suite: Suite,
    now: Time,
) -> Result<DataKeyRow, Fault> {
    blocking(move || {
        let bytes = match purpose {
            KeyPurpose::Field => suite.key_bytes(),
            KeyPurpose::Blind | KeyPurpose::Log => HASH_BYTES,
        };
        let whole = Zeroizing::new(rand::random::<[u8; HASH_BYTES]>());
        let wrapped = holder.wrap(&label(district, purpose, number, suite.as_str()), &whole[..bytes])?;
        Ok(DataKeyRow {
            district,
            purpose,
            number: i64::from(number.0),
            suite: suite.as_str().to_owned(),
            holder: holder.fingerprint(),
            wrapped,
            made_at: now,
            retired_at: None,
        })
    })
    .await
}

/// Which key it is, authenticated with its wrapping: rows of the table cannot be exchanged.
fn label(district: DistrictId, purpose: KeyPurpose, number: KeyNumber, suite: &str) -> Vec<u8> {
    format!("mulin data key 1\n{district}\n{}\n{number}\n{suite}", purpose.as_str()).into_bytes()
}

async fn unwrap_all(
    holder: Arc<dyn KeyHolder>,
    district: DistrictId,
    rows: Vec<DataKeyRow>,
) -> Result<Kept, Fault> {
    blocking(move || {
        let (mut fields, mut blind, mut log) = (BTreeMap::new(), None, None);
        for row in &rows {
            let number = KeyNumber(u32::try_from(row.number).unwrap_or(0));
            let suite: Suite = row.suite.parse()?;
            let key = holder
                .unwrap(&label(district, row.purpose, number, suite.as_str()), &row.wrapped)
                .map_err(|f| {
                    f.context(format_args!("{} key {number} of district {district}", row.purpose.as_str()))
                })?;
            match row.purpose {
                KeyPurpose::Field => drop(fields.insert(number, Cipher::new(suite, &key)?)),
                KeyPurpose::Blind => blind = Some(Hasher::new(suite, &key)),
                KeyPurpose::Log => log = Some(LogKey::new(district, &key)?),
            }
        }
        let keys = blind.zip(log).and_then(|(blind, log)| Keyring::new(fields, blind, log));
        let incomplete = || Fault::new(FaultKind::Corrupt, format!("district {district} has lost keys"));
        Ok(Kept { rows: rows.len(), keys: Arc::new(keys.ok_or_else(incomplete)?) })
    })
    .await
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| Err(Fault::broken("the key holder panicked")))
}

fn missing(settings: &SealSettings, rows: &[DataKeyRow]) -> Fault {
    let expected = rows.first().map_or("", |row| row.holder.as_str());
    Fault::broken(format!(
        "the key file {} is not there, and this database was sealed with the master key {expected}. Restore the file from the \
         safe, or name it by MULIN_KEY_FILE; without it the database and its backups cannot be read",
        settings.key_file.display()
    ))
}

fn refuse_other_holder(holder: &dyn KeyHolder, rows: &[DataKeyRow]) -> Result<(), Fault> {
    let found = holder.fingerprint();
    let Some(other) = rows.iter().find(|row| row.holder != found) else { return Ok(()) };
    Err(Fault::broken(format!(
        "the key file {} holds the master key {found}, and this database was sealed with {}. Restore the right file from the \
         safe, or name it by MULIN_KEY_FILE; without it the database and its backups cannot be read",
        holder.name(),
        other.holder
    )))
}
