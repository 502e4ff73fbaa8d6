-- The one claim of an account to a person, by the name a refusal is matched by. SQLite does not name such keys.

-- only: postgres
alter table registry_claim rename constraint registry_claim_once to registry_claim_account_id_person_id_key;
-- end
