-- What workers add to the report of a day, and who stands in for whom.

-- Words of one account beside a day. What was done is not kept here: it is read from what was done.
create table fieldwork_day (
    district {int} not null,
    id {uuid} not null,
    account_id {uuid} not null,
    -- A day of the calendar, 2026-03-02.
    on_day {text_c} not null,
    version {int} not null,
    -- Sealed: people are named in it.
    words {bytes} not null,
    -- Whether who leads the grid reads them.
    shown {bool} not null,
    changed_at {int} not null,
    primary key (district, id),
    constraint fieldwork_day_account_id_on_day_key unique (district, account_id, on_day)
) {strict};

-- A post that somebody else serves for a time. Who serves is the territory's; here is what is told about it.
create table fieldwork_stand_in (
    district {int} not null,
    id {uuid} not null,
    post_id {uuid} not null,
    area_path {text_c} not null,
    -- Who is away, and who serves.
    main_account {uuid} not null,
    main_name text not null,
    by_account {uuid} not null,
    by_name text not null,
    from_at {int} not null,
    until_at {int} not null,
    asked_by {uuid},
    asked_at {int} not null,
    -- Sealed: an absence may be an illness.
    reason {bytes} not null,
    ended_at {int},
    primary key (district, id)
) {strict};

-- One at a time for a post.
create unique index fieldwork_stand_in_post_id_key on fieldwork_stand_in (district, post_id) where ended_at is null;
