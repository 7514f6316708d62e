package store_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"liaison/bot/access"
	"liaison/bot/inbox"
	"liaison/bot/intro"
	"liaison/bot/profile"
	"liaison/bot/records"
	"liaison/bot/store"
	"liaison/bot/store/storetest"
)

// The one person of these tests, who is in every table.
const (
	canary       = "slack:TCANARY/UCANARY"
	canaryPerson = "personcanary"
)

func TestEveryTableAndColumnIsDeclared(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		schema, err := s.Schema(t.Context())
		if err != nil || len(schema) < 10 {
			t.Fatal(len(schema), err)
		}
		for _, h := range store.Holdings() {
			declared := slices.Sorted(slices.Values(slices.Concat(h.Words, h.Who, h.Person, h.Hashed, h.Plain)))
			has := slices.Sorted(slices.Values(schema[h.Table]))
			if !slices.Equal(declared, has) {
				t.Errorf("the table %s has the columns %v, and holdings.go declares %v: say of each what it holds", h.Table, has, declared)
			}
			if len(h.Words)+len(h.Who)+len(h.Person) > 0 && !h.Shown {
				t.Errorf("the table %s holds what is a person's, and an export does not hand it over", h.Table)
			}
			delete(schema, h.Table)
		}
		for table := range schema {
			t.Errorf("the table %s is not declared in holdings.go: say what it holds, who is handed it, and when it goes", table)
		}
	})
}

// sidesOf is what both sides of an introduction are, with a name and a consent of one that stand nowhere else.
func sidesOf(side intro.Side) string {
	var parties [2]intro.Party
	parties[side] = intro.Party{Account: canary, Name: "word-introductions-name", Organisation: "word-introductions-organisation", Yes: true, Consent: "word-introductions-consent"}
	parties[side.Other()] = intro.Party{Account: "slack:T9/U9", Name: "Grace"}
	text, _ := json.Marshal(parties)
	return string(text)
}

// special are values that rows need to be what they are, by table and column. All other words are a word of
// the table's and column's own, all accounts the canary's, all times noon, and all other numbers 0.
var special = map[string]any{
	"exchanges.audience": "{}", "exchanges.command": "ask", "events.state": "done", "events.ref": "{}", "outbox.ref": "{}", "outbox.state": "sent",
	"introductions.state": "closed", "introductions.stopping": "", "introductions.times": "", "introductions.sides": sidesOf(intro.Asker), "introductions.helper": "other",
	"introductions.id": "intro1", "relayed.introduction": "intro1", "outbox.subject": "intro1",
	"persons.reach": "public", "events.also_id": nil,
}

var times = []string{"at", "due", "until", "asked_at", "agreed_at", "answered_at", "ended_at", "listed_at", "said", "slot", "week"}

// fill puts one row of the canary's into every table, written at noon, and a second introduction in which
// they were the one who was asked. It returns the words that stand nowhere else.
func fill(t *testing.T, s *store.Store) (words []string) {
	t.Helper()
	numbers := numberColumns(t, s)
	for _, h := range store.Holdings() {
		row := map[string]any{}
		for _, column := range slices.Concat(h.Words, h.Who, h.Person, h.Hashed, h.Plain) {
			name := h.Table + "." + column
			value, isSpecial := special[name]
			switch {
			case isSpecial:
			case slices.Contains(times, column):
				value = noon.UnixMilli()
			case numbers[name]:
				value = 0
			case slices.Contains(h.Who, column):
				value = canary
			case slices.Contains(h.Person, column):
				value = canaryPerson
			case slices.Contains(h.Words, column):
				value = "word-" + h.Table + "-" + column
				words = append(words, fmt.Sprint(value))
			default:
				value = "plain"
			}
			row[column] = value
		}
		insert(t, s, h.Table, row)
		if h.Table == "introductions" {
			row["id"], row["asker"], row["helper"], row["sides"] = "intro2", "other", canaryPerson, sidesOf(intro.Helper)
			insert(t, s, h.Table, row)
		}
	}
	insert(t, s, "relayed", map[string]any{
		"source": "second", "introduction": "intro2", "side": 1, "text": "word-relayed-second", "files": "", "said": 1, "gone": 0, "told": 1, "at": noon.UnixMilli(),
	})
	return append(words, "word-introductions-name", "word-introductions-organisation", "word-introductions-consent", "word-relayed-second")
}

