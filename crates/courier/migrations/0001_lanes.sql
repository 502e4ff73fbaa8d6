-- What leaves the house: endpoints of other systems, and what is on its way to each.

create table courier_endpoint (
    district {int} not null,
    id {uuid} not null,
    kind text not null,
    address text not null,
    -- Sealed: the key of theirs, or the secret that signs.
    secret {bytes},
    settings {json} not null,
    paused {bool} not null,
    -- Troubles in a row; from a named number on the circuit is open until retry_at.
    troubles {int} not null,
    retry_at {int},
    -- How many may be under way at once: one after a trouble, doubled with each success.
    pace {int} not null,
    last_error text,
    last_error_at {int},
    last_sent_at {int},
    -- The server that works on this lane, and until when nobody else may.
    leased_by {uuid},
    leased_until {int} not null,
    version {int} not null,
    constraint courier_endpoint_pkey primary key (district, id)
) {strict};

create table courier_delivery (
    district {int} not null,
    id {uuid} not null,
    endpoint_id {uuid} not null,
    -- What keeps its order: the next of the same subject leaves when the one before has arrived.
    subject_id {uuid} not null,
    kind text not null,
    body {json} not null,
    -- What caused it.
    fact_id {uuid},
    made_at {int} not null,
    due_at {int} not null,
    attempts {int} not null,
    state text not null,
    last_error text,
    settled_at {int},
    constraint courier_delivery_pkey primary key (district, id),
    constraint courier_delivery_endpoint_fkey foreign key (district, endpoint_id) references courier_endpoint (district, id)
) {strict};

create index courier_delivery_due on courier_delivery (district, endpoint_id, due_at, id) where state = 'waiting';
create index courier_delivery_line on courier_delivery (district, endpoint_id, subject_id, id) where state in ('waiting', 'dead');
create index courier_delivery_dead on courier_delivery (district, endpoint_id, id) where state = 'dead';
create index courier_delivery_of_subject on courier_delivery (district, subject_id, id);
create index courier_delivery_settled on courier_delivery (district, settled_at) where settled_at is not null;
