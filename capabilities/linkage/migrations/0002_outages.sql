-- Planned work and outages. The district is the first column of every key; constraints have names.

create table linkage_outage (
    district {int} not null,
    id {uuid} not null,
    -- Counts up with every change.
    version {int} not null,
    state text not null,
    -- Published and not over: what residents are told of.
    open {bool} not null,
    service text not null,
    unit_id {uuid} not null,
    -- The smallest area that holds all of it.
    area_path {text_c} not null,
    -- What is announced: window, reason, telephone, ground or places.
    content {json} not null,
    from_at {int} not null,
    to_at {int} not null,
    -- How much it concerns, as the register knew when it was published or changed.
    buildings {int} not null,
    homes {int} not null,
    published_at {int},
    over_at {int},
    changed_at {int} not null,
    primary key (district, id)
) {strict};

create index linkage_outage_of_unit on linkage_outage (district, unit_id, id);
-- What residents are told of, and which outage answers a report.
create index linkage_outage_open on linkage_outage (district, service, to_at, id) where open;
create index linkage_outage_open_at on linkage_outage (district, to_at, id) where open;
-- What is over, for the feeds that told of it.
create index linkage_outage_over on linkage_outage (district, over_at, id) where over_at is not null and published_at is not null;

-- What was announced as which version. Appended, never edited; a draft has none.
create table linkage_outage_version (
    district {int} not null,
    outage_id {uuid} not null,
    version {int} not null,
    at {int} not null,
    state text not null,
    content {json} not null,
    buildings {int} not null,
    homes {int} not null,
    primary key (district, outage_id, version),
    foreign key (district, outage_id) references linkage_outage (district, id)
) {clustered};

-- The buildings it concerns, as the register knew them; how many homes, never whose.
create table linkage_outage_building (
    district {int} not null,
    outage_id {uuid} not null,
    -- In the order of their names.
    rank {int} not null,
    place_id {uuid} not null,
    label text not null,
    area_path {text_c} not null,
    lon {real},
    lat {real},
    homes {int} not null,
    primary key (district, outage_id, rank),
    foreign key (district, outage_id) references linkage_outage (district, id)
) {clustered};

-- Reports that an outage answered.
create table linkage_outage_case (
    district {int} not null,
    outage_id {uuid} not null,
    case_id {uuid} not null,
    at {int} not null,
    primary key (district, case_id),
    foreign key (district, outage_id) references linkage_outage (district, id)
) {strict};

create index linkage_outage_case_of_outage on linkage_outage_case (district, outage_id, case_id);
