-- Forms in versions, and what was filled in.

-- What stays the same through all versions of a form.
create table fieldwork_form (
    district {int} not null,
    id {uuid} not null,
    -- The form_id of its workbooks.
    key {text_c} not null,
    -- Of the newest version, by language.
    title {json} not null,
    -- Where it is filled, and by whose desk it is made.
    area_path {text_c} not null,
    -- How many there are: the number of the newest.
    versions {int} not null,
    primary key (district, id),
    constraint fieldwork_form_key_key unique (district, key)
) {strict};

-- A version never changes but for its state.
create table fieldwork_version (
    district {int} not null,
    form_id {uuid} not null,
    number {int} not null,
    -- The version as the workbook names it; may be empty.
    name text not null,
    state text not null,
    title {json} not null,
    -- SHA-256 of the definition.
    hash {bytes} not null,
    -- What the reader of the workbook told: features without effect, and what is probably not meant.
    told {json} not null,
    made_at {int} not null,
    made_by {uuid},
    made_by_name text not null,
    published_at {int},
    published_by_name text,
    withdrawn_at {int},
    withdrawn_by_name text,
    -- JSON as crates/forms writes it. Last: lists of versions do not read over it.
    definition {bytes} not null,
    primary key (district, form_id, number),
    constraint fieldwork_version_of_form_fkey foreign key (district, form_id) references fieldwork_form (district, id)
) {strict};

-- One version is filled at a time.
create unique index fieldwork_version_form_id_key on fieldwork_version (district, form_id) where state = 'live';

-- What was filled in, once for each id the device made.
create table fieldwork_submission (
    district {int} not null,
    id {uuid} not null,
    form_id {uuid} not null,
    number {int} not null,
    area_path {text_c} not null,
    by_account {uuid},
    by_name text not null,
    -- By the clock of the device, and by ours.
    filled_at {int} not null,
    received_at {int} not null,
    -- Its version had been withdrawn when it came.
    withdrawn {bool} not null,
    -- Answers, place, and what no question asks for: sealed.
    content {bytes} not null,
    primary key (district, id),
    constraint fieldwork_submission_of_version_fkey
        foreign key (district, form_id, number) references fieldwork_version (district, form_id, number)
) {strict};

create index fieldwork_submission_of_form on fieldwork_submission (district, form_id, area_path, received_at, id);
