-- The same for what was reported in an hour, and only for who says so: SQLite took the index for the order of other lists, and walked
-- every case of the district for a handful of numbers.

drop index cases_case_reported;
create index cases_case_reported on cases_case (district, reported_at, area_path, unit_id) where reported_at > 0;
