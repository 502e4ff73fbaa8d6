-- What somebody did on a day, for their own page.

create index cases_entry_of_actor on cases_entry (district, actor_id, at) where actor_id is not null;
