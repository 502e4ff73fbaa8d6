-- Photos of a case as a partner is shown them: one link for each partner, its way and photo, good for some days.

create table linkage_shown_photo (
    district {int} not null,
    id {uuid} not null,
    organisation_id {uuid} not null,
    -- The partner's way when it was shown: reached otherwise, it is shown anew.
    endpoint_id {uuid} not null,
    -- The partner's turn of links when it was shown.
    turn {int} not null,
    case_id {uuid} not null,
    photo_id {uuid} not null,
    -- When the photo was put on the case.
    added_at {int} not null,
    until {int} not null,
    -- When the partner looked first.
    looked_at {int},
    constraint linkage_shown_photo_pkey primary key (district, id)
) {strict};

create index linkage_shown_photo_of_case on linkage_shown_photo (district, case_id, endpoint_id);
create index linkage_shown_photo_until on linkage_shown_photo (district, until);

-- Links of an earlier turn hold no more: it goes on with each exchange of a partner's secret or address.
alter table linkage_partner add column links_turn {int} not null default 0;
