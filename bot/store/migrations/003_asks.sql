-- +goose Up

ALTER TABLE persons ADD COLUMN no_questions BIGINT NOT NULL DEFAULT 0; -- 1 for who asked to be asked none

CREATE TABLE inquiries (             -- a question put to people
    id           TEXT PRIMARY KEY,
    state        TEXT NOT NULL,
    asker        TEXT NOT NULL,      -- a person
    account      TEXT NOT NULL,      -- of the asker
    name         TEXT NOT NULL,
    organisation TEXT NOT NULL,
    named        BIGINT NOT NULL,    -- who is asked reads who asks
    question     TEXT NOT NULL,
    seen         TEXT NOT NULL,      -- the asker's own audience
    audience     TEXT NOT NULL,      -- of the conversation that the answer goes to
    place        TEXT NOT NULL,      -- JSON: that conversation
    consent      TEXT NOT NULL,      -- the wording that the asker agreed to
    stopping     BIGINT NOT NULL,    -- withdrawn once nothing is in flight
    at           BIGINT NOT NULL,
    agreed_at    BIGINT NOT NULL,    -- 0 while the asker has not agreed
    until        BIGINT NOT NULL,
    ended_at     BIGINT NOT NULL
);
CREATE INDEX inquiries_asker ON inquiries (asker, agreed_at);
CREATE INDEX inquiries_state ON inquiries (state, until);

CREATE TABLE inquiry_turns (         -- those who may be asked, in order
    inquiry      TEXT NOT NULL,
    turn         BIGINT NOT NULL,
    person       TEXT NOT NULL,
    account      TEXT NOT NULL,
    name         TEXT NOT NULL,
    organisation TEXT NOT NULL,
    state        TEXT NOT NULL,
    quiet        BIGINT NOT NULL,    -- a block stands in the way: nobody is asked, and it looks like silence
    later        BIGINT NOT NULL,    -- they asked to be asked again
    asked_at     BIGINT NOT NULL,
    until        BIGINT NOT NULL,
    text         TEXT NOT NULL,      -- the answer
    source       TEXT NOT NULL,
    named        BIGINT NOT NULL,    -- it carries their name
    consent      TEXT NOT NULL,      -- the wording that they agreed to
    answered_at  BIGINT NOT NULL,
    PRIMARY KEY (inquiry, turn)
);
CREATE INDEX inquiry_turns_person ON inquiry_turns (person, asked_at);
CREATE INDEX inquiry_turns_source ON inquiry_turns (source);
CREATE INDEX inquiry_turns_state ON inquiry_turns (state, until);

-- +goose Down
DROP TABLE inquiry_turns;
DROP TABLE inquiries;
ALTER TABLE persons DROP COLUMN no_questions;
