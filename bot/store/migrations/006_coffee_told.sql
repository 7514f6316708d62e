-- +goose Up

ALTER TABLE introductions ADD COLUMN told BIGINT NOT NULL DEFAULT 0; -- of a coffee, to whom it was proposed: 1 the asker, 2 the helper, 3 both
UPDATE introductions SET told =
    CASE WHEN EXISTS (SELECT 1 FROM outbox WHERE key = 'coffee.asked/' || introductions.id || '/0' AND outbox.state IN ('sent', 'unknown')) THEN 1 ELSE 0 END +
    CASE WHEN EXISTS (SELECT 1 FROM outbox WHERE key = 'coffee.asked/' || introductions.id || '/1' AND outbox.state IN ('sent', 'unknown')) THEN 2 ELSE 0 END
    WHERE kind = 'coffee';

-- +goose Down
ALTER TABLE introductions DROP COLUMN told;
