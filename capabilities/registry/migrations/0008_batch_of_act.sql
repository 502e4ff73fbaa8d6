-- Which table brought a record, for the first line of its history.
create index registry_batch_of_act on registry_batch (district, act);
