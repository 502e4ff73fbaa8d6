//! Every write of fieldwork: load for a purpose, decide, save, record the fact.

mod campaigns;
pub(crate) mod carry;
mod days;
pub(crate) mod devices;
pub mod errands;
mod files;
mod forms;
mod keys;
mod look;
mod night;
mod plan;
mod prefill;
mod replace;
mod routes;
mod stand_in;
mod submit;
pub(crate) mod sync;
mod tasks;
pub(crate) mod uploads;
mod visits;
mod write_back;

pub(crate) use campaigns::{amend_campaign, end_campaign, make_campaign, open_campaign, publish_campaign};
pub(crate) use days::{WriteDay, write_day};
pub(crate) use files::{add_file, names_of};
pub(crate) use forms::{change_state, make_version, read_definition, read_workbook};
pub(crate) use keys::{KEYS_SHOWN_MAX, issue_key, revoke_key};
pub(crate) use look::{look, look_at_file};
pub(crate) use night::{PLAN_VISITS, next_night, plan_grids, plan_soon, plan_step};
pub(crate) use plan::{minutes_of, weigh_grid};
pub(crate) use prefill::{KnownAnswer, Prefill, prefill};
pub(crate) use replace::keep_instead;
pub(crate) use routes::{
    INSPECTIONS, ROUTE_ROUND, SuggestedWay, amend_route, end_route, make_route, open_inspections, open_round,
    suggest_way,
};
pub(crate) use stand_in::{BeginStandIn, TakeOver, begin_stand_in, end_stand_in, take_over};
pub(crate) use submit::{Checked, Received, Sent, check, keep, submit};
pub(crate) use tasks::{Finish, Finished, finish};
pub(crate) use visits::{answer_visit, save_wishes};
