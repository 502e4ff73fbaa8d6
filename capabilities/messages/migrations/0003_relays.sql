-- Numbers in between: by which somebody is called who does not give away their own. One row for each time one was asked for.

create table messages_relay (
    district {int} not null,
    id {uuid} not null,
    -- Who is reached by it: as in messages_message.
    recipient_kind text not null,
    recipient_id {uuid} not null,
    -- The caller's own telephone, and the called one where it was typed in; until it has ended.
    sealed {bytes},
    -- How long a number is good for.
    seconds {int} not null,
    state text not null,
    why text,
    -- While it is good: what is dialled.
    number text,
    extension text,
    -- The gateway's own name for it, until it is released.
    binding text,
    asked_at {int} not null,
    until_at {int} not null,
    ended_at {int},
    constraint messages_relay_pkey primary key (district, id)
) {strict};

create index messages_relay_asked on messages_relay (district, asked_at);
