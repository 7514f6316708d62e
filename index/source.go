package index

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"liaison/knowledge"
)

// Source is what an index is built from: a knowledge folder (see Knowledge), or a judged collection.
type Source interface {
	// Files lists the files that hold documents, by path. What it could not list comes as problems.
	Files(ctx context.Context) ([]File, []knowledge.Problem, error)
	// Read reads one of them. ok is false when it holds no document to index; the problems say why.
	Read(ctx context.Context, file File) (doc knowledge.Document, problems []knowledge.Problem, ok bool, err error)
	Organisations() []knowledge.Organisation
	Terms() []knowledge.Term
	Protected() []string    // words that are never folded, stemmed or mended
	Spellings() [][2]string // the same word in UK and in US spelling
}

// lasting is a Source of parts, any of which may be out of reach for a while.
type lasting interface {
	// Absent returns the sources that could not be listed. A Build keeps what it last read of them, when
	// Settings are as they were then. It is called after Files.
	Absent() []knowledge.Absence
	// Settings returns, by name of source, a digest of what decides who may see its documents, besides them.
	Settings() map[string]string
}

// ErrVanished means that a source went out of reach while it was read.
var ErrVanished = errors.New("a folder of a source came or went while it was being read: reindex again when it is there")

// File is one file that may hold a document.
type File struct {
	Path   string
	Source string // name of the source it belongs to
	Digest string // changes whenever Read would give something else
}

// Knowledge makes a Source of a knowledge folder. It is for one Build.
func Knowledge(base *knowledge.Base) Source { return &folder{base: base} }

// folder is a knowledge folder as a Source.
type folder struct {
	base   *knowledge.Base
	files  map[string]knowledge.File
	absent []knowledge.Absence
}

var _ lasting = (*folder)(nil)

func (f *folder) Files(ctx context.Context) ([]File, []knowledge.Problem, error) {
	listed, problems := f.base.Files(ctx)
	f.files = make(map[string]knowledge.File, len(listed))
	out := make([]File, 0, len(listed))
	for _, file := range listed {
		digest, err := f.base.Digest(file)
		switch {
		case errors.Is(err, knowledge.ErrSkipped): // read once, to learn why; again when the reason changes
			digest = hashBytes([]byte(err.Error()))
		case err != nil:
			return nil, nil, fmt.Errorf("read %s: %w", file.Path, err)
		}
		f.files[file.Path] = file
		out = append(out, File{Path: file.Path, Source: file.Source, Digest: digest})
	}
	if f.absent = f.base.Absent(); f.moved(problems) {
		return nil, nil, ErrVanished
	}
	return out, slices.Concat(problems, f.base.Empty(listed), f.base.Problems), ctx.Err()
}

// moved reports whether other sources are absent than when the files were listed, of which problems tell.
func (f *folder) moved(problems []knowledge.Problem) bool {
	then := slices.DeleteFunc(slices.Clone(problems), func(p knowledge.Problem) bool { return !p.Grave })
	return len(then) != len(f.absent) || slices.ContainsFunc(f.absent, func(a knowledge.Absence) bool { return !slices.Contains(then, a.Problem) })
}

func (f *folder) Absent() []knowledge.Absence { return f.absent }
func (f *folder) Settings() map[string]string { return f.base.Settings() }

func (f *folder) Read(ctx context.Context, file File) (knowledge.Document, []knowledge.Problem, bool, error) {
	doc, problems, err := f.base.Read(ctx, f.files[file.Path])
	if errors.Is(err, knowledge.ErrSkipped) {
		if slices.ContainsFunc(f.base.Absent(), func(a knowledge.Absence) bool { return a.Source == file.Source }) {
			return doc, nil, false, ErrVanished // its folder, not the page, is what cannot be read
		}
		return doc, problems, false, nil
	}
	return doc, problems, err == nil, err
}

func (f *folder) Organisations() []knowledge.Organisation { return f.base.Organisations }
func (f *folder) Terms() []knowledge.Term                 { return f.base.Terms }
func (f *folder) Protected() []string                     { return f.base.Protected }
func (f *folder) Spellings() [][2]string                  { return f.base.Spellings }
