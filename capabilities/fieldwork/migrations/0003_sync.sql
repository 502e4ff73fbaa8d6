-- Phones that carry a part of the register, what was done on them, what clashed, and files that come in parts.

create table fieldwork_device (
    district {int} not null,
    -- Made by the device.
    id {uuid} not null,
    account_id {uuid} not null,
    -- The post or unit behind the account, and what its owner calls it.
    account_name text not null,
    name text not null,
    -- 'working', 'lost' (wiped at its next contact), 'wiped', 'left'
    state text not null,
    made_at {int} not null,
    seen_at {int} not null,
    -- What it carries is its own until then without a contact.
    lease_until {int} not null,
    ended_at {int},
    ended_by_name text,
    primary key (district, id)
) {strict};

create index fieldwork_device_of_account on fieldwork_device (district, account_id, id);

-- The grids a device carries.
create table fieldwork_device_grid (
    district {int} not null,
    area_path {text_c} not null,
    device_id {uuid} not null,
    primary key (district, area_path, device_id)
) {clustered};

create index fieldwork_device_grid_of_device on fieldwork_device_grid (district, device_id, area_path);

-- Who was told that they are carried: once for a device and the time it keeps what it carries.
create table fieldwork_carried (
    district {int} not null,
    device_id {uuid} not null,
    dwelling_id {uuid} not null,
    person_id {uuid} not null,
    -- The person's own record stands in another grid than the home.
    elsewhere {bool} not null,
    primary key (district, device_id, dwelling_id, person_id)
) {clustered};

create index fieldwork_carried_elsewhere on fieldwork_carried (district, device_id, person_id, dwelling_id) where elsewhere;

-- Something done on a device, sent when there was a line: once for its id, whatever became of it.
create table fieldwork_command (
    district {int} not null,
    id {uuid} not null,
    device_id {uuid} not null,
    account_id {uuid} not null,
    seq {int} not null,
    kind text not null,
    -- What has to come first.
    parent_id {uuid},
    -- By the clock of the device, and by ours.
    at {int} not null,
    received_at {int} not null,
    -- 'accepted', 'merged', 'clash', 'held', 'refused'
    state text not null,
    -- SHA-256 of what was sent, to tell the same from another under its id.
    hash {bytes} not null,
    -- Codes, ids and versions.
    answer {json} not null,
    -- What is to be done, sealed; only while it is held.
    body {bytes},
    primary key (district, id)
) {strict};

create index fieldwork_command_held on fieldwork_command (district, account_id, seq, id) where state = 'held';

-- A value that two had changed: what each says, sealed. Kept when it is settled, with who settled it: the loser can be found.
create table fieldwork_clash (
    district {int} not null,
    -- Of the command.
    id {uuid} not null,
    account_id {uuid} not null,
    record_id {uuid} not null,
    area_path {text_c} not null,
    at {int} not null,
    content {bytes} not null,
    settled_at {int},
    settled_by_name text,
    -- By field, mine or theirs.
    choices {json},
    primary key (district, id)
) {strict};

create index fieldwork_clash_open on fieldwork_clash (district, account_id, id) where settled_at is null;
create index fieldwork_clash_of_record on fieldwork_clash (district, record_id, id);

-- A file on its way, named by its content.
create table fieldwork_upload (
    district {int} not null,
    account_id {uuid} not null,
    -- SHA-256 in hexadecimal digits.
    hash {text_c} not null,
    bytes {int} not null,
    media_type text not null,
    made_at {int} not null,
    -- When it was whole; until then its parts lie beside the others.
    done_at {int},
    -- What it is kept as: names of files, size of a picture.
    kept {json},
    primary key (district, account_id, hash)
) {strict};

create index fieldwork_upload_made on fieldwork_upload (district, made_at, account_id, hash);

-- What a file belongs to; the question of a form it answers, or nothing.
create table fieldwork_upload_tie (
    district {int} not null,
    account_id {uuid} not null,
    hash {text_c} not null,
    command_id {uuid} not null,
    question text not null,
    -- When it was handed on to the case or the submission.
    tied_at {int},
    primary key (district, account_id, hash, command_id, question)
) {clustered};

create index fieldwork_upload_tie_of_command on fieldwork_upload_tie (district, command_id, hash);
