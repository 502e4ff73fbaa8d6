//! Sealed fields: what is opened is what was sealed, in its place, and nothing else ever opens.

use crate::town::{forget_keys, keys, prepare};
use platform::{DistrictId, Fault, FaultKind};
use proptest::prelude::*;
use seal::{Context, Keyring, SealFault, Suite};
use std::sync::{Arc, LazyLock};
use testkit::Town;
use uuid::Uuid;

const COLUMN: &str = "registry_record.sealed";

/// The keys of a district for each suite.
static KEYS: LazyLock<[Arc<Keyring>; 2]> = LazyLock::new(|| {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    [Suite::Sm, Suite::International].map(|suite| {
        runtime.block_on(async {
            let town = Town::on_sqlite(&[]).await;
            forget_keys(&town).await;
            prepare(&town, suite).await;
            keys(town.db())
        })
    })
});

fn place() -> Context<'static> {
    Context { district: DistrictId(430_204), column: COLUMN, row: Uuid::from_u128(7) }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_was_sealed_opens(plain in prop::collection::vec(any::<u8>(), 0..300)) {
        for keys in &*KEYS {
            let sealed = keys.seal(&place(), &plain).expect("sealed");
            prop_assert_eq!(sealed.len(), plain.len() + 34, "34 bytes more");
            let opened = keys.open(&place(), &sealed).expect("opened");
            prop_assert_eq!(opened.as_slice(), plain.as_slice());
            prop_assert!(keys.is_current(&sealed));
        }
    }

    #[test]
    fn the_same_value_is_never_sealed_alike(plain in "[0-9]{17}[0-9X]") {
        for keys in &*KEYS {
            let [one, two] = [(), ()].map(|()| keys.seal(&place(), plain.as_bytes()).expect("sealed"));
            prop_assert_ne!(one, two);
        }
    }

    #[test]
    fn a_flip_of_any_byte_is_refused(plain in prop::collection::vec(any::<u8>(), 0..60), flip in 1u8..) {
        for keys in &*KEYS {
            let sealed = keys.seal(&place(), &plain).expect("sealed");
            for at in 0..sealed.len() {
                let mut changed = sealed.clone();
                changed[at] ^= flip;
                let fault = keys.open(&place(), &changed).expect_err("refused");
                // Bytes 2 to 5 are the key's number: another one is a key that nobody has.
                prop_assert_eq!(matches!(fault, SealFault::UnknownKey { .. }), (2..6).contains(&at), "byte {}", at);
                let fault = Fault::from(fault);
                prop_assert_eq!(fault.kind(), FaultKind::Corrupt);
                let sentence = fault.to_string();
                prop_assert!(sentence.contains(COLUMN) && sentence.contains(&place().row.to_string()), "{}", sentence);
            }
            for length in 0..sealed.len() {
                prop_assert!(keys.open(&place(), &sealed[..length]).is_err(), "cut off at {}", length);
            }
        }
    }

    #[test]
    fn blind_indexes_are_equal_where_label_and_value_are(a in "[0-9]{0,6}", b in "[0-9]{0,6}") {
        for keys in &*KEYS {
            prop_assert_eq!(keys.blind("phone", &a) == keys.blind("phone", &b), a == b);
            prop_assert_ne!(keys.blind("phone", &a), keys.blind("document", &a));
        }
        prop_assert_ne!(KEYS[0].blind("phone", &a), KEYS[1].blind("phone", &a), "each district has its own key");
    }
}

#[test]
fn a_value_moved_elsewhere_does_not_open() {
    let elsewhere = [
        Context { district: DistrictId(430_203), ..place() },
        Context { column: "registry_record.phone", ..place() },
        Context { row: Uuid::from_u128(8), ..place() },
    ];
    for keys in &*KEYS {
        let sealed = keys.seal(&place(), "430204199001011234".as_bytes()).expect("sealed");
        for context in &elsewhere {
            let fault = keys.open(context, &sealed).expect_err("refused");
            assert!(matches!(fault, SealFault::Corrupt { .. }), "{fault}");
        }
    }
    let [sm, international] = &*KEYS;
    let sealed = sm.seal(&place(), b"x").expect("sealed");
    assert!(international.open(&place(), &sealed).is_err(), "keys of another district");
}

#[test]
fn labels_and_values_do_not_run_together() {
    let [keys, _] = &*KEYS;
    assert_ne!(keys.blind("a", "bc"), keys.blind("ab", "c"));
    let shown = keys.blind("a", "b").to_string();
    assert!(shown.len() == 32 && shown.chars().all(|c| c.is_ascii_digit() || ('a'..='f').contains(&c)));
}
