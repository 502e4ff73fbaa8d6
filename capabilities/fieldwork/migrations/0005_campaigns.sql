-- Campaigns: what a desk has workers do at many doors for a time. Their doors are tasks. And patrol routes, whose stops are tasks too.

create table fieldwork_campaign (
    district {int} not null,
    id {uuid} not null,
    state text not null,
    version {int} not null,
    area_path {text_c} not null,
    -- Name, reason, target, form, period: as the desk wrote it.
    content {json} not null,
    form_id {uuid},
    -- Doors that were opened.
    doors {int} not null,
    made_at {int} not null,
    made_by_name text not null,
    published_at {int},
    published_by_name text,
    -- Why it was published although grids are beyond their hours.
    beyond_reason text,
    closed_at {int},
    changed_at {int} not null,
    primary key (district, id)
) {strict};

-- The building a door is counted with.
alter table fieldwork_task add column building_id {uuid};

-- How far a campaign is, counted from its index alone.
create index fieldwork_task_of_campaign on fieldwork_task (district, campaign_id, area_path, building_id, state, outcome, tries)
    where campaign_id is not null;

-- Its doors in the order they were opened: to close what is left, and to count what was filled in.
create index fieldwork_task_of_campaign_in_order on fieldwork_task (district, campaign_id, id) where campaign_id is not null;

create table fieldwork_route (
    district {int} not null,
    id {uuid} not null,
    state text not null,
    version {int} not null,
    -- The grid.
    area_path {text_c} not null,
    -- Name, what to look at, how often, the stops in their order.
    content {json} not null,
    -- Days of the calendar, 2026-03-02: of the next round, and of the one whose stops are open.
    next_on {text_c},
    round_on {text_c},
    changed_at {int} not null,
    primary key (district, id)
) {strict};

create index fieldwork_route_of_area on fieldwork_route (district, area_path, id);
