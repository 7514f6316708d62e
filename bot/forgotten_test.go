package main

import (
	"bytes"
	"database/sql"
	"encoding/base64"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"liaison/adapters/discord/fakediscord"
	"liaison/adapters/slack/fakeslack"
	"liaison/bot/store/storetest"
)

// planted is in every word that the person of this story gives Liaison, and in nothing else.
const planted = "zqcanary"

// TestAForgottenPersonIsGoneEverywhere has somebody put a word of their own into every field that a person
// can fill, under two linked accounts; has them forgotten; and looks for it in everything that is left: the
// database, the bytes of its files while the server still runs, the index, the log at its most talkative,
// and all that Slack and Discord are sent from then on.
func TestAForgottenPersonIsGoneEverywhere(t *testing.T) {
	t.Parallel()
	t.Run("SQLite, by themselves", func(t *testing.T) {
		t.Parallel() // it mostly waits, as Slack takes a message a second
		s := newServed(t)
		backup := s.live("")
		s.discord.Say(fakediscord.Said{Who: planted, Text: "forget me"})
		s.readsInDiscord(planted, "I have erased everything")
		s.isGone("")
		s.restore(backup)
		s.isGone("")
		s.stop()
		if !strings.Contains(s.log.String(), "they are erased again") {
			t.Error("the log does not say that a backup was purged")
		}
	})
	t.Run("PostgreSQL, by an admin, where records are kept", func(t *testing.T) {
		t.Parallel()
		s := newServed(t)
		address := storetest.Postgres(t)
		s.env = append(s.env, "DATABASE_URL="+address, "LIAISON_KEY="+base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{5}, 32)), "RECORDS=us-federal")
		s.live(address)
		if said := s.command("forget", "--person", "slack:T00000002/UZQ2"); !strings.Contains(said, "A sealed copy waits") || !strings.Contains(said, "sent about them in the last 30 days") {
			t.Errorf("the admin reads %q", said)
		}
		s.isGone(address)
		s.exportRecords(address)
		s.isGone(address)
		s.stop()
	})
}

