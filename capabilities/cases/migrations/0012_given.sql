-- What was given to a post, and when: how a unit keeps its times is read from the histories of these cases.

create index cases_entry_given on cases_entry (district, to_post, at, case_id) where to_post is not null;
