-- Which cases go on in another: whoever asks after one of them is told what became of the other.

create index cases_case_merged on cases_case (district, merged_into, id) where merged_into is not null;
