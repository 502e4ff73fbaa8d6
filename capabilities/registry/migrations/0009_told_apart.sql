-- Two records that were looked at side by side and are not of the same subject: not offered for merging any more.

create table registry_told_apart (
    district {int} not null,
    id {uuid} not null,
    -- The smaller id first, so that a pair is there once.
    one_id {uuid} not null,
    other_id {uuid} not null,
    -- 'holds', or 'taken_back'.
    state text not null,
    -- The deed that made it so.
    act {uuid} not null,
    at {int} not null,
    -- The post that said so, and why: the words sealed.
    by_name text not null,
    reason {bytes} not null,
    primary key (district, id)
) {strict};

create unique index registry_told_apart_one_id_other_id_key on registry_told_apart (district, one_id, other_id);
create index registry_told_apart_of_other on registry_told_apart (district, other_id);
create index registry_told_apart_of_act on registry_told_apart (district, act);
