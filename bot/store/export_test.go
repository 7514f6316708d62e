package store

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"github.com/pressly/goose/v3"
)

// Holding is what tests may know of a holding.
type Holding struct {
	Table                             string
	Words, Who, Person, Hashed, Plain []string
	Shown                             bool
	After                             []time.Duration
}

// Holdings lists all of them.
func Holdings() (all []Holding) {
	for _, h := range holdings {
		one := Holding{
			Table: h.table, Words: strings.Fields(h.words), Who: strings.Fields(h.who), Person: strings.Fields(h.person),
			Hashed: strings.Fields(h.hashed), Plain: strings.Fields(h.plain), Shown: len(h.shown) > 0,
		}
		for _, e := range h.goes {
			one.After = append(one.After, e.after)
		}
		all = append(all, one)
	}
	return all
}

// DB is the database itself.
func (s *Store) DB() *sql.DB { return s.db }

// Schema returns the columns of every table but those of the migrations, by table.
func (s *Store) Schema(ctx context.Context) (map[string][]string, error) {
	query := `SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE 'goose_%' ORDER BY c.cid`
	if s.engine.dialect == goose.DialectPostgres {
		query = `SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema() AND table_name NOT LIKE 'goose_%' ORDER BY ordinal_position`
	}
	found, err := s.db.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer found.Close()
	all := map[string][]string{}
	for found.Next() {
		var table, column string
		if err := found.Scan(&table, &column); err != nil {
			return nil, err
		}
		all[table] = append(all[table], column)
	}
	return all, found.Err()
}
