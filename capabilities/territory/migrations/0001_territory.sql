-- The ground of a district and who serves it. A version of an area is never edited: it ends, and another begins.

create table territory_edition (
    district {int} not null primary key,
    land {int} not null,
    seats {int} not null
) {strict};

create table territory_area (
    district {int} not null,
    id {uuid} not null,
    code {text_c} not null,
    version {int} not null,
    level text not null,
    kind text not null,
    name text not null,
    name_en text,
    path {text_c} not null,
    parent {text_c},
    households {int},
    boundary {bytes},
    valid_from {int} not null,
    valid_to {int},
    primary key (district, id),
    constraint territory_area_code_version_key unique (district, code, version)
) {strict};

create unique index territory_area_code_key on territory_area (district, code) where valid_to is null;
create index territory_area_path on territory_area (district, path, valid_from);

create table territory_organisation (
    district {int} not null,
    id {uuid} not null,
    key {text_c} not null,
    name text not null,
    name_en text,
    kind text not null,
    phone text,
    primary key (district, id),
    constraint territory_organisation_key_key unique (district, key)
) {strict};

create table territory_post (
    district {int} not null,
    id {uuid} not null,
    kind text not null,
    name text not null,
    name_en text,
    area_path {text_c} not null,
    organisation_id {uuid},
    phone text,
    open_from {int} not null,
    open_to {int},
    primary key (district, id),
    constraint territory_post_organisation_fkey
        foreign key (district, organisation_id) references territory_organisation (district, id)
) {strict};

create unique index territory_post_kind_area_path_key on territory_post (district, kind, area_path)
    where open_to is null and organisation_id is null;
create unique index territory_post_organisation_id_area_path_key on territory_post (district, organisation_id, area_path)
    where open_to is null and organisation_id is not null;

create table territory_holding (
    district {int} not null,
    id {uuid} not null,
    post_id {uuid} not null,
    account_id {uuid} not null,
    role text not null,
    name text not null,
    phone text,
    held_from {int} not null,
    held_to {int},
    away_from {int},
    away_until {int},
    primary key (district, id),
    constraint territory_holding_post_fkey
        foreign key (district, post_id) references territory_post (district, id)
) {strict};

create index territory_holding_post on territory_holding (district, post_id);
create index territory_holding_account on territory_holding (district, account_id);
