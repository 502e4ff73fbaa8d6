//! Chance as an argument: a small generator that every evaluator steps alike. Not for secrets.

/// Park and Miller's "minimal standard" (CACM 31, 1988), as the ODK XForms specification names it for `randomize()`.
#[derive(Clone, Debug)]
pub(crate) struct Random {
    state: u64,
}

const MODULUS: u64 = 2_147_483_647;

impl Random {
    pub(crate) fn of_seed(seed: u64) -> Self {
        Self { state: 1 + seed % (MODULUS - 1) }
    }

    /// From 0 up to, not with, 1.
    pub(super) fn next(&mut self) -> f64 {
        self.state = self.state * 16_807 % MODULUS;
        (self.state - 1) as f64 / (MODULUS - 1) as f64
    }

    /// So many hexadecimal digits.
    pub(super) fn digits(&mut self, count: usize) -> String {
        (0..count).map(|_| char::from_digit((self.next() * 16.0) as u32, 16).unwrap_or('0')).collect()
    }

    /// In the shape of a random UUID (RFC 9562, version 4).
    pub(super) fn uuid(&mut self) -> String {
        let (a, b, c, d, e) =
            (self.digits(8), self.digits(4), self.digits(3), self.digits(3), self.digits(12));
        let variant = char::from_digit(8 + (self.next() * 4.0) as u32, 16).unwrap_or('8');
        format!("{a}-{b}-4{c}-{variant}{d}-{e}")
    }
}
