//! Partners: rungs, states of theirs and what they mean, and which actions lead to it.

use ::store::{Json, row, text_enum};
use cases::photos::StoredPhoto;
use cases::{CaseId, EntryId};
use courier::EndpointId;
use platform::{AccountId, Lang, OrganisationId, Time, id};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

id!(
    /// Something a partner said that no rule answers.
    QuestionId, "question"
);

text_enum!(
    /// How a partner is reached. Each can take the place of another, and no case is lost by it.
    pub Rung {
        /// It works in the console of this platform.
        Console = "console",
        /// It has a server of GeoReport v2: reports go there, states are fetched.
        Open311 = "open311",
        /// Signed messages both ways (Standard Webhooks).
        Webhook = "webhook",
        /// Mail to its office, with a link by which it answers.
        Mail = "mail"
    }
);

text_enum!(
    /// What a word of theirs does to a case here.
    pub Meaning {
        Nothing = "nothing",
        Taken = "taken",
        Progress = "progress",
        Done = "done",
        NotOurs = "not_ours",
        Ask = "ask"
    }
);

/// A word of theirs for a state, at most.
pub const STATE_CHARS_MAX: usize = 100;

/// What else is said of a partner's system.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PartnerSettings {
    /// Their `jurisdiction_id`, where they want one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jurisdiction: Option<String>,
    /// Our case type → their service code. A type that is not named goes by `other`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub services: BTreeMap<String, String>,
    /// Their service code for every other type; none: our own code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other: Option<String>,
    /// The account by whose key their system reports to us: what it reported is not sent back to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,
    /// Whether their server knows the service-request-updates extension.
    #[serde(default)]
    pub updates: bool,
    /// Mail: the language it is written in, `zh-CN` or `en`.
    #[serde(default)]
    #[schema(value_type = String, example = "zh-CN")]
    pub lang: Lang,
}

impl PartnerSettings {
    /// What they call a type of ours.
    pub fn service_of<'a>(&'a self, case_type: &'a str) -> &'a str {
        self.services.get(case_type).or(self.other.as_ref()).map_or(case_type, String::as_str)
    }
}

row! {
    /// A partner as stored.
    #[derive(Clone, Debug)]
    pub struct Partner {
        pub organisation_id: OrganisationId,
        pub rung: Rung,
        pub endpoint_id: Option<EndpointId>,
        pub states: String,
        pub settings: Json<PartnerSettings>,
        pub secret: Option<Vec<u8>>,
        pub former_secret: Option<Vec<u8>>,
        pub former_until: Option<Time>,
        pub changed_at: Time,
        pub version: i64,
        /// Links to photos that were made in an earlier turn hold no more.
        pub links_turn: i64,
    }
}

row! {
    /// A case that is, or was, with a partner's system.
    #[derive(Clone, Debug)]
    pub struct LinkedRequest {
        pub organisation_id: OrganisationId,
        pub case_id: CaseId,
        pub foreign_id: Option<String>,
        pub token: Option<String>,
        pub foreign_state: Option<String>,
        pub foreign_note: Option<String>,
        pub told_entry: Option<EntryId>,
        pub open: bool,
        pub opened_at: Time,
        pub ended_at: Option<Time>,
        pub version: i64,
    }
}

row! {
    /// Something a partner said that a person decides.
    #[derive(Clone, Debug)]
    pub struct Question {
        pub id: QuestionId,
        pub organisation_id: OrganisationId,
        pub case_id: CaseId,
        pub foreign_state: Option<String>,
        pub note: Option<String>,
        /// Why no rule answers it.
        pub why: Why,
        pub at: Time,
        pub settled_at: Option<Time>,
    }
}

text_enum!(
    /// Why a person decides.
    pub Why {
        /// The word is not in the partner's table.
        UnknownState = "unknown_state",
        /// The table says so.
        ByTable = "by_table",
        /// From where the case stands there is no way to what they say.
        NoWay = "no_way",
        /// It has been through several systems already, and seems to go round.
        GoesRound = "goes_round",
        /// A rule of the case stood against it: the proof, the list, a limit.
        Refused = "refused"
    }
);

/// What a partner told of a case.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Said {
    pub state: String,
    pub note: Option<String>,
    /// What they show along with it, kept already.
    pub photos: Vec<StoredPhoto>,
}

/// An action that a partner's word leads to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Step {
    pub action: &'static str,
    /// Whether it carries their words.
    pub with_note: bool,
    pub reason: Option<&'static str>,
}

const fn bare(action: &'static str) -> Step {
    Step { action, with_note: false, reason: None }
}

const fn told(action: &'static str) -> Step {
    Step { action, with_note: true, reason: None }
}

/// It is theirs no more: of the list `returns`, the ground that the list does not name it for them.
const SENT_BACK: Step = Step { action: "return", with_note: true, reason: Some("not_in_list") };

