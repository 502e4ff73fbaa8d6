-- What keeps a district's secrets, and what proves that its facts were not changed: wrapped keys, the sealed log, its checkpoints.

-- A key of the district, wrapped by the key that is kept outside the database.
create table platform_data_key (
    district {int} not null,
    purpose text not null,
    number {int} not null,
    suite text not null,
    holder text not null,
    wrapped {bytes} not null,
    made_at {int} not null,
    retired_at {int},
    primary key (district, purpose, number),
    constraint platform_data_key_number_positive check (number > 0)
) {strict};

-- A batch of sealed facts: for each its id and its leaf hash, in the order of the log; and the root behind it, with the hashes of
-- the full subtrees, from which the next batch goes on.
create table platform_ledger (
    district {int} not null,
    batch {int} not null,
    kind text not null,
    first_fact {uuid} not null,
    last_fact {uuid} not null,
    size_before {int} not null,
    count {int} not null,
    leaves {bytes} not null,
    root {bytes} not null,
    subtrees {bytes} not null,
    primary key (district, batch)
) {strict};

-- The signed head of the log at one size.
create table platform_checkpoint (
    district {int} not null,
    size {int} not null,
    note text not null,
    at {int} not null,
    primary key (district, size)
) {strict};

-- Facts recorded under a moment that may have been sealed already (imports of the past, writes that took long): they are
-- sealed behind it, in a batch of their own.
create table platform_late_fact (
    district {int} not null,
    fact_id {uuid} not null,
    primary key (district, fact_id)
) {clustered};
