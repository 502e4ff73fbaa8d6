-- People's own say in the register: who has proven to be whom, what was asked and answered, what is kept by which notice, alarms, sweeps.

-- Which account may see which person's data: the person's own, or by a mandate shown at a desk.
create table registry_claim (
    district {int} not null,
    id {uuid} not null,
    account_id {uuid} not null,
    person_id {uuid} not null,
    -- 'self', or a kind of mandate of the catalogue.
    standing text not null,
    -- The account that granted it; nobody where the person proved it.
    granted_by {uuid},
    -- What was shown at the desk, sealed.
    evidence {bytes},
    made_at {int} not null,
    ends_at {int},
    primary key (district, id),
    constraint registry_claim_once unique (district, account_id, person_id)
) {strict};

create index registry_claim_of_person on registry_claim (district, person_id, account_id);

-- What somebody asked about their data, and the answer.
create table registry_request (
    district {int} not null,
    id {uuid} not null,
    person_id {uuid} not null,
    record_id {uuid} not null,
    what text not null,
    field text,
    -- The look that is objected to.
    look_id {uuid},
    -- The account that asked; nobody where it came on paper.
    asked_by {uuid},
    standing text not null,
    state text not null,
    area_path {text_c} not null,
    made_at {int} not null,
    due_at {int} not null,
    -- The value asked for, the words, what proves it: sealed.
    asked {bytes} not null,
    decided_at {int},
    -- The post that answered, and why it said no.
    decided_by text,
    ground text,
    answer {bytes},
    -- The deed that did what was asked.
    act {uuid},
    primary key (district, id)
) {strict};

create index registry_request_open on registry_request (district, due_at, id) where state = 'open';
create index registry_request_of_person on registry_request (district, person_id, id);

-- Whose data is only stored, not used, until the restriction is lifted.
create table registry_restriction (
    district {int} not null,
    person_id {uuid} not null,
    request_id {uuid} not null,
    since {int} not null,
    primary key (district, person_id)
) {clustered};

-- What the district has said it keeps, version by version; the newest is in force.
create table registry_notice (
    district {int} not null,
    id {uuid} not null,
    version text not null,
    in_force_at {int} not null,
    -- What is kept, as it was told, and what changed from the notice before.
    content {json} not null,
    changes {json} not null,
    primary key (district, id)
) {strict};

-- What the security administrator has to look at.
create table registry_alarm (
    district {int} not null,
    id {uuid} not null,
    kind text not null,
    at {int} not null,
    account_id {uuid},
    by_name text not null,
    record_id {uuid},
    area_path {text_c},
    -- Codes and counts.
    data {json} not null,
    -- The reason that was stated, sealed.
    reason {bytes},
    acknowledged_at {int},
    acknowledged_by text,
    note {bytes},
    primary key (district, id)
) {strict};

create index registry_alarm_open on registry_alarm (district, id) where acknowledged_at is null;

-- How often records of a kind were opened on a day, by purpose and kind of post; never by whom.
create table registry_look_count (
    district {int} not null,
    day {text_c} not null,
    kind text not null,
    purpose text not null,
    role text not null,
    looks {int} not null,
    primary key (district, day, kind, purpose, role)
) {clustered};

-- What each nightly sweep removed, and what it announced for the next.
create table registry_sweep (
    district {int} not null,
    id {uuid} not null,
    at {int} not null,
    report {json} not null,
    primary key (district, id)
) {strict};

-- What has ended and may have run out.
create index registry_record_over on registry_record (district, id) where state in ('ended', 'merged', 'withdrawn');

-- What was known of somebody who has died or left: for their relatives, while it is kept.
create index registry_record_of_person_ended on registry_record (district, person_id, id)
    where person_id is not null and state = 'ended';
