-- What has changed in a grid since, for the phones that carry it: read by them again and again, whatever the district's history.

create index registry_record_of_area_changed on registry_record (district, area_path, changed_at, id);

-- The phone that a copy lies on; none where somebody took a file along.
alter table registry_export add column device text;
