//! What surrounds an answer: the moment, the language, and chance. Given by the caller, so that the same answers give the same.

use crate::expression::Moment;

/// Given to every call that works something out.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    pub(super) now: Moment,
    pub(super) language: &'a str,
    pub(super) seed: u64,
}

impl<'a> Scene<'a> {
    /// `now` is local, with its offset: `2026-11-22T09:30:00.000+08:00`; `None` where it is no moment. The language is a key
    /// of the form's texts. `seed` feeds `random()` and `uuid()`: the caller takes it from a good source.
    pub fn at(now: &str, language: &'a str, seed: u64) -> Option<Self> {
        let beginning = Moment { days: 0, millis: 0, offset: 0 };
        Some(Self { now: Moment::parse(now, &beginning)?, language, seed })
    }

    pub(super) fn now_text(&self) -> String {
        self.now.text()
    }

    pub(super) fn today_text(&self) -> String {
        self.now.date_text()
    }

    /// The same with other chance.
    pub(super) fn stirred(&self, by: u64) -> Self {
        Self { seed: self.seed.wrapping_add(by.wrapping_mul(7_919)), ..*self }
    }
}
