//! A partner with its lane and what waits for a person.

use crate::model::partner::{Partner, QuestionId};
use crate::partners::trial;
use crate::store::partners as rows;
use ::store::Conn;
use courier::queries::Queue;
use courier::{Delivery, Endpoint};
use platform::{DistrictId, Fault};
use uuid::Uuid;

/// Questions counted; more say no more.
const QUESTIONS_COUNTED_MAX: i64 = 100;

/// A partner, whole.
#[derive(Clone, Debug)]
pub(crate) struct WholePartner {
    pub partner: Partner,
    pub endpoint: Option<Endpoint>,
    pub queue: Option<Queue>,
    /// The latest one.
    pub trial: Option<Delivery>,
    pub questions: usize,
}

pub(crate) async fn with_lane(
    conn: &mut Conn,
    district: DistrictId,
    partner: Partner,
) -> Result<WholePartner, Fault> {
    let first = QuestionId(Uuid::nil());
    let questions =
        rows::questions(conn, district, partner.organisation_id, first, QUESTIONS_COUNTED_MAX).await?.len();
    let Some(id) = partner.endpoint_id else {
        return Ok(WholePartner { partner, endpoint: None, queue: None, trial: None, questions });
    };
    let endpoint = courier::queries::find_endpoint(conn, district, id).await?;
    let queue = courier::queries::queue(conn, district, id).await?;
    let trial = trial::latest(conn, district, id).await?;
    Ok(WholePartner { partner, endpoint, queue: Some(queue), trial, questions })
}
