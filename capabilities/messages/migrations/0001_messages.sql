-- Messages to people: what was sent to whom because of what, how each is reached, and by which gateway.

create table messages_gateway (
    district {int} not null,
    -- By which channel: sms, mail.
    channel text not null,
    -- The courier's lanes to it: codes and what is urgent overtake everything else.
    fast_endpoint_id {uuid} not null,
    bulk_endpoint_id {uuid} not null,
    version {int} not null,
    changed_at {int} not null,
    constraint messages_gateway_pkey primary key (district, channel)
) {strict};

create table messages_message (
    district {int} not null,
    id {uuid} not null,
    template text not null,
    class text not null,
    -- Of which kind the recipient is: account, home, or direct (an address typed in, kept in `sealed` until it has left).
    recipient_kind text not null,
    recipient_id {uuid} not null,
    -- What it is about, and which state of that: one message each.
    thread_id {uuid} not null,
    edition {int} not null,
    -- What caused it.
    fact_id {uuid},
    content {json} not null,
    sealed {bytes},
    state text not null,
    -- Why it waits, or was not sent.
    why text,
    -- Whose own page tells of it; known when it leaves.
    account_id {uuid},
    channel text,
    delivery_id {uuid},
    made_at {int} not null,
    due_at {int} not null,
    -- After which it is of no use any more.
    until_at {int},
    left_at {int},
    settled_at {int},
    constraint messages_message_pkey primary key (district, id)
) {strict};

create unique index messages_message_thread_id_edition_recipient_id_key
    on messages_message (district, thread_id, edition, recipient_id);
create index messages_message_due on messages_message (district, due_at, id) where state = 'waiting';
create index messages_message_of_recipient on messages_message (district, recipient_id, made_at);
create index messages_message_of_account on messages_message (district, account_id, made_at) where account_id is not null;
create index messages_message_of_fact on messages_message (district, fact_id, id) where fact_id is not null;
create index messages_message_made on messages_message (district, made_at);

-- What somebody wants: by which channel, in which language, when not, and what not at all.
create table messages_choice (
    district {int} not null,
    recipient_id {uuid} not null,
    settings {json} not null,
    -- A mail address, sealed; used once it is confirmed.
    mail {bytes},
    mail_confirmed {bool} not null,
    changed_at {int} not null,
    constraint messages_choice_pkey primary key (district, recipient_id)
) {strict};
