-- The queues of a desk: what is due first in an area, of one type or state. All that narrows them stands in the index, so that a
-- page reads only the rows it shows however many cases are open.

create index cases_case_by_due on cases_case (district, due_at, id, area_path, state, type_code) where open;
