-- Work orders of a hotline. The district is the first column of every key; constraints have names.

-- Each is one case, or the earlier case that answers it. Who called is kept with the case, and not here.
create table linkage_work_order (
    district {int} not null,
    id {uuid} not null,
    -- Which hotline, and its own number.
    source text not null,
    number text not null,
    -- Of all that was handed in: the same number with other content is refused.
    content_hash {bytes} not null,
    -- Whose key or post handed it in.
    account_id {uuid},
    kind text not null,
    classification text,
    received_at {int} not null,
    -- Until when the hotline promised an answer.
    promised_at {int},
    handed_at {int} not null,
    case_id {uuid} not null,
    -- Whether it became a case, or an earlier one answers it.
    outcome text not null,
    -- How its type was found: by the classification, by the words, or by neither.
    type_by text not null,
    -- Why it became a case or not, in both languages.
    why {json} not null,
    primary key (district, id),
    constraint linkage_work_order_source_number_key unique (district, source, number)
) {strict};

-- Which work orders a case answers.
create index linkage_work_order_of_case on linkage_work_order (district, case_id, id);
-- Those of one hotline's key, and those of a period.
create index linkage_work_order_of_account on linkage_work_order (district, account_id, id);
create index linkage_work_order_received on linkage_work_order (district, received_at, id);
