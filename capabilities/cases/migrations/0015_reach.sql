-- Reaching a reporter without learning who they are: one row for each time an office asked for it. The number in between, or the message,
-- bears the same id with those who carry it.

create table cases_reach (
    district {int} not null,
    id {uuid} not null,
    case_id {uuid} not null,
    way text not null,
    -- The office that asked, and the person of it: nobody else is shown a number in between.
    post_id {uuid} not null,
    account_id {uuid},
    at {int} not null,
    constraint cases_reach_pkey primary key (district, id),
    constraint cases_reach_case_id_fkey foreign key (district, case_id) references cases_case (district, id)
) {strict};

create index cases_reach_of_case on cases_reach (district, case_id, at);
