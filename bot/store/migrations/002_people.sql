-- +goose Up

CREATE TABLE turns (                 -- scheduled work: each turn of a job is done once
    job   TEXT NOT NULL,
    slot  BIGINT NOT NULL,           -- when the turn was due
    fence BIGINT NOT NULL,           -- grows with each taking, so that one who comes late is known
    until BIGINT NOT NULL,           -- when the taker's time is over
    done  BIGINT NOT NULL,
    PRIMARY KEY (job, slot)
);

-- +goose Down
DROP TABLE turns;