// numberColumns are those that hold numbers, as "table.column".
func numberColumns(t *testing.T, s *store.Store) map[string]bool {
	t.Helper()
	schema, err := s.Schema(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]bool{}
	for table := range schema {
		each(t, s, table+" LIMIT 0", func(found *sql.Rows) {
			types, err := found.ColumnTypes()
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range types {
				all[table+"."+c.Name()] = strings.Contains(c.DatabaseTypeName(), "INT")
			}
		}, nil)
	}
	return all
}

// each reads a table: whole is called once, row for every row; either may be nil.
func each(t *testing.T, s *store.Store, table string, whole, row func(*sql.Rows)) {
	t.Helper()
	found, err := s.DB().QueryContext(t.Context(), "SELECT * FROM "+table)
	if err != nil {
		t.Fatal(err)
	}
	defer found.Close()
	if whole != nil {
		whole(found)
	}
	for found.Next() {
		row(found)
	}
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
}

func insert(t *testing.T, s *store.Store, table string, row map[string]any) {
	t.Helper()
	columns := slices.Sorted(maps.Keys(row))
	var args []any
	var places []string
	for i, column := range columns {
		args = append(args, row[column])
		places = append(places, fmt.Sprint("$", i+1))
	}
	_, err := s.DB().ExecContext(t.Context(), "INSERT INTO "+table+" ("+strings.Join(columns, ", ")+") VALUES ("+strings.Join(places, ", ")+") ON CONFLICT DO NOTHING", args...)
	if err != nil {
		t.Fatalf("fill %s: %v", table, err)
	}
}

// dump is all that stands in the database, a line a row.
func dump(t *testing.T, s *store.Store) string {
	t.Helper()
	schema, err := s.Schema(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for _, table := range slices.Sorted(maps.Keys(schema)) {
		each(t, s, table, nil, func(found *sql.Rows) {
			values := make([]any, len(schema[table]))
			for i := range values {
				values[i] = new([]byte)
			}
			if err := found.Scan(values...); err != nil {
				t.Fatal(err)
			}
			out.WriteString(table)
			for _, v := range values {
				out.WriteString("\t" + string(*v.(*[]byte)))
			}
			out.WriteString("\n")
		})
	}
	return out.String()
}

// erasing makes a store erase in a mode, with a ledger in the file that it returns.
func erasing(t *testing.T, s *store.Store, mode records.Mode, now func() time.Time) (ledger string) {
	t.Helper()
	sealer, err := inbox.NewSealer(bytes.Repeat([]byte{7}, inbox.KeyBytes))
	if err != nil {
		t.Fatal(err)
	}
	ledger = filepath.Join(t.TempDir(), "forgotten")
	s.Erase(store.Erasing{Mode: mode, Sealer: sealer, Ledger: ledger, Now: now})
	return ledger
}

// TestEveryWordOfAPersonIsHandedOverAndErased is for every table and column there is, in all modes. Who adds
// a table must say in holdings.go which of its columns hold what is a person's; this test then fails until
// an export hands it over and an erasure erases it.
func TestEveryWordOfAPersonIsHandedOverAndErased(t *testing.T) {
	for _, mode := range records.Modes() {
		t.Run(mode, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				erasing(t, s, records.Mode(mode), func() time.Time { return noon.Add(time.Hour) })
				testEveryWordIsHandedOverAndErased(t, s, records.Mode(mode), func(ctx context.Context) error {
					_, err := s.ForgetAccount(ctx, canary, "event")
					return err
				})
			})
		})
	}
}

