package society

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/journal"
)

// run is one of an experiment, with what was measured in it.
type run struct {
	study, cell string
	seed        uint64
	unfinished  string // why it does not count
	models      string // that its residents think with, as the study's manifest has them
	values      map[string]value
}

// value is what a measure has in a run.
type value struct {
	metric string // that it is of; measures of items have longer names
	x      float64
}

// journalFile is what makes a folder a run.
const journalFile = "run.db"

// Bounds of what is looked for: STUDY/CELL/SEED/run.db, where a cell's name may
// have a few folders.
const (
	deepest  = 8
	mostRuns = 100_000
)

// bad is an entry of the list of runs that is no use.
type bad struct {
	entry     int
	what, why string
}

// read opens the runs under folders and patterns, each once, in the order of
// their paths within each entry.
func read(ctx context.Context, entries []string) ([]*run, []bad) {
	var (
		out      []*run
		problems []bad
		seen     = map[string]bool{}
	)
	for i, entry := range entries {
		files, err := journals(entry)
		switch {
		case err != nil:
			problems = append(problems, bad{i, "the runs cannot be read", err.Error()})
		case len(files) == 0:
			problems = append(problems, bad{i, fmt.Sprintf("no runs in %q", entry), "nothing matches, or no folder holds a " + journalFile})
		}
		for _, file := range files {
			if seen[file] {
				continue
			}
			seen[file] = true
			r, err := open(ctx, file)
			switch {
			case errors.Is(err, journal.ErrNoRun):
			case err != nil:
				problems = append(problems, bad{i, "a run cannot be read", err.Error()})
			default:
				out = append(out, r)
			}
		}
	}
	return out, problems
}

// journals are the files of runs under what matches a pattern.
func journals(pattern string) ([]string, error) {
	folders, err := filepath.Glob(pattern)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, folder := range folders {
		root := strings.Count(filepath.Clean(folder), string(filepath.Separator))
		err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case d.IsDir() && strings.Count(path, string(filepath.Separator))-root > deepest:
				return fs.SkipDir
			case !d.IsDir() && d.Name() == journalFile:
				if out = append(out, filepath.Clean(path)); len(out) > mostRuns {
					return fmt.Errorf("more than %d runs", mostRuns)
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// open reads one run.
func open(ctx context.Context, file string) (*run, error) {
	book, err := journal.OpenReadOnly(ctx, file)
	if err != nil {
		return nil, err
	}
	defer book.Close()
	meta := book.Meta()
	r := &run{study: meta.Study, cell: meta.Cell, seed: meta.Seed, models: modelsOf(file)}
	status, why, err := book.Status(ctx)
	if err != nil {
		return nil, err
	}
	if status != journal.Done {
		r.unfinished = strings.TrimSuffix(fmt.Sprintf("the run is not done but %s: %s", status, why), ": ")
	}
	var scores []event.Score
	for s, err := range book.Scores(ctx) {
		if err != nil {
			return nil, err
		}
		scores = append(scores, s)
	}
	r.values = valuesOf(scores)
	return r, nil
}

// kind of a score: what it is about. The smaller, the better it stands for the
// run as a whole.
type kind int

const (
	ofRun    kind = iota
	ofAgents      // means over residents
	ofItems       // events and kinds of actions: each a measure of its own
	ofParts       // of groups or ticks: left out
)

func kindOf(s *event.Score) kind {
	switch {
	case s.Group != "" || s.Tick >= 0:
		return ofParts
	case s.Item != "":
		return ofItems
	case s.Agent != "":
		return ofAgents
	}
	return ofRun
}

// propositionSource begins the source of a proposition's verdicts, and claim the
// name of their measure.
const (
	propositionSource = "proposition/"
	claim             = "claim_"
)

// sum adds up values for their mean.
type sum struct {
	metric string
	of     float64
	n      int
	tick   int64 // that they are of
}

// valuesOf are the measures of a run: a metric's score of the run as a whole, or
// the mean over residents, or one for each item; and the last verdicts on each
// proposition.
func valuesOf(scores []event.Score) map[string]value {
	sums := map[kind]map[string]*sum{ofRun: {}, ofAgents: {}, ofItems: {}}
	verdicts := map[string]*sum{}
	for i := range scores {
		s := &scores[i]
		if math.IsNaN(s.Value) || math.IsInf(s.Value, 0) {
			continue
		}
		if id, is := strings.CutPrefix(s.Source, propositionSource); is {
			verdict(verdicts, claim+slug(id), s)
			continue
		}
		k := kindOf(s)
		if k == ofParts || k == ofItems && s.Agent != "" {
			continue
		}
		metric := slug(s.Metric)
		name := metric
		if k == ofItems {
			name += "_" + slug(s.Item)
		}
		add(sums[k], name, metric, s.Value)
	}
	out := map[string]value{}
	for _, from := range []map[string]*sum{verdicts, sums[ofItems], sums[ofAgents], sums[ofRun]} { // later ones weigh more
		for name, x := range from {
			out[name] = value{x.metric, x.of / float64(x.n)}
		}
	}
	return out
}

func add(to map[string]*sum, name, metric string, value float64) {
	if to[name] == nil {
		to[name] = &sum{metric: metric}
	}
	to[name].of += value
	to[name].n++
}

// verdict keeps those of the last tick.
func verdict(to map[string]*sum, name string, s *event.Score) {
	if now := to[name]; now != nil && now.tick > s.Tick {
		return
	} else if now != nil && now.tick < s.Tick {
		delete(to, name)
	}
	add(to, name, name, s.Value)
	to[name].tick = s.Tick
}

// slug makes a name of letters, digits and underscores.
func slug(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return '_'
	}, s)
}

// measuresOf are the measures of runs, with the metrics that they are of.
func measuresOf(runs []*run) map[string]string {
	all := map[string]string{}
	for _, r := range runs {
		for name, v := range r.values {
			all[name] = v.metric
		}
	}
	return all
}

// wanted are the names of the measures that were asked for, by their own names
// or their metrics', in order; all where none is named.
func wanted(all map[string]string, named []string) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if len(named) == 0 || slices.Contains(named, name) || slices.Contains(named, all[name]) {
			out = append(out, name)
		}
	}
	return out
}
