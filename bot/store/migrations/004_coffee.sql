-- +goose Up

CREATE TABLE coffee (                -- who would like a coffee with somebody from elsewhere
    person       TEXT PRIMARY KEY,
    account      TEXT NOT NULL,      -- where they joined, and are asked
    consent      TEXT NOT NULL,
    at           BIGINT NOT NULL,
    until        BIGINT NOT NULL,
    introduction TEXT NOT NULL,      -- what is proposed to them now; '' while they wait
    missed       BIGINT NOT NULL,    -- proposals in a row that they left unanswered
    told         BIGINT NOT NULL     -- that nobody was found yet
);
CREATE INDEX coffee_at ON coffee (at, person);

ALTER TABLE introductions ADD COLUMN times TEXT NOT NULL DEFAULT ''; -- of a coffee: JSON, milliseconds

-- +goose Down
ALTER TABLE introductions DROP COLUMN times;
DROP TABLE coffee;
