-- How often a key may be used, and how it was: by day and route, counts alone.

alter table identity_service_key add column calls_per_minute {int};

create table identity_key_use (
    district {int} not null,
    key_id {uuid} not null,
    -- Of the calendar of China.
    day text not null,
    -- The route's template: what stood in it is not kept.
    route text not null,
    calls {int} not null,
    refused {int} not null,
    failed {int} not null,
    last_at {int} not null,
    constraint identity_key_use_pkey primary key (district, key_id, day, route)
) {clustered};

create index identity_key_use_last on identity_key_use (district, last_at);