// live is the person's life with Liaison. It returns a backup of the database, where that is a file.
func (s *served) live(address string) (backup []byte) {
	t := s.t
	s.env = append(s.env, "LOG_LEVEL=debug")
	s.AddPerson(usds, fakeslack.Person{ID: "UZQ2", Name: "Zqcanary Example"})
	s.start()
	said := s.tellSlack(usds, "UZQ2", "where does the zqcanaryone sleep?", "")
	s.wait("a question is answered", func() bool { return len(s.inSlack(usds, "UZQ2")) > 0 })
	s.Edit(usds, fakeslack.DirectID("UZQ2"), said.TS, "where does the zqcanarytwo sleep?")
	s.tellSlack(usds, "UZQ2", "define zqcanarythree", "")
	s.tellSlack(usds, "UZQ2", "compare zqcanaryfour", "")
	s.tellSlack(usds, "UZQ2", "who zqcanaryfive", "")
	for _, profile := range []struct{ text, answer string }{
		{"profile knows hosting of zqcanarysix", "zqcanarysix"}, {"profile hours " + alwaysAtWork, alwaysAtWork}, {"profile reach public", "everyone"}, {"profile list", "You can be found now"},
	} {
		s.tellSlack(usds, "UZQ2", profile.text, "")
		s.readsInSlack(usds, "UZQ2", profile.answer)
	}
	s.tellSlack(usds, "UZQ2", "link", "")
	code := regexp.MustCompile(`link ([A-Z2-7]{4}-[A-Z2-7]{4})`).FindStringSubmatch(s.readsInSlack(usds, "UZQ2", "Your code is").Show().Text)
	s.discord.Say(fakediscord.Said{Who: planted, Text: "link " + code[1]})
	s.readsInDiscord(planted, "this account and")
	s.readsInSlack(usds, "UZQ2", "was linked with")
	s.discord.Say(fakediscord.Said{Who: planted, Text: "is there a zqcanaryseven?"})
	s.wait("Discord is answered", func() bool { return len(s.inDiscord(planted)) > 1 })

	s.listInSlack(gds, "U1")
	s.tellSlack(gds, "U1", "who hosting", "")
	s.readsInSlack(gds, "U1", "zqcanarysix")
	s.tellSlack(usds, "UZQ2", "introduce me to Ada about zqcanaryeight", "")
	s.press("UZQ2", s.readsInSlack(usds, "UZQ2", "zqcanaryeight"), "Ask them")
	s.press("U1", s.readsInSlack(gds, "U1", "would like to talk"), "Yes, introduce us")
	here, there := s.readsInSlack(gds, "U1", "you are connected"), s.readsInSlack(usds, "UZQ2", "you are connected")
	said = s.tellSlack(usds, "UZQ2", "zqcanarynine words of mine", there.TS)
	s.readsInSlack(gds, "U1", "zqcanarynine")
	s.Edit(usds, fakeslack.DirectID("UZQ2"), said.TS, "zqcanaryten, in better words")
	s.readsInSlack(gds, "U1", "zqcanaryten")
	s.tellSlack(gds, "U1", "words of Ada", here.TS)
	s.readsInSlack(usds, "UZQ2", "words of Ada")
	s.listInDiscord("joan")
	s.tellSlack(usds, "UZQ2", "introduce me to joan about zqcanaryeleven", "")
	s.press("UZQ2", s.readsInSlack(usds, "UZQ2", "zqcanaryeleven"), "Ask them")
	s.readsInDiscord("joan", "zqcanaryeleven")
	s.OpenHome(gds, "U1", "home")
	s.wait("Ada's Home tab names them", func() bool {
		view, ok := s.Home(gds, "U1")
		return ok && strings.Contains(view.Show().Text, "Zqcanary")
	})

	exported := s.command("export", "--person", "discord:"+s.discord.User(planted))
	for _, word := range []string{"two", "three", "four", "five", "six", "seven", "eight", "ten", " Example"} {
		if !strings.Contains(strings.ToLower(exported), planted+strings.ToLower(word)) {
			t.Errorf("the export lacks %q:\n%s", planted+word, exported)
		}
	}
	if strings.Contains(exported, "words of Ada") {
		t.Error("the export has the other person's words")
	}
	if address != "" {
		return nil
	}
	file := filepath.Join(s.dir, "backup")
	defer os.Remove(file)
	db, err := sql.Open("sqlite", filepath.Join(s.dir, "data", "liaison.db"))
	if err == nil {
		_, err = db.ExecContext(t.Context(), "VACUUM INTO $1", file)
		db.Close()
	}
	if err == nil {
		backup, err = os.ReadFile(file)
	}
	if err != nil || !bytes.Contains(bytes.ToLower(backup), []byte(planted)) {
		t.Fatalf("the test is wrong: the backup does not hold the words: %v", err)
	}
	return backup
}

// isGone looks everywhere.
func (s *served) isGone(address string) {
	t := s.t
	t.Helper()
	s.wait("what was passed on is taken back", func() bool {
		return !slices.ContainsFunc(s.inSlack(gds, "U1"), func(m fakeslack.Message) bool { return strings.Contains(m.Show().Text, "zqcanaryten") })
	})
	s.readsInSlack(gds, "U1", "The other has closed the conversation")
	s.wait("cards of introductions name nobody", func() bool {
		for _, m := range s.inSlack(gds, "U1") {
			text := m.Show().Text
			for _, of := range []string{"would like to talk", "are connected", "has closed"} {
				if strings.Contains(text, of) && strings.Contains(strings.ToLower(text), planted) {
					return false
				}
			}
		}
		return !slices.ContainsFunc(s.inDiscord("joan"), func(m fakediscord.Message) bool { return strings.Contains(strings.ToLower(m.Content), planted) })
	})
	calls := len(s.Calls())
	s.discord.ForgetExchanges()
	for _, text := range []string{"who hosting", "export me", "introduce me to Example about lunch", "where is hosting decided?", "and in the UK?", "profile"} {
		before := len(s.inSlack(gds, "U1"))
		s.tellSlack(gds, "U1", text, "")
		s.wait(text+" is answered", func() bool { return len(s.inSlack(gds, "U1")) > before })
	}
	s.OpenHome(gds, "U1", "home")
	s.wait("Ada's Home tab names nobody", func() bool {
		view, ok := s.Home(gds, "U1")
		return ok && !strings.Contains(strings.ToLower(view.Show().Text), planted)
	})
	holds := func(where, text string) {
		t.Helper()
		for _, word := range []string{planted, "t00000002/uzq2", "discord:" + s.discord.User(planted)} {
			if at := strings.Index(strings.ToLower(text), word); at >= 0 {
				t.Errorf("%s holds %q: %q", where, word, text[max(0, at-100):min(len(text), at+60)])
			}
		}
	}
	for _, call := range s.Calls()[calls:] {
		if call.Method != "users.info" && call.Method != "conversations.open" {
			holds("what Slack was sent ("+call.Method+")", call.Body)
		}
	}
	for _, x := range s.discord.Exchanges() {
		if x.Method != http.MethodGet {
			holds("what Discord was sent", string(x.Body))
		}
	}
	holds("the log", strings.ReplaceAll(s.log.String(), "slack/T00000002", "")) // the rooms of events, by which a fault is found
	s.lookInTables(address, holds)
	s.lookInFiles(holds)
	if left := s.command("export", "--person", "slack:T00000002/UZQ2"); strings.TrimSpace(left) != "{}" {
		t.Errorf("still held:\n%s", left)
	}
}

