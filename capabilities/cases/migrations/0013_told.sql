-- Steps of cases by the moment they were taken: what other systems ask for between two moments.

create index cases_entry_at on cases_entry (district, at, id);
