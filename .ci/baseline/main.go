// Command baseline ranks a judged collection (a folder in BEIR form) with Bleve as it comes: its English analyser, one
// field of title and text, a match query; with -model bm25 its scoring of that name. It writes a TREC run, which
// "liaison eval --against" judges by the same questions as Liaison. It is a module of its own, since nothing else of the
// project needs all of Bleve.
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
	"strings"

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
	flag.Parse()
	log.SetFlags(0)
	if flag.NArg() != 1 {
		log.Fatal("usage: baseline [-model bm25] DIR >FILE, where DIR holds corpus.jsonl and queries.jsonl")
	}
	if err := rank(flag.Arg(0), *model, os.Stdout); err != nil {
		log.Fatal(err)
	}
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
	index, err := read(filepath.Join(dir, "corpus.jsonl"), model)
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

// read indexes the documents in memory.
func read(path, model string) (bleve.Index, error) {
	mapping := bleve.NewIndexMapping()
	mapping.DefaultAnalyzer = "en"
	if model == "bm25" {
		mapping.ScoringModel = model
	}
	index, err := bleve.NewUsing("", mapping, scorch.Name, scorch.Name, nil)
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
