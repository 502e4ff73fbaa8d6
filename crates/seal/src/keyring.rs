//! The keys of one district: fields are sealed and opened with them, and values are looked up without being seen.

use crate::log::LogKey;
use crate::suite::{Cipher, HASH_BYTES, Hasher, NONCE_BYTES, TAG_BYTES};
use platform::{DistrictId, Fault, FaultKind};
use std::collections::BTreeMap;
use std::fmt;
use store::{Cell, Kind, Value};
use uuid::Uuid;
use zeroize::Zeroizing;

/// The form of a sealed field.
const VERSION: u8 = 1;
/// Version, suite and key number.
const HEADER_BYTES: usize = 6;
/// The least bytes of a sealed field: that of an empty value.
const SEALED_BYTES_MIN: usize = HEADER_BYTES + NONCE_BYTES + TAG_BYTES;
/// Bytes of a blind index: half a hash. Two values of a district share one by chance once in 2⁶⁴.
const BLIND_BYTES: usize = HASH_BYTES / 2;

/// The number of a key that seals fields: 1 for the first, one more for each that takes its place.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct KeyNumber(pub u32);

impl fmt::Display for KeyNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Where a sealed field stands. It is sealed with the value: moved to another row, column or district, it does not open.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Context<'a> {
    pub district: DistrictId,
    /// Table and column: `registry_record.sealed`.
    pub column: &'a str,
    pub row: Uuid,
}

/// Why a sealed field does not open. It names the place and never the value.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SealFault {
    /// It was changed, or stood elsewhere when it was sealed.
    #[error("{column} of row {row} was changed, or moved there from elsewhere: it does not open")]
    Corrupt { column: String, row: Uuid },
    /// It was sealed with a key this server does not have: rotated by another server a moment ago, or lost.
    #[error("{column} of row {row} was sealed with key {number}, which this server does not have")]
    UnknownKey { number: KeyNumber, column: String, row: Uuid },
}

impl From<SealFault> for Fault {
    fn from(fault: SealFault) -> Self {
        Fault::new(FaultKind::Corrupt, fault.to_string())
    }
}

/// A value's keyed hash: equal values of one district and label have equal ones, and without the key it says nothing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Blind(pub [u8; BLIND_BYTES]);

impl fmt::Display for Blind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Blind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Blind({self})")
    }
}

impl Value for Blind {
    const KIND: Kind = Kind::Bytes;
    fn into_cell(self) -> Cell {
        Cell::Bytes(self.0.to_vec())
    }
    fn from_cell(cell: Cell) -> Result<Self, Fault> {
        let bytes = <Vec<u8>>::from_cell(cell)?;
        let of_length = bytes.try_into().map(Self);
        of_length.map_err(|_| Fault::new(FaultKind::Corrupt, "a blind index is of another length"))
    }
}

/// The unwrapped keys of one district. They are wiped when the last who holds them lets go.
pub struct Keyring {
    current: KeyNumber,
    fields: BTreeMap<KeyNumber, Cipher>,
    blind: Hasher,
    log: LogKey,
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Keyring(key {} of {})", self.current, self.fields.len())
    }
}

impl Keyring {
    /// None where there is no key that seals.
    pub(crate) fn new(fields: BTreeMap<KeyNumber, Cipher>, blind: Hasher, log: LogKey) -> Option<Self> {
        let current = *fields.last_key_value()?.0;
        Some(Self { current, fields, blind, log })
    }

    /// The key that seals now.
    pub fn current(&self) -> KeyNumber {
        self.current
    }

    /// The key that signs the checkpoints of the district's log.
    pub fn log(&self) -> &LogKey {
        &self.log
    }

    /// Seals a value for its place: version, suite, key number (u32, big end first), nonce, ciphertext, tag.
    ///
    /// Nonces are by chance; one key may seal 2³² values (NIST SP 800-38D, 8.3), more than a district has.
    pub fn seal(&self, context: &Context<'_>, plain: &[u8]) -> Result<Vec<u8>, Fault> {
        let cipher = &self.fields[&self.current];
        let mut sealed = Vec::with_capacity(SEALED_BYTES_MIN + plain.len());
        sealed.extend_from_slice(&[VERSION, cipher.suite().byte()]);
        sealed.extend_from_slice(&self.current.0.to_be_bytes());
        let aad = authenticated(&sealed, context);
        cipher.seal_onto(&mut sealed, &aad, plain)?;
        Ok(sealed)
    }

    /// Opens what was sealed for this very place, with whichever of the district's keys it was sealed.
    pub fn open(&self, context: &Context<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealFault> {
        let corrupt = || SealFault::Corrupt { column: context.column.to_owned(), row: context.row };
        let header = Header::read(sealed).ok_or_else(corrupt)?;
        let Some(cipher) = self.fields.get(&header.number) else {
            let (column, row) = (context.column.to_owned(), context.row);
            return Err(SealFault::UnknownKey { number: header.number, column, row });
        };
        if cipher.suite().byte() != header.suite {
            return Err(corrupt());
        }
        let aad = authenticated(&sealed[..HEADER_BYTES], context);
        cipher.open(&aad, &sealed[HEADER_BYTES..]).ok_or_else(corrupt)
    }

    /// Whether it was sealed with the key that seals now: sealing anew after a rotation passes over it.
    pub fn is_current(&self, sealed: &[u8]) -> bool {
        Header::read(sealed).is_some_and(|header| header.number == self.current)
    }

    /// The blind index of a value. The label keeps documents, phones and last digits apart; the key outlives rotations.
    pub fn blind(&self, label: &str, value: &str) -> Blind {
        // The length in front: no label and value run together into those of another.
        let length = (label.len() as u64).to_be_bytes();
        let hash = self.blind.hash(&[&length, label.as_bytes(), value.as_bytes()]);
        let mut blind = [0; BLIND_BYTES];
        blind.copy_from_slice(&hash[..BLIND_BYTES]);
        Blind(blind)
    }
}

/// What stands in front of a sealed field.
struct Header {
    suite: u8,
    number: KeyNumber,
}

impl Header {
    fn read(sealed: &[u8]) -> Option<Self> {
        if sealed.len() < SEALED_BYTES_MIN {
            return None;
        }
        let [VERSION, suite, number @ ..] = *sealed.first_chunk::<HEADER_BYTES>()? else { return None };
        Some(Self { suite, number: KeyNumber(u32::from_be_bytes(number)) })
    }
}

/// What is authenticated with the value and not stored: header, district, row, column.
fn authenticated(header: &[u8], context: &Context<'_>) -> Vec<u8> {
    let mut aad = Vec::with_capacity(HEADER_BYTES + 24 + context.column.len());
    aad.extend_from_slice(header);
    aad.extend_from_slice(&context.district.0.to_be_bytes());
    aad.extend_from_slice(context.row.as_bytes());
    aad.extend_from_slice(context.column.as_bytes());
    aad
}
