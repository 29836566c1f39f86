package runner

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/core/spec"
)

// Listed is a study's run directory as `gorod ls` shows it.
type Listed struct {
	Dir     string    `json:"dir"`
	Created time.Time `json:"created"`
	Gorod   string    `json:"gorod"`
	Runs    int       `json:"runs"` // that have begun
	Size    int64     `json:"bytes"`
}

// List finds the run directories under root, the newest first. The error tells
// of those that cannot be read; the list is good all the same.
func List(root string) ([]Listed, error) {
	found, err := os.ReadDir(root)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("list runs: %w", err)
	}
	var out []Listed
	var problems []error
	for _, e := range found {
		dir := filepath.Join(root, e.Name())
		if _, err := os.Stat(filepath.Join(dir, ManifestFile)); err != nil {
			continue
		}
		m, err := ReadManifest(dir)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		listed := Listed{Dir: dir, Created: m.Created, Gorod: m.Gorod}
		if listed.Runs, listed.Size, err = measure(dir); err != nil {
			problems = append(problems, err)
		}
		out = append(out, listed)
	}
	sortNewestFirst(out)
	return out, errors.Join(problems...)
}

// measure counts a study's runs that have begun, and its bytes.
func measure(dir string) (runs int, size int64, err error) {
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if d.Name() == JournalFile {
			runs++
		}
		info, err := d.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil // a temporary file of a run under way
		}
		if err == nil {
			size += info.Size()
		}
		return err
	})
	if err != nil {
		err = fmt.Errorf("look into %s: %w", dir, err)
	}
	return runs, size, err
}

// Standing says how every run of a study stands, without running anything.
func Standing(ctx context.Context, study *spec.Study, dir string) ([]Result, error) {
	runs, err := Plan(study, dir)
	if err != nil {
		return nil, err
	}
	results := make([]Result, len(runs))
	for i, p := range runs {
		if results[i], err = StandingOf(ctx, p); err != nil {
			return nil, err
		}
	}
	return results, nil
}

// StandingOf says how one run stands.
func StandingOf(ctx context.Context, p Planned) (Result, error) {
	r := Result{Cell: p.Cell.Name, Seed: p.Seed, Dir: p.Dir, Status: "not begun"}
	path := filepath.Join(p.Dir, JournalFile)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return r, nil
	}
	book, err := journal.OpenReadOnly(ctx, path)
	if errors.Is(err, journal.ErrNoRun) {
		return r, nil
	}
	if err != nil {
		return r, err
	}
	defer book.Close() // read only: nothing to lose
	if r.Status, r.Error, err = book.Status(ctx); err != nil {
		return r, err
	}
	last, started, err := book.Last(ctx)
	if err != nil || !started {
		return r, err
	}
	outcome, err := standing(last, p.Cell.Study.Clock)
	r.Ticks, r.Digest = outcome.Tick+1, outcome.Digest
	return r, err
}

func sortNewestFirst(l []Listed) {
	slices.SortFunc(l, func(a, b Listed) int {
		return cmp.Or(b.Created.Compare(a.Created), cmp.Compare(b.Dir, a.Dir))
	})
}
