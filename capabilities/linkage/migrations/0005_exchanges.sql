-- What went in and out of a sandbox, for the integrator who tries it. The table refuses rows of a real district.

create table linkage_exchange (
    district {int} not null,
    id {uuid} not null,
    way text not null,
    at {int} not null,
    method text not null,
    -- The path of a call that came in; the whole address of one that went out.
    address text not null,
    query text not null,
    headers {json} not null,
    body text not null,
    body_cut {bool} not null,
    -- None where no answer came.
    status {int},
    answer text not null,
    answer_cut {bool} not null,
    took_ms {int} not null,
    -- Why it was refused or did not arrive, in both languages.
    why {json},
    -- Of the courier, where we called.
    delivery_id {uuid},
    constraint linkage_exchange_pkey primary key (district, id),
    constraint linkage_exchange_sandbox_check check (district between 990001 and 999999)
) {strict};

create index linkage_exchange_at on linkage_exchange (district, at);
