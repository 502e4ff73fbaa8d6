-- All cases of an area by type or by state, newest first, and the open ones of a unit: what narrows a queue stands in its index.

create index cases_case_of_type on cases_case (district, type_code, id, area_path, state);
create index cases_case_of_state on cases_case (district, state, id, area_path);
drop index cases_case_of_unit;
create index cases_case_of_unit on cases_case (district, unit_id, id, type_code, state) where open and unit_id is not null;
