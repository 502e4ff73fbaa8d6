//! What visit rules ask of a grid in minutes a week, beside the hours there are: what goes beyond is not planned.

/// What one rule asks of one grid.
#[derive(Clone, PartialEq, Debug)]
pub struct RuleLoad {
    pub key: String,
    /// Whom it concerns and who did not refuse.
    pub visits: i64,
    /// In an average week, rounded up.
    pub minutes: i64,
    /// Within the hours, together with the rules before it.
    pub fits: bool,
}

/// What all rules ask of one grid.
#[derive(Clone, PartialEq, Debug)]
pub struct PlanLoad {
    pub rules: Vec<RuleLoad>,
    /// Minutes a week of what fits.
    pub planned: i64,
    /// Minutes a week of all of it.
    pub asked: i64,
    /// Minutes a week there are.
    pub hours: i64,
}

/// One rule before it is weighed: its key, its visits, minutes of one, and in how many weeks one is due.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    pub key: &'a str,
    pub visits: i64,
    pub minutes: i64,
    pub weeks: f64,
}

impl PlanLoad {
    /// Weighs rules in their order: the first that fit are planned, each whole or not at all. A rule that does not fit does not keep a
    /// smaller one behind it out.
    pub fn weigh<'a>(rules: impl IntoIterator<Item = Asked<'a>>, hours: i64) -> Self {
        let mut load = Self { rules: Vec::new(), planned: 0, asked: 0, hours };
        for rule in rules {
            let minutes = ((rule.visits * rule.minutes) as f64 / rule.weeks).ceil() as i64;
            let fits = load.planned + minutes <= hours;
            load.asked += minutes;
            load.planned += if fits { minutes } else { 0 };
            load.rules.push(RuleLoad { key: rule.key.to_owned(), visits: rule.visits, minutes, fits });
        }
        load
    }

    /// Whether something is left out.
    pub fn is_over(&self) -> bool {
        self.asked > self.planned
    }

    /// Whether a rule is planned here.
    pub fn fits(&self, key: &str) -> bool {
        self.rules.iter().any(|rule| rule.key == key && rule.fits)
    }
}

#[cfg(test)]
mod tests {
    //! A rule is planned whole or not at all.
    use super::{Asked, PlanLoad};

    #[test]
    fn what_goes_beyond_the_hours_is_left_out() {
        let rule = |key, visits, minutes, weeks| Asked { key, visits, minutes, weeks };
        let rules =
            [rule("a", 10, 20, 1.0), rule("b", 50, 20, 4.0), rule("c", 9, 15, 4.348), rule("d", 0, 20, 1.0)];
        // Hours; then the minutes asked and planned, and which rules fit.
        let rows: [(i64, i64, i64, &[&str]); 4] = [
            (600, 482, 482, &["a", "b", "c", "d"]),
            (450, 482, 450, &["a", "b", "d"]),
            (240, 482, 232, &["a", "c", "d"]),
            (0, 482, 0, &["d"]),
        ];
        for (hours, asked, planned, fit) in rows {
            let load = PlanLoad::weigh(rules, hours);
            let fits: Vec<&str> =
                load.rules.iter().filter(|rule| rule.fits).map(|rule| rule.key.as_str()).collect();
            assert_eq!((load.asked, load.planned, &*fits), (asked, planned, fit), "{hours}");
            assert_eq!(load.is_over(), asked > planned);
            assert!(!load.fits("e"), "an unknown rule");
        }
    }
}
