-- Duty lists as documents: their versions, and what units said of them.

create table cases_duty_version (
    district {int} not null,
    id {uuid} not null,
    list_key text not null,
    -- How people and pages name it: "2026-1".
    label text not null,
    state text not null,
    -- Counts up with every change.
    version {int} not null,
    content {json} not null,
    -- By what document it was published and for which days; null before.
    terms {json},
    objections_until {int},
    published_at {int},
    changed_at {int} not null,
    primary key (district, id),
    constraint cases_duty_version_list_key_label_key unique (district, list_key, label)
) {strict};

-- The versions of a list, the newest first.
create index cases_duty_version_of_list on cases_duty_version (district, list_key, id);

create table cases_duty_objection (
    district {int} not null,
    version_id {uuid} not null,
    id {uuid} not null,
    -- The number of the item, the item as it stood, and the post that spoke for its unit.
    number text not null,
    item {json} not null,
    post_id {uuid} not null,
    reason text not null,
    at {int} not null,
    sustained {bool},
    ruling text,
    ruled_at {int},
    primary key (district, version_id, id),
    constraint cases_duty_objection_version_id_number_post_id_key unique (district, version_id, number, post_id),
    foreign key (district, version_id) references cases_duty_version (district, id)
) {clustered};
