-- By when an objection to a list that holds already is answered; null while its list was laid out.
alter table cases_duty_objection add column due_at {int};
