package index

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"liaison/bot/access"
)

// prepare reads what to judge by, and says what of it cannot be judged before anything is asked.
func (e *evaluation) prepare(ctx context.Context) error {
	read := e.readQuestions
	if e.Folder != "" {
		read = e.readFolder
	}
	for _, step := range []func() error{read, e.sort, e.readRefused, e.readRight, e.readTurns, e.readBefore} {
		if err := step(); err != nil {
			return err
		}
	}
	if e.Folder != "" {
		if err := e.buildFolder(ctx); err != nil {
			return err
		}
	}
	return e.checkPages(ctx)
}

// file is where the questions are.
func (e *evaluation) file() string {
	if e.Folder != "" {
		return filepath.Join(e.Folder, "queries.jsonl")
	}
	return e.Questions
}

func (e *evaluation) note(format string, values ...any) {
	e.notes = append(e.notes, fmt.Sprintf(format, values...))
}

// sort parts the questions into those that can be judged, those that nothing answers, and others.
func (e *evaluation) sort() error {
	seen := lineOf{}
	var left []judged
	for _, q := range e.queries {
		if err := seen.add(q.id(), q.line); err != nil {
			return fmt.Errorf("%s line %d: %w", e.file(), q.line, err)
		}
		switch {
		case !q.answerable():
			e.refused = append(e.refused, q)
		case len(rightOf(e.qrels[q.id()])) > 0:
			e.asked = append(e.asked, q)
		default:
			left = append(left, q)
		}
	}
	return e.tellLeft(left)
}

// tellLeft says which questions no page is right for: an error when those are all.
func (e *evaluation) tellLeft(left []judged) error {
	if len(e.queries) == 0 {
		return fmt.Errorf("%s holds no questions: write some, or name another file", e.file())
	}
	if len(left) == 0 {
		return nil
	}
	where := `under "relevant"`
	if e.Folder != "" {
		where = "in qrels.tsv, with a grade above 0"
	}
	if len(left) == len(e.queries) {
		return fmt.Errorf("%s: nothing can be judged, as no page is named as right for any of the %d questions, such as %q in line %d: name it %s", e.file(), len(left), left[0].id(), left[0].line, where)
	}
	e.note("%d of %d questions are not judged, as no page is named as right for them (the first is %q, in line %d)", len(left), len(e.queries), left[0].id(), left[0].line)
	return nil
}

// readRefused adds the file of questions that nothing answers.
func (e *evaluation) readRefused() error {
	if e.Unanswerable == "" {
		return nil
	}
	more, err := readJudged(e.Unanswerable)
	if err == nil && len(more) == 0 {
		err = fmt.Errorf("%s holds no questions: write some, or leave it out", e.Unanswerable)
	}
	e.refused = append(e.refused, more...)
	return err
}

// readRight gathers the right sentences, from the answers file or the questions.
func (e *evaluation) readRight() error {
	e.right = map[string]string{}
	asked := map[string]bool{}
	for _, q := range e.asked {
		asked[q.id()] = true
		if q.AnswerQuote != "" {
			e.right[q.id()] = q.AnswerQuote
		}
	}
	if e.Answers == "" {
		return nil
	}
	right, ids, err := readAnswers(e.Answers)
	if err == nil && len(ids) == 0 {
		err = fmt.Errorf("%s holds no right sentences: write some, or leave it out", e.Answers)
	}
	if err != nil {
		return err
	}
	maps.Copy(e.right, right)
	return e.tell(absentOf(ids, asked), e.Answers, "right sentences are of a question that is not asked here", "they are passed over")
}

func (e *evaluation) readTurns() (err error) {
	if e.FollowUps == "" {
		return nil
	}
	e.turns, err = readFollowUps(e.FollowUps)
	if err == nil && len(e.turns) == 0 {
		err = fmt.Errorf("%s holds no turn that follows another one: there is nothing to judge", e.FollowUps)
	}
	return err
}

// readBefore reads the run to compare with, before the new one can take its place.
func (e *evaluation) readBefore() (err error) {
	if e.Against != "" {
		e.before, err = openRun(e.Against)
	}
	return err
}

// checkPages says which pages that are named as right are not there: a collection may be half of another.
func (e *evaluation) checkPages(ctx context.Context) error {
	here, err := e.Index.paths(ctx, e.Audience)
	if err != nil {
		return err
	}
	var named, documents []string
	for _, q := range e.asked {
		named = append(named, rightOf(e.qrels[q.id()])...)
	}
	for _, turn := range e.turns {
		documents = append(documents, turn.doc)
	}
	if err := e.tell(absentOf(named, here), e.judgments(), "judgments name a page that is not here", "it counts as not found"); err != nil {
		return err
	}
	return e.tell(absentOf(documents, here), e.FollowUps, "turns name a document that is not here", "it counts as not found")
}

// judgments is the file that names the right pages.
func (e *evaluation) judgments() string {
	if e.Folder != "" {
		return filepath.Join(e.Folder, "qrels.tsv")
	}
	return e.Questions
}

// paths returns the documents that an audience may see. SECURITY: of no other may it be said that they are here.
func (i *Index) paths(ctx context.Context, who access.Audience) (map[string]bool, error) {
	here := map[string]bool{}
	err := i.eachPart(ctx, who, func(p *partition) {
		for _, d := range p.docs {
			here[d.Document.Path] = true
		}
	})
	return here, err
}

// rightOf returns the documents that are right, in the order of their names.
func rightOf(relevant map[string]float64) []string {
	var out []string
	for _, doc := range slices.Sorted(maps.Keys(relevant)) {
		if relevant[doc] > 0 {
			out = append(out, doc)
		}
	}
	return out
}

// absent counts which of some names are not known, and keeps the first.
type absent struct {
	all, missing int
	first        string
}

func absentOf(names []string, known map[string]bool) absent {
	a := absent{all: len(names)}
	for _, name := range names {
		if known[name] {
			continue
		}
		if a.missing++; a.missing == 1 {
			a.first = name
		}
	}
	return a
}

// tell notes what is absent. That all is, is an error: figures of nothing would look like those of a bad search.
func (e *evaluation) tell(a absent, file, what, so string) error {
	if a.missing == 0 {
		return nil
	}
	said := fmt.Sprintf("%s: %d of %d %s (the first is %q)", file, a.missing, a.all, what, a.first)
	if a.missing == a.all {
		return fmt.Errorf("%s: nothing can be judged; is the file of another collection, or is what it names hidden from this audience?", said)
	}
	e.note("%s: %s", said, so)
	return nil
}
