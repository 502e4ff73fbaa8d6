-- Tables brought in and taken out: how far each is, what it said, and whom a copy concerned.

create table registry_batch (
    district {int} not null,
    id {uuid} not null,
    -- people, homes, organisations, things
    kind text not null,
    state text not null,
    account_id {uuid},
    by_name text not null,
    -- The areas its sender may bring records into.
    scopes {json} not null,
    file_name text not null,
    sheet {int} not null,
    mapping {json},
    -- Whether values that differ from the register are taken.
    takes_conflicts {bool} not null,
    -- The deed of all its rows, and the one that takes them back.
    act {uuid} not null,
    undo_act {uuid} not null,
    -- Rows of the sheet below its heads, and how many of them are in the register's books.
    rows {int} not null,
    rows_done {int} not null,
    undone_to {uuid},
    -- Counts, faults and their rows, sealed: a fault may show a piece of a value.
    report {bytes},
    created_at {int} not null,
    changed_at {int} not null,
    primary key (district, id)
) {strict};

create index registry_batch_of_account on registry_batch (district, account_id, id);
create index registry_batch_at_work on registry_batch (district, state, id) where state in ('checking', 'saving', 'undoing');

-- How the columns of a sheet with these heads were read the last time.
create table registry_layout (
    district {int} not null,
    kind text not null,
    heads {bytes} not null,
    mapping {json} not null,
    changed_at {int} not null,
    primary key (district, kind, heads)
) {strict};

-- A copy of many records that somebody took along: who, when, what and why.
create table registry_export (
    district {int} not null,
    id {uuid} not null,
    at {int} not null,
    account_id {uuid},
    by_name text not null,
    kind text not null,
    area_path {text_c} not null,
    purpose text not null,
    -- Sealed values that were open in it.
    opened {json} not null,
    -- The words why, sealed.
    reason {bytes} not null,
    rows {int} not null,
    primary key (district, id)
) {strict};

-- Whom it concerned: shown to them among those who looked.
create table registry_exported (
    district {int} not null,
    record_id {uuid} not null,
    export_id {uuid} not null,
    primary key (district, record_id, export_id)
) {clustered};
