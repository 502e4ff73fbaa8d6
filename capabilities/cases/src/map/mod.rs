//! Cases as the map sees them: where they are, which figures count them. Pure; [`crate::queries::map`] keeps it current.

pub(crate) mod chart;
pub(crate) mod figures;
#[cfg(test)]
mod tests;
