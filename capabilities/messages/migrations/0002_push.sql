-- Push: devices on which people want notices, the services that reach those, and the key by which a district shows who it is.

create table messages_device (
    district {int} not null,
    id {uuid} not null,
    account_id {uuid} not null,
    -- A keyed hash of the subscription's address: the same device is kept once.
    mark {bytes} not null,
    -- Address and keys of the subscription.
    sealed {bytes} not null,
    -- The service that reaches it; empty: one of the many that share a lane.
    service text not null,
    -- By which its owner knows it: browser and system.
    label text not null,
    added_at {int} not null,
    constraint messages_device_pkey primary key (district, id)
) {strict};

create unique index messages_device_mark_key on messages_device (district, mark);
create index messages_device_of_account on messages_device (district, account_id, added_at);

-- Each service has lanes of its own: one that cannot be reached keeps no other waiting.
create table messages_push_service (
    district {int} not null,
    service text not null,
    fast_endpoint_id {uuid} not null,
    bulk_endpoint_id {uuid} not null,
    made_at {int} not null,
    constraint messages_push_service_pkey primary key (district, service)
) {strict};

create table messages_push_key (
    district {int} not null,
    sealed {bytes} not null,
    made_at {int} not null,
    constraint messages_push_key_pkey primary key (district)
) {strict};
