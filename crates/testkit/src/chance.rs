//! Faults at random that come again with the same seed, and how many of them a run has.

/// Numbers that come again with the same seed (splitmix64).
#[derive(Debug)]
pub struct Chance {
    state: u64,
    /// By which `MULIN_SEED` repeats the run.
    pub seed: u64,
}

impl Chance {
    /// By `MULIN_SEED` where it is set, else anew with each run.
    ///
    /// # Panics
    /// `MULIN_SEED` is no number.
    #[must_use]
    pub fn of_run() -> Self {
        let named =
            std::env::var("MULIN_SEED").ok().map(|text| text.parse().expect("MULIN_SEED is a number"));
        let seed = named.unwrap_or_else(|| uuid::Uuid::new_v4().as_u64_pair().0);
        Self { state: seed, seed }
    }

    /// A number from 0 up to and without `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % end
    }
}

/// All of them in `make soak` (`MULIN_SOAK`), a tenth in every other run.
#[must_use]
pub fn faults(all: u64) -> u64 {
    if std::env::var_os("MULIN_SOAK").is_some() { all } else { all / 10 }
}