// TestARemovedWorkspaceIsErasedAsItsPeopleAre does the same by the removal of the workspace that the person is
// in, and holds the ledger to it as well.
func TestARemovedWorkspaceIsErasedAsItsPeopleAre(t *testing.T) {
	for _, mode := range records.Modes() {
		t.Run(mode, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				ledger := erasing(t, s, records.Mode(mode), func() time.Time { return noon.Add(time.Hour) })
				testEveryWordIsHandedOverAndErased(t, s, records.Mode(mode), func(ctx context.Context) error {
					return s.ForgetWorkspace(ctx, "slack", "TCANARY", "event")
				})
				if text, err := os.ReadFile(ledger); err != nil || !strings.Contains(string(text), fmt.Sprint(" ", noon.Add(time.Hour).UnixMilli())) {
					t.Errorf("the ledger holds %q, %v", text, err)
				}
				fill(t, s)
				if purged, err := s.PurgeAgain(t.Context()); purged != 1 || err != nil {
					t.Errorf("of a restored backup %d accounts are purged, %v", purged, err)
				}
			})
		})
	}
}

// TestWhoIsElsewhereTooStays removes one workspace of somebody who is linked with another: what stays is not sealed.
func TestWhoIsElsewhereTooStays(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		erasing(t, s, records.Federal, func() time.Time { return noon.Add(time.Hour) })
		fill(t, s)
		if _, err := s.DB().ExecContext(ctx, "DELETE FROM records"); err != nil {
			t.Fatal(err)
		}
		insert(t, s, "accounts", map[string]any{"account": "discord:1", "person": canaryPerson, "name": "There", "organisation": "", "zone": "", "at": noon.UnixMilli()})
		if err := s.ForgetWorkspace(ctx, "slack", "TCANARY", "event"); err != nil {
			t.Fatal(err)
		}
		all, err := s.OpenRecords(ctx)
		if err != nil || len(all) != 1 {
			t.Fatalf("%d sealed records, %v", len(all), err)
		}
		for word, sealed := range map[string]bool{"word-exchanges-question": true, "word-relayed-text": false, "word-persons-knows": false} {
			if strings.Contains(string(all[0].Text), word) != sealed {
				t.Errorf("%q in the sealed record: %v", word, !sealed)
			}
			if strings.Contains(dump(t, s), word) == sealed {
				t.Errorf("%q in the database: %v", word, sealed)
			}
		}
	})
}

// TestWhatVisitorsAskedIsSealed has somebody of elsewhere ask in a workspace that is removed.
func TestWhatVisitorsAskedIsSealed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		erasing(t, s, records.Federal, func() time.Time { return noon })
		for workspace, question := range map[string]string{"G1": "canary-here", "G2": "canary-there"} {
			x := exchange(workspace, noon)
			x.Platform, x.Workspace, x.Account, x.Question = "discord", workspace, "discord:1", question
			if err := s.KeepExchange(ctx, x); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.ForgetWorkspace(ctx, "discord", "G1", "event"); err != nil {
			t.Fatal(err)
		}
		all, err := s.OpenRecords(ctx)
		if err != nil || len(all) != 1 || !strings.Contains(string(all[0].Text), "canary-here") || strings.Contains(string(all[0].Text), "canary-there") {
			t.Errorf("sealed: %s, %v", all, err)
		}
		if text := dump(t, s); strings.Contains(text, "canary-here") || !strings.Contains(text, "canary-there") {
			t.Errorf("left: %s", text)
		}
	})
}

