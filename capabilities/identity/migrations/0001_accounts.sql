-- Who may come in: accounts, what proves them, their sessions and keys, the roles they were given.

create table identity_account (
    district {int} not null,
    id {uuid} not null,
    kind text not null,
    -- Staff: the name they sign in with. Residents: their phone; null once closed.
    login text,
    -- Finds the failed attempts, which know no account.
    login_hash {bytes},
    name text not null,
    phone text,
    password_hash text,
    must_change {bool} not null,
    totp_secret {bytes},
    totp_pending {bytes},
    -- The last step whose code was used: a code counts once.
    totp_step {int} not null,
    suspended_at {int},
    closed_at {int},
    created_at {int} not null,
    version {int} not null,
    constraint identity_account_pkey primary key (district, id),
    constraint identity_account_login_key unique (district, login)
) {strict};

create index identity_account_kind on identity_account (district, kind, id);

create table identity_recovery_code (
    district {int} not null,
    account_id {uuid} not null,
    code_hash {bytes} not null,
    used_at {int},
    constraint identity_recovery_code_pkey primary key (district, account_id, code_hash),
    constraint identity_recovery_code_account_fkey foreign key (district, account_id)
        references identity_account (district, id)
) {clustered};

-- Failures by what was typed as the login, known or not: both are treated alike.
create table identity_attempt (
    district {int} not null,
    login_hash {bytes} not null,
    failures {int} not null,
    last_at {int} not null,
    locked_until {int},
    constraint identity_attempt_pkey primary key (district, login_hash)
) {clustered};

create index identity_attempt_last on identity_attempt (district, last_at);

create table identity_session (
    district {int} not null,
    token_hash {bytes} not null,
    id {uuid} not null,
    account_id {uuid} not null,
    via text not null,
    -- Until the password is changed or the second factor is set up, it opens nothing else.
    limited {bool} not null,
    made_at {int} not null,
    seen_at {int} not null,
    ends_at {int} not null,
    constraint identity_session_pkey primary key (district, token_hash),
    constraint identity_session_account_fkey foreign key (district, account_id)
        references identity_account (district, id)
) {clustered};

create index identity_session_account on identity_session (district, account_id, id);
create index identity_session_seen on identity_session (district, seen_at);

create table identity_service_key (
    district {int} not null,
    key_hash {bytes} not null,
    id {uuid} not null,
    account_id {uuid} not null,
    -- The last characters, so that people can tell keys apart.
    hint text not null,
    made_at {int} not null,
    ends_at {int},
    revoked_at {int},
    constraint identity_service_key_pkey primary key (district, key_hash),
    constraint identity_service_key_id_key unique (district, id),
    constraint identity_service_key_account_fkey foreign key (district, account_id)
        references identity_account (district, id)
) {clustered};

create index identity_service_key_account on identity_service_key (district, account_id, id);

create table identity_assignment (
    district {int} not null,
    id {uuid} not null,
    account_id {uuid} not null,
    role text not null,
    scope_kind text not null,
    -- The area's path or the organisation's id.
    scope_value text,
    administrator text,
    from_at {int} not null,
    to_at {int},
    withdrawn_at {int},
    made_at {int} not null,
    constraint identity_assignment_pkey primary key (district, id),
    constraint identity_assignment_account_fkey foreign key (district, account_id)
        references identity_account (district, id)
) {strict};

create index identity_assignment_account on identity_assignment (district, account_id, id);

-- An account is at most one of the three administrators.
create unique index identity_assignment_account_id_key on identity_assignment (district, account_id)
    where administrator is not null and withdrawn_at is null;

-- The last code sent to a phone.
create table identity_code (
    district {int} not null,
    phone text not null,
    id {uuid} not null,
    salt {bytes} not null,
    code_hash {bytes} not null,
    tries {int} not null,
    made_at {int} not null,
    ends_at {int} not null,
    constraint identity_code_pkey primary key (district, phone)
) {clustered};

create index identity_code_ends on identity_code (district, ends_at);

-- Demo only: what would have been texted.
create table identity_inbox (
    district {int} not null,
    id {uuid} not null,
    phone text not null,
    words_zh text not null,
    words_en text not null,
    code text,
    at {int} not null,
    constraint identity_inbox_pkey primary key (district, id)
) {clustered};
