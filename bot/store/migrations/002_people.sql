-- +goose Up

CREATE TABLE servers (               -- replicas that are alive
    id    TEXT PRIMARY KEY,
    until BIGINT NOT NULL
);
ALTER TABLE events ADD COLUMN owner TEXT NOT NULL DEFAULT ''; -- the replica that answers it; '' where there is one server

CREATE TABLE commits (               -- marks of transactions, on PostgreSQL: what was committed, though its reply was lost
    id TEXT PRIMARY KEY,
    at BIGINT NOT NULL
);
CREATE INDEX commits_at ON commits (at);

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

CREATE TABLE persons (
    id        TEXT PRIMARY KEY,
    home      TEXT NOT NULL,         -- the account they are asked at
    knows     TEXT NOT NULL,
    zone      TEXT NOT NULL,
    hours     TEXT NOT NULL,         -- "Mon-Thu 9:00-17:00"; '' for the usual ones
    reach     TEXT NOT NULL,
    budget    BIGINT NOT NULL,
    listed    BIGINT NOT NULL,
    consent   TEXT NOT NULL,
    at        BIGINT NOT NULL,
    listed_at BIGINT NOT NULL
);
CREATE INDEX persons_listed ON persons (listed, reach);

CREATE TABLE accounts (
    account      TEXT PRIMARY KEY,
    person       TEXT NOT NULL,
    name         TEXT NOT NULL,
    organisation TEXT NOT NULL,
    zone         TEXT NOT NULL,
    at           BIGINT NOT NULL
);
CREATE INDEX accounts_person ON accounts (person);

CREATE TABLE link_codes (
    account TEXT PRIMARY KEY,
    hash    TEXT NOT NULL UNIQUE,
    until   BIGINT NOT NULL
);

CREATE TABLE blocks (
    by_person TEXT NOT NULL,
    salt      TEXT NOT NULL,         -- who blocked, as they were known then: they may be one with another since
    blocked   TEXT NOT NULL,         -- a hash of an account, so that a block outlives being forgotten
    at        BIGINT NOT NULL,
    PRIMARY KEY (by_person, blocked)
);

CREATE TABLE introductions (
    id         TEXT PRIMARY KEY,
    kind       TEXT NOT NULL,
    state      TEXT NOT NULL,
    asker      TEXT NOT NULL,        -- persons
    helper     TEXT NOT NULL,
    topic      TEXT NOT NULL,
    quiet      BIGINT NOT NULL,      -- a block stands in the way: nobody is asked, and it looks as ever
    grouped    BIGINT NOT NULL,      -- a group conversation of the platform, not a relay
    stopping   TEXT NOT NULL,        -- what it ends as once nothing is in flight
    stopped_by BIGINT NOT NULL,
    sides      TEXT NOT NULL,        -- JSON: each one's account, answer, consent
    at         BIGINT NOT NULL,
    asked_at   BIGINT NOT NULL,      -- 0 while the asker has not agreed
    until      BIGINT NOT NULL,
    ended_at   BIGINT NOT NULL
);
CREATE INDEX introductions_asker ON introductions (asker, asked_at);
CREATE INDEX introductions_helper ON introductions (helper, asked_at);
CREATE INDEX introductions_state ON introductions (state, until);

CREATE TABLE relayed (
    source       TEXT PRIMARY KEY,   -- platform/workspace/room/message
    introduction TEXT NOT NULL,
    side         BIGINT NOT NULL,
    text         TEXT NOT NULL,
    files        TEXT NOT NULL,
    said         BIGINT NOT NULL,    -- by the platform's clock: the newest wording wins
    gone         BIGINT NOT NULL,
    told         BIGINT NOT NULL,
    at           BIGINT NOT NULL
);
CREATE INDEX relayed_introduction ON relayed (introduction);

-- +goose Down
DROP TABLE relayed;
DROP TABLE introductions;
DROP TABLE blocks;
DROP TABLE link_codes;
DROP TABLE accounts;
DROP TABLE persons;
DROP TABLE outbox;
DROP TABLE turns;
DROP TABLE commits;
ALTER TABLE events DROP COLUMN owner;
DROP TABLE servers;