func testEveryWordIsHandedOverAndErased(t *testing.T, s *store.Store, mode records.Mode, erase func(context.Context) error) {
	ctx := t.Context()
	words := fill(t, s)
	insert(t, s, "outbox", map[string]any{
		"id": "never", "key": "never", "lane": "l", "kind": "word-never-told", "subject": "plain", "part": "", "account": canary, "due": noon.UnixMilli(), "state": "dropped",
		"ref": "{}", "message": "", "tries": 0, "doubt": 0, "fence": 0, "until": 0,
	})
	if _, err := s.DB().ExecContext(ctx, "DELETE FROM records"); err != nil {
		t.Fatal(err)
	}
	before := dump(t, s)
	held, err := s.Held(ctx, canary)
	if err != nil {
		t.Fatal(err)
	}
	exported, _ := json.Marshal(held)
	if strings.Contains(string(exported), "word-never-told") {
		t.Error("the export tells what they were never told, and so what another said")
	}
	for _, word := range words {
		if !strings.Contains(before, word) {
			t.Fatalf("the test is wrong: %q stands nowhere", word)
		}
		if !strings.Contains(string(exported), word) {
			t.Errorf("the export lacks %q", word)
		}
	}
	if err := erase(ctx); err != nil {
		t.Fatal(err)
	}
	after := dump(t, s)
	for line := range strings.Lines(after) {
		for _, word := range append(words, canary, canaryPerson) {
			if strings.Contains(line, word) {
				t.Errorf("after the erasure %q still stands in: %s", word, line)
			}
		}
	}
	all, err := s.OpenRecords(ctx)
	if err != nil || (len(all) == 1) != mode.Seals() {
		t.Fatalf("%d sealed records, %v", len(all), err)
	}
	if !mode.Seals() {
		return
	}
	for _, word := range words {
		if !strings.Contains(string(all[0].Text), word) {
			t.Errorf("the sealed record lacks %q", word)
		}
	}
	if err := s.PurgeRecords(ctx, all); err != nil {
		t.Error(err)
	}
	if n, _, err := s.Records(ctx); n != 0 || err != nil {
		t.Errorf("%d records after their export, %v", n, err)
	}
}

// TestWhatIsOldGoesByItself lets time pass, up to just before each thing has to go, and just after.
func TestWhatIsOldGoesByItself(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		fill(t, s)
		going := map[time.Duration][]string{} // tables, by when the first of them goes
		for _, h := range store.Holdings() {
			if len(h.After) > 0 {
				going[slices.Min(h.After)] = append(going[slices.Min(h.After)], h.Table)
			}
		}
		rows := func(at time.Duration) map[string]string {
			if err := s.Expire(t.Context(), noon.Add(at)); err != nil {
				t.Fatal(err)
			}
			all := map[string]string{}
			for line := range strings.Lines(dump(t, s)) {
				if table, _, _ := strings.Cut(line, "\t"); table != "commits" || strings.Contains(line, "plain") { // others are of this test's own work
					all[table] += line
				}
			}
			return all
		}
		for _, after := range slices.Sorted(maps.Keys(going)) {
			before, then := rows(after-time.Second), rows(after+time.Second)
			for _, table := range going[after] {
				if before[table] == "" || len(then[table]) >= len(before[table]) {
					t.Errorf("%s, kept for %v:\nbefore: %safter: %s", table, after, before[table], then[table])
				}
			}
		}
		if err := s.Expire(t.Context(), noon.Add(5*365*24*time.Hour)); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(dump(t, s)) {
			table, _, _ := strings.Cut(line, "\t")
			if !slices.Contains([]string{"accounts", "persons", "blocks", "records", "counts", "memory", "commits"}, table) {
				t.Errorf("after five years there still is: %s", line)
			}
		}
	})
}

// TestARestoredBackupIsPurgedAgain brings back all rows of somebody who was erased, as a backup does that
// is older than the erasure, and takes the ledger in the database away with it.
func TestARestoredBackupIsPurgedAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx, now := t.Context(), noon.Add(time.Hour)
		erasing(t, s, records.UK, func() time.Time { return now })
		words := fill(t, s)
		if _, err := s.ForgetAccount(ctx, canary, ""); err != nil {
			t.Fatal(err)
		}
		if n, err := s.PurgeAgain(ctx); n != 0 || err != nil {
			t.Errorf("with nothing restored, %d accounts were purged, %v", n, err)
		}
		for _, table := range []string{"ledger", "introductions", "relayed", "events"} {
			if _, err := s.DB().ExecContext(ctx, "DELETE FROM "+table); err != nil {
				t.Fatal(err)
			}
		}
		fill(t, s)
		now = now.Add(time.Hour)
		if n, err := s.PurgeAgain(ctx); n == 0 || err != nil {
			t.Errorf("%d accounts were purged again, %v", n, err)
		}
		after := dump(t, s)
		for _, word := range append(words, canary, canaryPerson) {
			if strings.Contains(after, word) {
				t.Errorf("%q came back for good", word)
			}
		}
		// Who comes back themselves stays.
		back := exchange("back", now)
		back.Account = canary
		if _, err := s.MeetAccount(ctx, profile.Account{ID: canary, Name: "Canary"}, now); err != nil {
			t.Fatal(err)
		}
		if err := s.KeepExchange(ctx, back); err != nil {
			t.Fatal(err)
		}
		if n, err := s.PurgeAgain(ctx); n != 0 || err != nil {
			t.Errorf("%d accounts were purged that were not restored, %v", n, err)
		}
		if asked, err := s.Asked(ctx, canary, 9); len(asked) != 1 || err != nil {
			t.Errorf("of who came back %d questions are left, %v", len(asked), err)
		}
	})
}

