-- Meters and sensors: the register, how each stands, a reading a minute, alarms, the broker, and what was refused.

create table linkage_sensor (
    district {int} not null,
    id {uuid} not null,
    version {int} not null,
    code {text_c} not null,
    kind text not null,
    name text not null,
    lon {real} not null,
    lat {real} not null,
    area_path {text_c} not null,
    -- Whose it is, where it is not the district's own.
    unit_id {uuid},
    -- Thresholds of its own.
    own {json} not null,
    in_use {bool} not null,
    -- Until when its alarms make no cases, and why.
    muted_until {int},
    mute_reason text,
    changed_at {int} not null,
    constraint linkage_sensor_pkey primary key (district, id),
    constraint linkage_sensor_code_key unique (district, code)
) {strict};

create index linkage_sensor_of_unit on linkage_sensor (district, unit_id, code);
-- What another server changed since.
create index linkage_sensor_changed on linkage_sensor (district, changed_at, id);

-- How it stands: what decides is written before a message is acknowledged, the rest once a minute.
create table linkage_sensor_live (
    district {int} not null,
    sensor_id {uuid} not null,
    version {int} not null,
    standing {json} not null,
    level text not null,
    -- By our clock.
    heard_at {int},
    -- Since when nothing was heard for too long; a worker was asked to look.
    silent_at {int},
    -- When it last said more than it may.
    noisy_at {int},
    constraint linkage_sensor_live_pkey primary key (district, sensor_id),
    foreign key (district, sensor_id) references linkage_sensor (district, id)
) {clustered};

-- What is kept of a minute.
create table linkage_sensor_reading (
    district {int} not null,
    sensor_id {uuid} not null,
    minute {int} not null,
    last {real} not null,
    low {real} not null,
    high {real} not null,
    readings {int} not null,
    constraint linkage_sensor_reading_pkey primary key (district, sensor_id, minute),
    foreign key (district, sensor_id) references linkage_sensor (district, id)
) {clustered};

create index linkage_sensor_reading_minute on linkage_sensor_reading (district, minute);

create table linkage_sensor_alarm (
    district {int} not null,
    id {uuid} not null,
    sensor_id {uuid} not null,
    kind text not null,
    area_path {text_c} not null,
    level text not null,
    value {real} not null,
    raised_at {int} not null,
    restored_at {int},
    -- What it became, and when that was decided.
    outcome text,
    case_id {uuid},
    decided_at {int},
    constraint linkage_sensor_alarm_pkey primary key (district, id),
    foreign key (district, sensor_id) references linkage_sensor (district, id)
) {strict};

create index linkage_sensor_alarm_of_sensor on linkage_sensor_alarm (district, sensor_id, id);
-- How many became cases lately, for the budget.
create index linkage_sensor_alarm_decided on linkage_sensor_alarm (district, area_path, kind, decided_at) where decided_at is not null;

-- Alarms of one kind in one grid are decided one after the other: who decides takes the turn.
create table linkage_sensor_turn (
    district {int} not null,
    area_path {text_c} not null,
    kind text not null,
    turn {int} not null,
    constraint linkage_sensor_turn_pkey primary key (district, area_path, kind)
) {clustered};

-- The broker of the district, and which server listens to it.
create table linkage_sensor_broker (
    district {int} not null,
    address text not null,
    username text,
    -- Sealed.
    password {bytes},
    prefix text not null,
    -- Certificates of the broker's authority (PEM), where the system does not know it.
    authority text,
    enabled {bool} not null,
    version {int} not null,
    changed_at {int} not null,
    -- Nobody else listens until then.
    server {uuid},
    leased_until {int},
    -- What that server last said of the connection.
    connected {bool} not null,
    trouble text,
    per_second {real} not null,
    said_at {int},
    constraint linkage_sensor_broker_pkey primary key (district)
) {strict};

-- Messages that were not taken, by day and reason; never the messages.
create table linkage_sensor_refusal (
    district {int} not null,
    day {text_c} not null,
    reason text not null,
    count {int} not null,
    -- One that said so, where it is a code of the register's form.
    example text,
    at {int} not null,
    constraint linkage_sensor_refusal_pkey primary key (district, day, reason)
) {clustered};
