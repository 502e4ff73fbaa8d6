-- What was closed lately, and how many were reported in an hour of the past: both for the map's figures.

create index cases_case_closed on cases_case (district, closed_at) where closed_at is not null;
create index cases_case_reported on cases_case (district, reported_at, area_path, unit_id);
