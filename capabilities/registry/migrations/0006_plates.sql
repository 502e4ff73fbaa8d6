-- The plates that hang at places and things: which code belongs to which record, for as long as the plate hangs.

create table registry_plate (
    district {int} not null,
    code {text_c} not null,
    record_id {uuid} not null,
    issued_at {int} not null,
    primary key (district, code)
) {clustered};

-- One plate for each.
create unique index registry_plate_record_id_key on registry_plate (district, record_id);