// lookInFiles reads every file of the data folder: the state, its log, the index.
func (s *served) lookInFiles(holds func(where, text string)) {
	files := 0
	err := filepath.WalkDir(filepath.Join(s.dir, "data"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		files++
		holds(path, string(data))
		return err
	})
	if err != nil || files < 5 {
		s.t.Errorf("%d files were read, %v", files, err)
	}
}

// lookInTables reads every row of every table.
func (s *served) lookInTables(address string, holds func(where, text string)) {
	tables, row := `SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()`, `SELECT CAST(x AS TEXT) FROM %[1]s x`
	engine := "pgx"
	if address == "" {
		engine, address = "sqlite", "file:"+filepath.Join(s.dir, "data", "liaison.db")+"?mode=ro"
		tables = `SELECT name FROM sqlite_master WHERE type = 'table'`
		row = `SELECT CAST(concat_ws(' ', %[2]s) AS TEXT) FROM %[1]s`
	}
	db, err := sql.Open(engine, address)
	if err != nil {
		s.t.Fatal(err)
	}
	defer db.Close()
	all := texts(s.t, db, tables)
	for _, table := range all {
		columns := ""
		if engine == "sqlite" {
			columns = strings.Join(texts(s.t, db, `SELECT name FROM pragma_table_info('`+table+`')`), ", ")
		}
		for _, text := range texts(s.t, db, fmt.Sprintf(row, table, columns)) {
			holds("the table "+table, text)
		}
	}
	if len(all) < 15 {
		s.t.Errorf("only the tables %v were read", all)
	}
}

// texts reads one column.
func texts(t tester, db *sql.DB, query string) (all []string) {
	t.Helper()
	found, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer found.Close()
	for found.Next() {
		var text string
		if err := found.Scan(&text); err != nil {
			t.Fatal(err)
		}
		all = append(all, text)
	}
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// restore puts a backup in the place of the database, while no server runs, and starts one.
func (s *served) restore(backup []byte) {
	s.t.Helper()
	s.stop()
	db := filepath.Join(s.dir, "data", "liaison.db")
	for _, path := range []string{db + "-wal", db + "-shm"} {
		if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
			s.t.Fatal(err)
		}
	}
	if err := os.WriteFile(db, backup, 0o600); err != nil {
		s.t.Fatal(err)
	}
	s.start()
}

// exportRecords hands over what was sealed, once.
func (s *served) exportRecords(address string) {
	t := s.t
	t.Helper()
	if said := s.command("records"); !strings.Contains(said, "1 sealed record, ") {
		t.Errorf("before the export: %s", said)
	}
	file := filepath.Join(s.dir, "records.jsonl")
	defer os.Remove(file)
	s.command("records", "--export", file)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"two", "six", "seven", "eight", "ten"} {
		if !strings.Contains(string(text), planted+word) {
			t.Errorf("the exported record lacks %q", planted+word)
		}
	}
	if said := s.command("records"); !strings.Contains(said, "No sealed records wait") {
		t.Errorf("after the export: %s", said)
	}
	db, err := sql.Open("pgx", address)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if done := texts(t, db, "SELECT action || ': ' || outcome FROM audit ORDER BY id"); !slices.ContainsFunc(done, func(line string) bool { return line == "records: 1 record exported, and removed here" }) {
		t.Errorf("what admins did: %s", fmt.Sprint(done))
	}
}
