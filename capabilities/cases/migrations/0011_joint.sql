-- Working together on a case: helping steps with clocks of their own, and calls to the spot.

create table cases_help (
    district {int} not null,
    id {uuid} not null,
    case_id {uuid} not null,
    -- The call to the spot it was decided at, if it was.
    call_id {uuid},
    -- The post that helps, and the post that asked.
    post_id {uuid} not null,
    asked_by {uuid},
    area_path {text_c} not null,
    words text not null,
    state text not null,
    open {bool} not null,
    at {int} not null,
    due_at {int} not null,
    accepted_at {int},
    ended_at {int},
    -- Why it was declined or taken back; what was done.
    outcome text,
    version {int} not null,
    primary key (district, id),
    foreign key (district, case_id) references cases_case (district, id)
) {strict};

create index cases_help_of_case on cases_help (district, case_id, id);
-- What a post is asked for, and what is late in the district.
create index cases_help_of_post on cases_help (district, post_id, due_at, id) where open;
create index cases_help_due on cases_help (district, due_at, id) where open;

create table cases_call (
    district {int} not null,
    id {uuid} not null,
    case_id {uuid} not null,
    -- The key of catalog/joint/rules.toml.
    kind text not null,
    caller_post {uuid} not null,
    area_path {text_c} not null,
    place text not null,
    matter text not null,
    state text not null,
    at {int} not null,
    -- When those called should be there.
    by_at {int} not null,
    ended_at {int},
    -- What was decided, or why it was called off.
    outcome text,
    version {int} not null,
    primary key (district, id),
    foreign key (district, case_id) references cases_case (district, id)
) {strict};

create index cases_call_of_case on cases_call (district, case_id, id);
create index cases_call_at on cases_call (district, at, id);

-- Who was called: an office, never a person.
create table cases_call_unit (
    district {int} not null,
    call_id {uuid} not null,
    post_id {uuid} not null,
    coming {bool},
    reason text,
    answered_at {int},
    arrived_at {int},
    -- The office that came, as it is called.
    office text,
    confirmed_at {int},
    help_id {uuid},
    -- What the caller says of the help, and the called of the call.
    useful {bool},
    useful_words text,
    justified {bool},
    justified_words text,
    primary key (district, call_id, post_id),
    foreign key (district, call_id) references cases_call (district, id)
) {clustered};

create index cases_call_unit_of_post on cases_call_unit (district, post_id, call_id);
