//! Files of submissions: photos made new, recordings as they came, each sealed for its id under `DATA/submissions/<district>/<2 hex>/`.

mod kind;

use crate::error::FieldworkError;
use crate::model::FileId;
use ::bytes::Bytes;
use edge::Edge;
use forms::Kind;
use platform::{DistrictId, Fault};
use seal::{Context, Keyring, Vault, Zeroizing};
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// The folder beside the database; a backup has it too.
const FOLDER: &str = "submissions";
/// What sealed files are bound to.
const CONTENT: &str = "fieldwork_file.content";

/// A file on the disk that no row names yet.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    pub id: Uuid,
    pub media_type: &'static str,
    pub bytes: i64,
    /// Keyed hash of what was sent.
    pub sent: Vec<u8>,
}

/// Keyed hash of the name by which an answer names a file.
pub(crate) fn blind_name(keys: &Keyring, name: &str) -> Vec<u8> {
    keys.blind("fieldwork_file.name", name).0.to_vec()
}

/// Keyed hash of what was sent.
pub(crate) fn blind_bytes(keys: &Keyring, bytes: &[u8]) -> Vec<u8> {
    let hash: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    keys.blind("fieldwork_file.sent", &hash).0.to_vec()
}

/// Makes a file ready and puts it on the disk, sealed. A row that names it follows; until then it is nobody's.
///
/// # Errors
/// Of another kind than the question asks for, too large, broken; the disk.
pub(crate) async fn keep(
    edge: &Edge,
    district: DistrictId,
    question: Option<Kind>,
    bytes: Bytes,
) -> Result<Kept, FieldworkError> {
    let keys = edge.fixture::<Vault>().of(district)?;
    let sent = blind_bytes(&keys, &bytes);
    let (media_type, plain) = match kind::taken(question.as_ref(), &bytes)? {
        kind::Taken::Photo => {
            let photo = cases::photos::clean(bytes).await.map_err(platform::Problem::from)?;
            ("image/jpeg", Bytes::from(photo))
        }
        kind::Taken::AsItIs(media_type) => (media_type, bytes),
    };
    let (id, length) = (FileId::new(edge.now()).0, plain.len() as i64);
    let data = edge.settings().data.clone();
    let writing = tokio::task::spawn_blocking(move || {
        let sealed = keys.seal(&Context { district, column: CONTENT, row: id }, &plain)?;
        write_whole(&path_of(&data, district, id), &sealed).map_err(Fault::from)
    });
    writing.await.map_err(|e| Fault::broken("a file was not kept").because(e))??;
    Ok(Kept { id, media_type, bytes: length, sent })
}

/// Reads a file for a look that is on record.
///
/// # Errors
/// It is not there, or was changed.
pub(crate) async fn open(edge: &Edge, district: DistrictId, id: Uuid) -> Result<Zeroizing<Vec<u8>>, Fault> {
    let keys = edge.fixture::<Vault>().of(district)?;
    let path = path_of(&edge.settings().data, district, id);
    let sealed =
        tokio::fs::read(path).await.map_err(|e| Fault::from(e).context("reading a file of a submission"))?;
    Ok(keys.open(&Context { district, column: CONTENT, row: id }, &sealed)?)
}

/// Takes a file that no row names off the disk again. One that stays is only space.
pub(crate) async fn remove(edge: &Edge, district: DistrictId, id: Uuid) {
    let path = path_of(&edge.settings().data, district, id);
    if let Err(e) = tokio::fs::remove_file(&path).await {
        tracing::warn!("A file of a submission that nobody needs was not removed: {e}");
    }
}

/// Seals a file anew where it is not under the present key; answers whether it was.
///
/// # Errors
/// It is not there, or was changed; the disk.
pub(crate) fn renew(data: &Path, keys: &Keyring, district: DistrictId, id: Uuid) -> Result<bool, Fault> {
    let path = path_of(data, district, id);
    let sealed = fs::read(&path).map_err(|e| Fault::from(e).context("reading a file of a submission"))?;
    if keys.is_current(&sealed) {
        return Ok(false);
    }
    let context = Context { district, column: CONTENT, row: id };
    let plain = keys.open(&context, &sealed)?;
    write_whole(&path, &keys.seal(&context, &plain)?)?;
    Ok(true)
}

fn path_of(data: &Path, district: DistrictId, id: Uuid) -> PathBuf {
    // Its end is by chance: the folders fill evenly.
    let name = id.simple().to_string();
    data.join(FOLDER).join(district.to_string()).join(&name[30..]).join(format!("{name}.sealed"))
}

fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let shelf = path.parent().unwrap_or(path);
    fs::create_dir_all(shelf)?;
    let unfinished = path.with_extension(format!("{:016x}.tmp", rand::random::<u64>()));
    let written = (|| {
        let mut file = File::create_new(&unfinished)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&unfinished, path)?;
        // The name is durable only with its folder.
        File::open(shelf)?.sync_all()
    })();
    if written.is_err() {
        fs::remove_file(&unfinished).ok();
    }
    written
}
