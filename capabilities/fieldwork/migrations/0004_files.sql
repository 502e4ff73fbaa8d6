-- What comes with a submission, what it spared whoever was asked, and the keys by which other programs fill forms.

-- Questions that were asked or shown; of them those that were known and only shown.
alter table fieldwork_submission add column questions {int} not null default 0;
alter table fieldwork_submission add column known {int} not null default 0;
-- The submission that came in its place. It stays, and is in no copy.
alter table fieldwork_submission add column replaced_by {uuid};

-- The sums of a version are read from it alone.
create index fieldwork_submission_saved on fieldwork_submission (district, form_id, number, questions, known);

-- A photo, a recording, a signature that an answer names. The file is sealed for its id.
create table fieldwork_file (
    district {int} not null,
    submission_id {uuid} not null,
    -- Keyed hash of the name: people put names into names.
    name {bytes} not null,
    id {uuid} not null,
    media_type text not null,
    -- As it is kept: a photo is made new before.
    bytes {int} not null,
    -- Keyed hash of what was sent: the same again is one.
    sent {bytes} not null,
    kept_at {int} not null,
    primary key (district, submission_id, name),
    constraint fieldwork_file_of_submission_fkey
        foreign key (district, submission_id) references fieldwork_submission (district, id)
) {strict};

-- Every file of the district by its id: to seal them anew, and to find what no row names.
create unique index fieldwork_file_id_key on fieldwork_file (district, id);

-- A key by which a program that speaks OpenRosa acts for an account. It is shown once.
create table fieldwork_key (
    district {int} not null,
    -- SHA-256 of the key.
    hash {bytes} not null,
    id {uuid} not null,
    account {uuid} not null,
    -- What its owner calls the phone.
    name text not null,
    -- Its end, by which people tell keys apart.
    hint text not null,
    made_at {int} not null,
    ends_at {int} not null,
    revoked_at {int},
    primary key (district, hash),
    constraint fieldwork_key_id_key unique (district, id)
) {strict};

create index fieldwork_key_of_account on fieldwork_key (district, account, made_at);
