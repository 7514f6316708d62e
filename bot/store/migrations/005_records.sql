-- +goose Up

CREATE TABLE ledger (                -- who was erased: keyed hashes, so that a restored backup is purged again
    hash TEXT PRIMARY KEY,
    at   BIGINT NOT NULL             -- of the last time; what is older than this is theirs no more
);

CREATE TABLE records (               -- what was erased, sealed until it is exported; in the mode us-federal alone
    id     TEXT PRIMARY KEY,
    sealed BYTEA NOT NULL,
    at     BIGINT NOT NULL
);

CREATE TABLE counts (                -- what is left of questions once their words are removed
    week    BIGINT NOT NULL,         -- its first moment
    command TEXT NOT NULL,
    n       BIGINT NOT NULL,
    PRIMARY KEY (week, command)
);

-- +goose Down
DROP TABLE counts;
DROP TABLE records;
DROP TABLE ledger;
