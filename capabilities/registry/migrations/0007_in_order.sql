-- What belongs to a record is asked for in the order of its ids, the first so many: each index ends with the id. Where one ended with the
-- kind instead, SQLite walked through the whole district in the order of ids, to save itself a sort.

drop index registry_record_at_place;
drop index registry_record_of_person;
drop index registry_record_of_dwelling;
drop index registry_record_of_household;
drop index registry_record_of_organisation;
create index registry_record_at_place on registry_record (district, place_id, id) where place_id is not null and state = 'live';
-- Of a person, what has ended too: people read all that is kept of them.
create index registry_record_of_person on registry_record (district, person_id, id) where person_id is not null;
create index registry_record_of_dwelling on registry_record (district, dwelling_id, id) where dwelling_id is not null and state = 'live';
create index registry_record_of_household on registry_record (district, household_id, id)
    where household_id is not null and state = 'live';
create index registry_record_of_organisation on registry_record (district, organisation_id, id)
    where organisation_id is not null and state = 'live';
