-- Buildings and things by their place on the map, for a box of it, in the order of their ids.
create index registry_record_on_map on registry_record (district, kind, lat, lon, id) where lat is not null and state = 'live';
