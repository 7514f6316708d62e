-- +goose Up

CREATE TABLE turns (                 -- scheduled work: each turn of a job is done once
    job   TEXT NOT NULL,
    slot  BIGINT NOT NULL,           -- when the turn was due
    fence BIGINT NOT NULL,           -- grows with each taking, so that one who comes late is known
    until BIGINT NOT NULL,           -- when the taker's time is over
    done  BIGINT NOT NULL,
    PRIMARY KEY (job, slot)
);

CREATE TABLE outbox (                -- what is to be told to whom
    id        TEXT PRIMARY KEY,      -- sorts by time
    key       TEXT NOT NULL UNIQUE,
    lane      TEXT NOT NULL,
    kind      TEXT NOT NULL,
    subject   TEXT NOT NULL,
    part      TEXT NOT NULL,
    account   TEXT NOT NULL,
    due       BIGINT NOT NULL,
    state     TEXT NOT NULL,
    ref       TEXT NOT NULL,
    message   TEXT NOT NULL,         -- platform/workspace/room/message of ref, to know what is replied to
    tries     BIGINT NOT NULL,
    doubt     BIGINT NOT NULL,
    fence     BIGINT NOT NULL,
    until     BIGINT NOT NULL
);
CREATE INDEX outbox_due ON outbox (state, due);
CREATE INDEX outbox_lane ON outbox (lane, state, id);
CREATE INDEX outbox_subject ON outbox (subject, state);
CREATE INDEX outbox_message ON outbox (message);

-- +goose Down
DROP TABLE outbox;
DROP TABLE turns;
