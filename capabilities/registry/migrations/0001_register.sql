-- The register: what is known of places, homes, households, people, organisations and things, and every earlier state of it.

create table registry_record (
    district {int} not null,
    id {uuid} not null,
    kind text not null,
    version {int} not null,
    -- The deed that made this version, and the one that entered the record.
    act {uuid} not null,
    entered_by {uuid} not null,
    state text not null,
    area_path {text_c} not null,
    -- What it stands at, who it is about, and which home, household or organisation it belongs to.
    place_id {uuid},
    person_id {uuid},
    dwelling_id {uuid},
    household_id {uuid},
    organisation_id {uuid},
    -- Days of the calendar, 2026-03-02; for what holds for a time.
    from_on {text_c},
    to_on {text_c},
    lon {real},
    lat {real},
    merged_into {uuid},
    -- The name it is listed by; an address in full for a place.
    label text not null,
    fields {json} not null,
    -- The values that are kept encrypted, and their origins.
    sealed {bytes},
    -- When the first of its values is to be confirmed.
    stale_at {int},
    changed_at {int} not null,
    primary key (district, id)
) {strict};

-- What stands at a place, lives in a home, belongs to a household, is known of a person.
create index registry_record_at_place on registry_record (district, place_id, kind) where place_id is not null and state = 'live';
create index registry_record_of_person on registry_record (district, person_id, kind) where person_id is not null and state = 'live';
create index registry_record_of_dwelling on registry_record (district, dwelling_id, kind) where dwelling_id is not null and state = 'live';
create index registry_record_of_household on registry_record (district, household_id, kind) where household_id is not null and state = 'live';
create index registry_record_of_organisation on registry_record (district, organisation_id, kind)
    where organisation_id is not null and state = 'live';
-- Lists and counts of an area.
create index registry_record_of_area on registry_record (district, kind, area_path, id) where state = 'live';
-- What is to be confirmed.
create index registry_record_stale on registry_record (district, stale_at, id) where stale_at is not null and state = 'live';
-- What has changed since, for other systems; and the records of one deed.
create index registry_record_changed on registry_record (district, changed_at, id);
create index registry_record_of_act on registry_record (district, entered_by, id);

-- How a record was before it became this version: the whole of it, sealed. Appended, never edited.
create table registry_change (
    district {int} not null,
    record_id {uuid} not null,
    version {int} not null,
    act {uuid} not null,
    at {int} not null,
    by_account {uuid},
    by_name text not null,
    before {bytes} not null,
    primary key (district, record_id, version)
) {strict};

create index registry_change_of_act on registry_change (district, act, record_id);

-- Exact look-up of what is sealed: keyed hashes of document numbers, telephones and their last four digits.
create table registry_lookup (
    district {int} not null,
    blind {bytes} not null,
    record_id {uuid} not null,
    primary key (district, blind, record_id)
) {clustered};

create index registry_lookup_of_record on registry_lookup (district, record_id);

-- only: sqlite
create virtual table registry_search using fts5 (tokens, content = '', contentless_delete = 1, detail = none, tokenize = 'unicode61');
-- end
-- only: postgres
create table registry_search (
    district bigint not null,
    record_id uuid not null,
    tokens tsvector not null,
    primary key (district, record_id)
);
create index registry_search_tokens on registry_search using gin (tokens);
-- end