// TestTheLedgerNamesNobody reads the file, which is for keeping apart from backups.
func TestTheLedgerNamesNobody(t *testing.T) {
	s := storetest.Open(t, "")
	sealer, _ := inbox.NewSealer(bytes.Repeat([]byte{7}, inbox.KeyBytes))
	file := filepath.Join(t.TempDir(), "forgotten")
	s.Erase(store.Erasing{Sealer: sealer, Ledger: file, Now: func() time.Time { return noon }})
	fill(t, s)
	if _, err := s.ForgetAccount(t.Context(), canary, ""); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil || strings.Contains(string(text), "CANARY") || !strings.Contains(string(text), fmt.Sprint(noon.UnixMilli())) {
		t.Errorf("the ledger says %q, %v", text, err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("its mode is %v, %v", info.Mode(), err)
	}
	other, _ := inbox.NewSealer(bytes.Repeat([]byte{8}, inbox.KeyBytes))
	if sealer.Hash("account", canary) == other.Hash("account", canary) || sealer.Hash("account", canary) == sealer.Hash("record", canary) {
		t.Error("a hash does not depend on the key and on what it is of")
	}
}

// TestErasedBytesLeaveTheFilesAtOnce looks into the files of a running store, with much else in them, where
// words of every length stood on pages of every kind.
func TestErasedBytesLeaveTheFilesAtOnce(t *testing.T) {
	dir := t.TempDir()
	s, err := store.Open(t.Context(), dir, "")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for i := range 600 {
		x := exchange(fmt.Sprint(i), noon.Add(time.Duration(i*i%977)*time.Minute))
		x.Account, x.Message = fmt.Sprint("slack:T1/U", i%7), fmt.Sprint("m", i)
		x.Question, x.Answer = "a question", strings.Repeat("an answer ", i%300)
		if i%7 == 3 {
			x.Account = canary
			x.Question, x.Answer = strings.Repeat("canary-question ", 1+i%40), strings.Repeat("canary-answer ", i%900)
		}
		x.Audience = access.Audience{}
		if err := s.KeepExchange(t.Context(), x); err != nil {
			t.Fatal(err)
		}
	}
	fill(t, s)
	files := func() (all string) {
		for _, name := range []string{"liaison.db", "liaison.db-wal"} {
			data, _ := os.ReadFile(filepath.Join(dir, name))
			all += string(data)
		}
		return all
	}
	if !strings.Contains(files(), "canary-answer") {
		t.Fatal("the test is wrong: the words are in no file")
	}
	if _, err := s.ForgetAccount(t.Context(), canary, ""); err != nil {
		t.Fatal(err)
	}
	left := files()
	for _, word := range []string{"canary", "CANARY", "word-"} {
		if n := strings.Count(left, word); n > 0 {
			at := strings.Index(left, word)
			t.Errorf("%q still stands in the files %d times, first in %q", word, n, left[max(0, at-60):min(len(left), at+60)])
		}
	}
	if asked, err := s.Asked(t.Context(), "slack:T1/U1", 1000); len(asked) == 0 || err != nil {
		t.Errorf("others have %d questions left, %v", len(asked), err)
	}
}
