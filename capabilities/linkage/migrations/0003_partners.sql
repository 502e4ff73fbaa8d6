-- Partners: how an organisation is reached, the cases that are with its system, what it said, and what a person has to decide.

create table linkage_partner (
    district {int} not null,
    organisation_id {uuid} not null,
    rung text not null,
    -- Of the courier; none for the console.
    endpoint_id {uuid},
    -- The table of catalog/linkage/states.toml by which its words are understood.
    states text not null,
    settings {json} not null,
    -- Sealed: the secret that signs what it sends us; the former one for a day after an exchange.
    secret {bytes},
    former_secret {bytes},
    former_until {int},
    changed_at {int} not null,
    version {int} not null,
    constraint linkage_partner_pkey primary key (district, organisation_id)
) {clustered};

create index linkage_partner_of_endpoint on linkage_partner (district, endpoint_id) where endpoint_id is not null;

-- A case that is, or was, with a partner's system.
create table linkage_request (
    district {int} not null,
    organisation_id {uuid} not null,
    case_id {uuid} not null,
    -- What their system calls it; or the token by which it will be told.
    foreign_id text,
    token text,
    -- What it said last: the same again, fetched a minute later, is nothing new.
    foreign_state text,
    foreign_note text,
    -- The last line of the case's history that was told.
    told_entry {uuid},
    open {bool} not null,
    opened_at {int} not null,
    ended_at {int},
    version {int} not null,
    constraint linkage_request_pkey primary key (district, organisation_id, case_id)
) {clustered};

create index linkage_request_of_case on linkage_request (district, case_id, organisation_id);
create index linkage_request_open on linkage_request (district, organisation_id, case_id) where open;

-- What a partner sent, by its id: the same again is not done again.
create table linkage_message (
    district {int} not null,
    organisation_id {uuid} not null,
    message_id text not null,
    at {int} not null,
    constraint linkage_message_pkey primary key (district, organisation_id, message_id)
) {clustered};

create index linkage_message_at on linkage_message (district, at);

-- What a partner said that no rule answers: a person decides.
create table linkage_question (
    district {int} not null,
    id {uuid} not null,
    organisation_id {uuid} not null,
    case_id {uuid} not null,
    foreign_state text,
    note text,
    why text not null,
    at {int} not null,
    settled_at {int},
    constraint linkage_question_pkey primary key (district, id)
) {strict};

create index linkage_question_open on linkage_question (district, organisation_id, id) where settled_at is null;
