-- Tasks: one thing a worker is to do at a place. Whatever gives the reason (a visit rule, a campaign, a patrol, a notice), there is one list.

create table fieldwork_task (
    district {int} not null,
    id {uuid} not null,
    kind text not null,
    -- Why it is there: a key. Of a visit rule its keyed hash, since a rule may stand for a service fact, which is sealed.
    cause {text_c} not null,
    campaign_id {uuid},
    -- A form to fill at it.
    form_id {uuid},
    area_path {text_c} not null,
    -- The record it is about, and the home or place to go to.
    subject_id {uuid} not null,
    place_id {uuid},
    -- Days of the calendar, 2026-03-02.
    from_on {text_c} not null,
    due_on {text_c} not null,
    state text not null,
    outcome text,
    -- How often nobody was at home; the last time by the clock of the device.
    tries {int} not null,
    tried_at {int},
    -- By the clock of the device, and by ours.
    done_at {int},
    done_on_arrival {int},
    done_by {uuid},
    done_by_name text,
    submission_id {uuid},
    -- The cause, and words from the door, each with who said them and when: sealed.
    content {bytes} not null,
    -- What the code that a resident may scan opens: says nothing by itself.
    code {text_c} not null,
    -- Whether the resident said that somebody came.
    said text,
    said_at {int},
    changed_at {int} not null,
    primary key (district, id)
) {strict};

-- Planning twice makes one.
create unique index fieldwork_task_cause_subject_id_due_on_key on fieldwork_task (district, cause, subject_id, due_on);
create unique index fieldwork_task_code_key on fieldwork_task (district, code);
-- Today, and the delta of a device.
create index fieldwork_task_due on fieldwork_task (district, area_path, state, due_on, id);
create index fieldwork_task_changed on fieldwork_task (district, area_path, changed_at, id);

-- What the people of a home wish for visits: when not to disturb them, to what they consented, how to come. Sealed.
create table fieldwork_wishes (
    district {int} not null,
    dwelling_id {uuid} not null,
    content {bytes} not null,
    changed_at {int} not null,
    changed_by_name text not null,
    primary key (district, dwelling_id)
) {strict};
