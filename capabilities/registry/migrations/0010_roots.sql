-- Places that stand below none: estates, roads, villages. Where tables and other platforms name a place, looking begins with them.
create index registry_record_roots on registry_record (district, id) where kind = 'place' and place_id is null and state = 'live';
