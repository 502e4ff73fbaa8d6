-- What every district has, whatever its capabilities: itself, its facts, what waits for a reaction, its clocks.

create table platform_district (
    district {int} not null primary key,
    code text not null,
    name text not null,
    name_en text not null,
    host text,
    settings {json} not null,
    created_at {int} not null
) {strict};

create table platform_fact (
    district {int} not null,
    id {uuid} not null,
    name text not null,
    at {int} not null,
    actor_kind text not null,
    actor_id {uuid},
    actor_name text not null,
    via text not null,
    subject_kind text not null,
    subject_id {uuid} not null,
    area_path text,
    unit_id {uuid},
    data {json} not null,
    primary key (district, id)
) {clustered};

create index platform_fact_subject on platform_fact (district, subject_id, id);

create table platform_outbox (
    district {int} not null,
    fact_id {uuid} not null,
    reaction text not null,
    due_at {int} not null,
    attempts {int} not null default 0,
    last_error text,
    primary key (district, fact_id, reaction)
) {clustered};

create index platform_outbox_due on platform_outbox (district, due_at);

create table platform_timer (
    district {int} not null,
    kind text not null,
    subject_id {uuid} not null,
    due_at {int} not null,
    attempts {int} not null default 0,
    last_error text,
    data {json} not null,
    primary key (district, kind, subject_id)
) {clustered};

create index platform_timer_due on platform_timer (district, due_at);

create table platform_idempotency (
    district {int} not null,
    key text not null,
    request_hash {bytes} not null,
    status {int} not null,
    body text not null,
    at {int} not null,
    primary key (district, key)
) {clustered};

create index platform_idempotency_at on platform_idempotency (district, at);
