-- +goose Up
-- One text for SQLite and PostgreSQL. Times are milliseconds of Unix time, UTC; ids are ours.

CREATE TABLE events (
    id           TEXT PRIMARY KEY,   -- sorts by arrival
    platform     TEXT NOT NULL,
    workspace    TEXT NOT NULL,
    event_id     TEXT NOT NULL,
    also_id      TEXT,               -- NULL for none: NULLs are never equal
    account      TEXT NOT NULL,
    conversation TEXT NOT NULL,
    sealed       BYTEA,              -- encrypted; NULL once answered
    state        TEXT NOT NULL,
    ref          TEXT NOT NULL,
    at           BIGINT NOT NULL,
    UNIQUE (platform, workspace, event_id),
    UNIQUE (platform, workspace, also_id)
);
CREATE INDEX events_pending ON events (state, id);

CREATE TABLE exchanges (             -- a question and what was answered
    id           TEXT PRIMARY KEY,
    platform     TEXT NOT NULL,
    workspace    TEXT NOT NULL,
    room         TEXT NOT NULL,
    message      TEXT NOT NULL,
    conversation TEXT NOT NULL,
    account      TEXT NOT NULL,
    command      TEXT NOT NULL,
    audience     TEXT NOT NULL,
    private      BIGINT NOT NULL,
    question     TEXT NOT NULL,
    answer       TEXT NOT NULL,
    path         TEXT NOT NULL,      -- the page shown first
    at           BIGINT NOT NULL
);
CREATE INDEX exchanges_conversation ON exchanges (conversation, at);
CREATE INDEX exchanges_account ON exchanges (account, at);

CREATE TABLE votes (
    exchange TEXT NOT NULL,
    account  TEXT NOT NULL,
    helpful  BIGINT NOT NULL,
    reason   TEXT NOT NULL,
    path     TEXT NOT NULL,
    at       BIGINT NOT NULL,
    PRIMARY KEY (exchange, account)
);

CREATE TABLE met (                   -- who has been told what is kept
    account TEXT PRIMARY KEY,
    event   TEXT NOT NULL,
    at      BIGINT NOT NULL
);

CREATE TABLE audit (
    id      TEXT PRIMARY KEY,
    at      BIGINT NOT NULL,
    account TEXT NOT NULL,
    action  TEXT NOT NULL,
    outcome TEXT NOT NULL
);

CREATE TABLE memory (
    key   TEXT PRIMARY KEY,
    value BYTEA NOT NULL
);

-- +goose Down
DROP TABLE memory;
DROP TABLE audit;
DROP TABLE met;
DROP TABLE votes;
DROP TABLE exchanges;
DROP TABLE events;
