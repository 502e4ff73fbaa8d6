//! Campaigns at work: their doors counted before they are published, opened and closed step by step, and what came of them at the end.

mod dry_run;
mod report;
mod steps;
mod table;

pub(crate) use dry_run::{DryRun, GridLoad, dry_run};
pub(crate) use report::{CampaignReport, report};
pub(crate) use steps::{CAMPAIGN_STEP, after_absent, open_at_once, step};
pub(crate) use table::{TableFormat, write_table};
