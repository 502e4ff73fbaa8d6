-- What one account did, in the order it was done: its own day, and an auditor's question.

create index platform_fact_of_actor on platform_fact (district, actor_id, id) where actor_id is not null;
