// Command baseline ranks a judged collection (a folder in BEIR form) with Bleve as it comes: its English analyser, one
// field of title and text, a match query; with -model bm25 its scoring of that name. It writes a TREC run, which
// "liaison eval --against" judges by the same questions as Liaison. It is a module of its own, since nothing else of the
// project needs all of Bleve. With -speed it prints instead how long its searches take, so that those of Liaison can be
// told against them on the same machine: machines differ more than the two do.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/blevesearch/bleve/v2"
	_ "github.com/blevesearch/bleve/v2/analysis/lang/en" // the analyser "en"
	"github.com/blevesearch/bleve/v2/index/scorch"
)

const (
	ranked = 100  // documents of each question
	batch  = 1000 // documents written at once
)

func main() {
	model := flag.String("model", "tf-idf", `how Bleve scores: "tf-idf", as it comes, or "bm25"`)
	speed := flag.Bool("speed", false, "print how long a search takes, of ten documents, instead of the run")
	flag.Parse()
	log.SetFlags(0)
	if flag.NArg() != 1 {
		log.Fatal("usage: baseline [-model bm25] [-speed] DIR >FILE, where DIR holds corpus.jsonl and queries.jsonl")
	}
	do := rank
	if *speed {
		do = timed
	}
	if err := do(flag.Arg(0), *model, os.Stdout); err != nil {
		log.Fatal(err)
	}
}

// rounds is how often every question is asked when searches are timed; those of the first are not counted.
const rounds = 13

// timed prints the median of searches of the questions of a collection one after another, and the time that 99 of 100 take.
func timed(dir, model string, to io.Writer) error {
	folder, err := os.MkdirTemp("", "baseline")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	index, err := read(filepath.Join(dir, "corpus.jsonl"), model, filepath.Join(folder, "index"))
	if err != nil {
		return err
	}
	defer index.Close()
	var took []time.Duration
	for round := range rounds {
		err := each(filepath.Join(dir, "queries.jsonl"), func(q entry) error {
			query := bleve.NewMatchQuery(q.Text)
			query.SetField("text")
			before := time.Now()
			_, err := index.Search(bleve.NewSearchRequestOptions(query, 10, 0, false))
			if round > 0 {
				took = append(took, time.Since(before))
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	if len(took) == 0 {
		return fmt.Errorf("%s holds no questions", dir)
	}
	slices.Sort(took)
	_, err = fmt.Fprintf(to, "Bleve's match query, %s: p50 %.3f ms, p99 %.3f ms\n", model, took[len(took)/2].Seconds()*1000, took[len(took)*99/100].Seconds()*1000)
	return err
}

// entry is a document or a question of a collection.
type entry struct {
	ID       string `json:"_id"`
	Title    string `json:"title"`
	Text     string `json:"text"`
	Scenario string `json:"scenario"` // asked with the question, as Liaison is
}

// rank writes the run of a collection.
func rank(dir, model string, to io.Writer) error {
	index, err := read(filepath.Join(dir, "corpus.jsonl"), model, "")
	if err != nil {
		return err
	}
	out := bufio.NewWriter(to)
	err = each(filepath.Join(dir, "queries.jsonl"), func(q entry) error {
		query := bleve.NewMatchQuery(strings.TrimSpace(q.Text + " " + q.Scenario))
		query.SetField("text")
		request := bleve.NewSearchRequestOptions(query, ranked, 0, false)
		request.SortBy([]string{"-_score", "_id"}) // equals come in another order each time otherwise
		found, err := index.Search(request)
		if err != nil {
			return err
		}
		for i, hit := range found.Hits {
			fmt.Fprintf(out, "%s Q0 %s %d %g bleve-%s\n", q.ID, hit.ID, i+1, hit.Score, model)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return out.Flush()
}

// read indexes the documents in a folder, or in memory when that is "".
func read(path, model, folder string) (bleve.Index, error) {
	mapping := bleve.NewIndexMapping()
	mapping.DefaultAnalyzer = "en"
	if model == "bm25" {
		mapping.ScoringModel = model
	}
	index, err := bleve.NewUsing(folder, mapping, scorch.Name, scorch.Name, nil)
	if err != nil {
		return nil, err
	}
	pending := index.NewBatch()
	err = each(path, func(d entry) error {
		if err := pending.Index(d.ID, map[string]string{"text": d.Title + "\n" + d.Text}); err != nil || pending.Size() < batch {
			return err
		}
		defer pending.Reset()
		return index.Batch(pending)
	})
	if err != nil {
		return nil, err
	}
	return index, index.Batch(pending)
}

// each reads the entries of a file, one a line.
func each(path string, do func(entry) error) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	for decoder := json.NewDecoder(file); decoder.More(); {
		var e entry
		if err := decoder.Decode(&e); err != nil {
			return fmt.Errorf("read %s: %w", path, err)
		}
		if err := do(e); err != nil {
			return err
		}
	}
	return nil
}
