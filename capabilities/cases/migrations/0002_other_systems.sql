-- What other systems need: lists of public cases by the time they were reported, and types that came with imported cases.

create index cases_case_public on cases_case (district, reported_at, id) where public and not hidden;

-- A type of case of one district alone. Never removed: cases of it stay.
create table cases_own_type (
    district {int} not null,
    code text not null,
    name_zh text not null,
    name_en text not null,
    working_days {int} not null,
    public {bool} not null,
    source text not null,
    primary key (district, code)
) {strict};
