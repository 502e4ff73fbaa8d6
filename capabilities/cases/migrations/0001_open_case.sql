-- A case, what happened to it, who follows it, what shows it; and the words by which it is found.

create table cases_case (
    district {int} not null,
    id {uuid} not null,
    number text not null,
    workflow_version {int} not null,
    state text not null,
    open {bool} not null,
    type_code text not null,
    words text not null,
    lon {real},
    lat {real},
    address text,
    grid_id {uuid},
    area_path {text_c} not null,
    source text not null,
    public {bool} not null,
    hidden {bool} not null,
    owner_role text not null,
    owner_post {uuid},
    host_post {uuid},
    unit_id {uuid},
    cohosts {json} not null,
    clocks {json} not null,
    due_at {int},
    level {int} not null,
    progress {json} not null,
    explanation {json} not null,
    answers {json} not null,
    reported_at {int} not null,
    state_since {int} not null,
    closed_at {int},
    rating {int},
    merged_into {uuid},
    external_id text,
    followers {int} not null,
    content_hash {bytes} not null,
    version {int} not null,
    primary key (district, id),
    constraint cases_case_number_key unique (district, number),
    constraint cases_case_external_id_key unique (district, external_id)
) {strict};

-- The queue of a post: newest first, or by what is due.
create index cases_case_of_post on cases_case (district, owner_post, id) where open;
create index cases_case_due on cases_case (district, owner_post, due_at, id) where open;
-- Open cases of an area, and their number by grid.
create index cases_case_of_area on cases_case (district, area_path, due_at, level, id) where open;
-- Open cases of the same type near a place.
create index cases_case_near on cases_case (district, type_code, lat) where open and lat is not null;
-- What a unit is asked to do.
create index cases_case_of_unit on cases_case (district, unit_id, id) where unit_id is not null;

-- History is appended, never edited.
create table cases_entry (
    district {int} not null,
    case_id {uuid} not null,
    id {uuid} not null,
    at {int} not null,
    action text not null,
    from_state text,
    to_state text not null,
    actor_kind text not null,
    actor_name text not null,
    actor_id {uuid},
    post_id {uuid},
    to_post {uuid},
    reason text,
    note text,
    level {int} not null,
    due_at {int},
    primary key (district, case_id, id),
    foreign key (district, case_id) references cases_case (district, id)
) {clustered};

create table cases_photo (
    district {int} not null,
    case_id {uuid} not null,
    id {uuid} not null,
    entry_id {uuid} not null,
    file text not null,
    thumbnail text not null,
    width {int} not null,
    height {int} not null,
    bytes {int} not null,
    at {int} not null,
    primary key (district, case_id, id),
    foreign key (district, case_id) references cases_case (district, id)
) {clustered};

-- The reporter, and everybody who has the same trouble. Personal: name and phone are read for a purpose only.
create table cases_follower (
    district {int} not null,
    case_id {uuid} not null,
    id {uuid} not null,
    kind text not null,
    account_id {uuid},
    name text,
    phone text,
    at {int} not null,
    primary key (district, case_id, id),
    foreign key (district, case_id) references cases_case (district, id)
) {clustered};

create index cases_follower_of_account on cases_follower (district, account_id, case_id) where account_id is not null;
create index cases_follower_of_phone on cases_follower (district, phone, case_id) where phone is not null;

-- The secret from which follow codes are made, one per district.
create table cases_secret (
    district {int} not null primary key,
    secret {bytes} not null
) {strict};

-- only: sqlite
create virtual table cases_search using fts5 (tokens, content = '', detail = none, columnsize = 0, tokenize = 'unicode61');
-- end
-- only: postgres
create table cases_search (
    district bigint not null,
    case_id uuid not null,
    tokens tsvector not null,
    primary key (district, case_id)
);
create index cases_search_tokens on cases_search using gin (tokens);
-- end
