//! Ids with a type: swapped arguments do not compile.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

/// Makes a typed id over a UUID of version 7 (sorted by the time it was made).
///
/// `id!(CaseId, "case")` gives `CaseId::new(now)`, parsing, display and JSON as the plain UUID text.
#[macro_export]
macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $noun:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, $crate::hidden::serde::Serialize, $crate::hidden::serde::Deserialize)]
        #[serde(crate = "::platform::hidden::serde", transparent)]
        pub struct $name(pub $crate::hidden::uuid::Uuid);
        $crate::id_methods!($name, $noun);
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! id_methods {
    ($name:ident, $noun:literal) => {
        impl $name {
            /// The word of this kind of thing, as audit rows name it.
            pub const NOUN: &'static str = $noun;

            /// A new id, sorted after those made earlier.
            pub fn new(now: $crate::Time) -> Self {
                Self($crate::hidden::new_uuid(now))
            }

            /// The bare UUID.
            pub const fn uuid(self) -> $crate::hidden::uuid::Uuid {
                self.0
            }
        }
        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                self.0.fmt(f)
            }
        }
        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                write!(f, "{}:{}", $noun, self.0)
            }
        }
        impl ::std::str::FromStr for $name {
            type Err = $crate::hidden::uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Ok(Self($crate::hidden::uuid::Uuid::parse_str(text)?))
            }
        }
        impl $crate::hidden::utoipa::PartialSchema for $name {
            fn schema()
            -> $crate::hidden::utoipa::openapi::RefOr<$crate::hidden::utoipa::openapi::schema::Schema> {
                $crate::hidden::uuid_schema()
            }
        }
        impl $crate::hidden::utoipa::ToSchema for $name {}
    };
}

/// A UUID of version 7 (RFC 9562, 5.7) that this process makes in order even within a millisecond, and even where the
/// moment is held in the hand: the millisecond, its microseconds (method 3 of 6.2), a counter, then chance.
#[doc(hidden)]
pub fn new_uuid(now: crate::Time) -> uuid::Uuid {
    static MADE: AtomicU64 = AtomicU64::new(0);
    const COUNTER_BITS: u32 = 22;
    const CHANCE_BITS: u32 = 40;
    let micros = now.micros().max(0) as u128;
    let count = u128::from(MADE.fetch_add(1, Ordering::Relaxed)) & ((1 << COUNTER_BITS) - 1);
    let chance = uuid::Uuid::new_v4().as_u128() & ((1 << CHANCE_BITS) - 1);
    let high = (micros / 1000) << 80 | 7 << 76 | (micros % 1000) << 66;
    uuid::Uuid::from_u128(high | 0b10 << 62 | count << CHANCE_BITS | chance)
}

macro_rules! own_id {
    ($(#[$doc:meta])* $name:ident, $noun:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub uuid::Uuid);
        id_methods!($name, $noun);
    };
}

own_id!(
    /// A sign-in: a member of staff, a resident or a service. Here, not in `identity`, since every actor carries one.
    AccountId, "account"
);
own_id!(
    /// A seat that owns work (a grid's worker, a desk, a dispatcher), whoever holds it today.
    PostId, "post"
);
own_id!(
    /// A department, a subdistrict office, an operator, a company.
    OrganisationId, "organisation"
);
own_id!(
    /// A recorded fact: one line of the audit trail.
    FactId, "fact"
);

impl FactId {
    /// Bits behind the milliseconds.
    const MILLISECOND_BITS: u32 = 80;

    /// The least id of a fact recorded at a moment: ids begin with their milliseconds.
    pub fn least_at(at: crate::Time) -> Self {
        let ms = u128::try_from(at.micros() / 1000).unwrap_or(0);
        Self(uuid::Uuid::from_u128(ms << Self::MILLISECOND_BITS))
    }

    /// The first id a fact could have had so much earlier.
    pub fn earlier_by(self, time: std::time::Duration) -> Self {
        let ms = (self.0.as_u128() >> Self::MILLISECOND_BITS).saturating_sub(time.as_millis());
        Self(uuid::Uuid::from_u128(ms << Self::MILLISECOND_BITS))
    }
}

/// A district: the unit of rights, of keys and of sharding. The number is the division code of GB/T 2260 (430204).
///
/// The first column of every key. A district outside the code table (a foreign data set) takes any free positive number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Debug)]
#[serde(transparent)]
pub struct DistrictId(pub i64);

impl fmt::Display for DistrictId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::str::FromStr for DistrictId {
    type Err = std::num::ParseIntError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.parse()?))
    }
}

#[cfg(test)]
mod tests {
    //! Ids of one moment keep the order in which they were made, and are what they say.
    use super::FactId;
    use crate::Time;
    use std::time::Duration;

    #[test]
    fn ids_are_sorted_as_they_were_made() {
        let now = Time::from_micros(1_772_416_800_123_456);
        let made: Vec<FactId> = (0..1000).map(|_| FactId::new(now)).collect();
        assert!(made.is_sorted(), "within one moment");
        let later = FactId::new(Time::from_micros(now.micros() + 1));
        assert!(made.iter().all(|id| *id < later), "a microsecond later");
        assert_eq!(later.0.get_version_num(), 7);
        assert_eq!(later.0.get_variant(), uuid::Variant::RFC4122);
        let (seconds, nanos) = later.0.get_timestamp().map(|t| t.to_unix()).expect("a time");
        assert_eq!((seconds, nanos), (1_772_416_800, 123_000_000));
        let earlier = FactId::new(Time::from_micros(now.micros() - 5_000_000));
        assert!(later.earlier_by(Duration::from_secs(5)) < earlier, "five seconds back");
        assert!(later.earlier_by(Duration::from_secs(4)) > earlier, "only four");
    }
}