/// The actions that lead from where a case stands to what a partner means; none where there is no way.
///
/// `has_note`: a word without words of its own adds no line to the case.
pub fn way_to(meaning: Meaning, state: &str, has_note: bool) -> Option<Vec<Step>> {
    let way: &[Step] = match (meaning, state) {
        (Meaning::Nothing, _) => &[],
        (Meaning::Taken, "assigned") => &[bare("take")],
        (Meaning::Progress, "assigned") => &[bare("take"), told("report_progress")],
        (Meaning::Taken | Meaning::Progress, "handling" | "paused") => &[told("report_progress")],
        // They go on with what is done here already: nothing is taken back by that.
        (Meaning::Taken | Meaning::Progress, _) if is_over(state) => &[],
        (Meaning::Done, "assigned") => &[bare("take"), told("finish")],
        (Meaning::Done, "handling") => &[told("finish")],
        (Meaning::Done, "paused") => &[bare("resume"), told("finish")],
        (Meaning::Done, _) if is_over(state) => &[],
        (Meaning::NotOurs, "assigned" | "handling") => &[SENT_BACK],
        _ => return None,
    };
    let keeps = |step: &&Step| has_note || step.action != "report_progress";
    Some(way.iter().filter(keeps).copied().collect())
}

fn is_over(state: &str) -> bool {
    matches!(
        state,
        "verifying" | "confirming" | "answered" | "closed" | "withdrawn" | "merged" | "archived" | "refused"
    )
}

/// Systems of this program that a case may have come through before it is asked whether it goes round.
pub const HOPS_MAX: usize = 3;

/// Words as another system is sent them: with our number at their end, by which people find the case here.
pub fn numbered(words: &str, number: &str) -> String {
    format!("{words}\n（{number}）")
}

/// How many systems of this program put their number to these words.
pub fn hops_of(words: &str) -> usize {
    let is_number = |line: &&str| {
        let inside = line.strip_prefix('（').and_then(|rest| rest.strip_suffix('）'));
        inside.is_some_and(|text| cases::model::parse_number(text).as_deref() == Some(text))
    };
    words.lines().filter(is_number).count()
}

/// Whether a case in this state is work of the post that handles it: then its partner's system has it.
pub fn is_at_work(state: &str) -> bool {
    matches!(state, "assigned" | "handling" | "paused" | "objected")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn actions(meaning: Meaning, state: &str, has_note: bool) -> Option<Vec<&'static str>> {
        way_to(meaning, state, has_note).map(|way| way.iter().map(|step| step.action).collect())
    }

    #[test]
    fn what_they_say_leads_to_actions_of_the_workflow() {
        let rows: &[(Meaning, &str, Option<&[&str]>)] = &[
            (Meaning::Nothing, "assigned", Some(&[])),
            (Meaning::Taken, "assigned", Some(&["take"])),
            (Meaning::Progress, "assigned", Some(&["take", "report_progress"])),
            (Meaning::Progress, "handling", Some(&["report_progress"])),
            (Meaning::Done, "assigned", Some(&["take", "finish"])),
            (Meaning::Done, "handling", Some(&["finish"])),
            (Meaning::Done, "paused", Some(&["resume", "finish"])),
            (Meaning::Done, "confirming", Some(&[])),
            (Meaning::Done, "closed", Some(&[])),
            (Meaning::Taken, "closed", Some(&[])),
            (Meaning::NotOurs, "assigned", Some(&["return"])),
            (Meaning::NotOurs, "closed", None),
            (Meaning::Done, "objected", None),
            (Meaning::Done, "accepted", None),
            (Meaning::Ask, "handling", None),
        ];
        for (meaning, state, way) in rows {
            assert_eq!(actions(*meaning, state, true).as_deref(), *way, "{meaning:?} from {state}");
        }
    }

    #[test]
    fn a_word_without_words_adds_no_line() {
        assert_eq!(actions(Meaning::Progress, "handling", false), Some(vec![]));
        assert_eq!(actions(Meaning::Progress, "assigned", false), Some(vec!["take"]));
        assert_eq!(actions(Meaning::Done, "handling", false), Some(vec!["finish"]));
    }

    #[test]
    fn each_system_it_came_through_is_counted() {
        let words = numbered(&numbered("水管爆了（大门口）", "260302-1058-2157"), "260302-7911-4631");
        assert_eq!((hops_of("水管爆了（大门口）"), hops_of(&words)), (0, 2));
    }

    #[test]
    fn their_service_is_the_types_own_else_the_one_for_the_rest() {
        let mut settings = PartnerSettings::default();
        assert_eq!(settings.service_of("no_water"), "no_water");
        settings.other = Some("OTHER".to_owned());
        settings.services.insert("no_water".to_owned(), "W1".to_owned());
        assert_eq!((settings.service_of("no_water"), settings.service_of("leak")), ("W1", "OTHER"));
    }
}
