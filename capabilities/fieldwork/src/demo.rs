//! Work at the door of the demo district: visits by rule, and one campaign on its way.

mod campaign;
mod visits;

pub use campaign::run_campaign;
pub use visits::plan_first_grids;
