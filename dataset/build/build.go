// Package build makes a dataset of a recipe: it reads the sources twice, cleans
// and parts what they hold, finds duplicates, splits, and writes files. Memory
// does not grow with the sources but for some sixty bytes an example.
package build

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"github.com/llm-city/gorod/dataset/clean/quality"
	"github.com/llm-city/gorod/dataset/dedup"
	"github.com/llm-city/gorod/dataset/dialogue"
	"github.com/llm-city/gorod/dataset/manifest"
	"github.com/llm-city/gorod/dataset/recipe"
	"github.com/llm-city/gorod/dataset/split"
)

// Options say where a dataset goes.
type Options struct {
	Out      string // folder that is made
	Force    bool   // replace what is there, if it is a dataset
	Version  string // of gorod
	Revision string // of its source code
	Workers  int    // 0: one for each processor
	Progress func(Progress)
}

// Progress is how far a build is.
type Progress struct {
	Stage string `json:"stage"`
	Unit  string `json:"unit"` // bytes or examples
	Done  int64  `json:"done"`
	Total int64  `json:"total"`
}

// The stages, as progress and the table of what was left out name them.
const (
	stageCount    = "count"
	stageSelect   = "select"
	stageClean    = "clean"
	stageExamples = "examples"
	stageRepeats  = "repeats"
	stageDedup    = "dedup"
	stageSplit    = "split"
	stageCertify  = "certify"
	stageRetrieve = "retrieve"
	stageWrite    = "write"
)

// ErrExists says that something is there already where a dataset would go.
var ErrExists = errors.New("it is there already")

// ErrEmpty says that of what the sources hold no example is left.
var ErrEmpty = errors.New("no example is left")

// SourceError is a source that cannot be opened.
type SourceError struct {
	Path string
	Err  error
}

// Error names the source.
func (e *SourceError) Error() string { return fmt.Sprintf("open the source %s: %v", e.Path, e.Err) }

// Unwrap returns the cause.
func (e *SourceError) Unwrap() error { return e.Err }

// Run builds a dataset. Nothing is at Options.Out until all of it is.
func Run(ctx context.Context, r *recipe.Recipe, opts Options) (m *manifest.Manifest, err error) {
	if err := free(opts); err != nil {
		return nil, err
	}
	parent := filepath.Dir(filepath.Clean(opts.Out))
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return nil, fmt.Errorf("make room for the dataset: %w", err)
	}
	partial, err := os.MkdirTemp(parent, "."+filepath.Base(opts.Out)+".partial-*")
	if err != nil {
		return nil, fmt.Errorf("make room for the dataset: %w", err)
	}
	defer func() {
		if err != nil {
			os.RemoveAll(partial)
		}
	}()
	b, err := newBuilder(r, opts, partial)
	if err != nil {
		return nil, err
	}
	defer b.close()
	for _, stage := range []func(context.Context) error{b.count, b.compose, b.deduplicate, b.split, b.certify, b.retrieve, b.write, b.describe} {
		if err := stage(ctx); err != nil {
			return nil, err
		}
	}
	b.close()
	return b.manifest, b.publish(partial)
}

// free reports whether the folder may be made.
func free(opts Options) error {
	_, err := os.Stat(opts.Out)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("look at %s: %w", opts.Out, err)
	case !opts.Force:
		return fmt.Errorf("%s: %w: choose another --out, or replace it with --force", opts.Out, ErrExists)
	}
	if _, err := manifest.Read(opts.Out); err != nil {
		return fmt.Errorf("%s: %w, it is no dataset, and it is not replaced: choose another --out", opts.Out, ErrExists)
	}
	return nil
}

// builder is a build under way.
type builder struct {
	recipe   *recipe.Recipe
	opts     Options
	dir      string // that becomes the dataset
	temp     string // for what is needed on the way
	sources  []*source
	census   *census
	people   *people
	examples *examples
	dups     *dedup.Dedup
	manifest *manifest.Manifest
	// certificate is made while the examples are written.
	certificate *split.Certificate
	closed      bool
}

func newBuilder(r *recipe.Recipe, opts Options, dir string) (*builder, error) {
	if opts.Workers <= 0 {
		opts.Workers = runtime.GOMAXPROCS(0)
	}
	if opts.Progress == nil {
		opts.Progress = func(Progress) {}
	}
	b := &builder{recipe: r, opts: opts, dir: dir, temp: filepath.Join(dir, ".temp")}
	b.manifest = &manifest.Manifest{
		Format: manifest.Format, Name: r.Name, Gorod: manifest.Gorod{Version: opts.Version, Revision: opts.Revision},
		PII: map[string]int64{},
	}
	if err := os.Mkdir(b.temp, 0o700); err != nil {
		return nil, fmt.Errorf("make room for the dataset: %w", err)
	}
	examples, err := newExamples(b.temp)
	if err != nil {
		return nil, err
	}
	b.examples = examples
	b.dups, err = dedup.New(b.temp, dedup.Options{Classes: classes(r.Dedup), Workers: opts.Workers})
	if err != nil {
		return nil, errors.Join(err, examples.spool.close())
	}
	return b, nil
}

// classes are what counts as nearly the same, by length.
func classes(d recipe.Dedup) []dedup.Class {
	list := dedup.DefaultClasses()
	list[0].Threshold, list[1].Threshold = min(d.Short, 0.99), min(d.Threshold, 0.99)
	return list
}

// close removes what was needed on the way.
func (b *builder) close() {
	if b.closed {
		return
	}
	b.closed = true
	// What cannot be closed or removed here goes with its folder.
	_ = errors.Join(b.dups.Close(), b.examples.spool.close(), os.RemoveAll(b.temp))
}

func (b *builder) progress(stage, unit string, done, total int64) {
	b.opts.Progress(Progress{stage, unit, done, total})
}

// open opens the sources for one reading.
func (b *builder) open(stage string) error {
	var before, all int64
	sources, err := openSources(b.recipe, func(i int, bytes int64) {
		before = 0
		for _, s := range b.sources[:i] {
			before += s.size
		}
		b.progress(stage, "bytes", before+bytes, all)
	})
	if err != nil {
		return err
	}
	for i, s := range sources {
		all += s.size
		if i < len(b.sources) {
			s.digest, s.first = b.sources[i].digest, &b.sources[i].report
		}
	}
	b.sources = sources
	return nil
}

// count reads the sources for the first time: who is in them, and what they are.
func (b *builder) count(ctx context.Context) error {
	if err := b.open(stageCount); err != nil {
		return err
	}
	b.census = newCensus()
	asked := newSelection(b.census)
	hashed := make(chan error, 1)
	go func() { hashed <- hashAll(ctx, b.sources) }()
	err := readAll(ctx, b.sources, asked)
	if hashErr := <-hashed; err == nil {
		err = hashErr
	}
	if err != nil {
		return err
	}
	if err := asked.missing(b.recipe); err != nil {
		return err
	}
	ledger := &recipe.Ledger{}
	if b.recipe.Participants != "" {
		if ledger, err = recipe.LoadLedger(b.recipe.Participants); err != nil {
			return err
		}
	}
	b.people, err = newPeople(b.census, b.recipe, ledger, mine(b.sources), contacts(b.sources))
	return err
}

// compose reads the sources for the second time and makes examples of them.
func (b *builder) compose(ctx context.Context) error {
	goOn := moved(b.sources)
	if err := b.open(stageExamples); err != nil {
		return err
	}
	cleaner, err := newCleaner(b.recipe, b.people)
	if err != nil {
		return err
	}
	rule := dialogue.StretchRule{Silence: b.recipe.Dialogue.Silence}
	left := newSelection(nil)
	parting := newParting(rule, goOn, func(id string) bool { return b.people.byID[id].dropped }, nil)
	left.into = parting
	total := newMade()
	err = ordered(ctx, b.opts.Workers, func() func([]*dialogue.Stretch) *made { return b.composer(cleaner).batch },
		func(ctx context.Context, job func([]*dialogue.Stretch) error) error {
			parting.hand = job
			if err := readAll(ctx, b.sources, left); err != nil {
				return err
			}
			return parting.end()
		},
		func(m *made) error { total.add(m); return b.keep(m) },
	)
	if err != nil {
		return err
	}
	b.told(left, parting, total)
	return b.examples.seal()
}

// composer is one worker's.
func (b *builder) composer(cleaner *cleaner) *composer {
	d := b.recipe.Dialogue
	c := &composer{census: b.census, people: b.people, cleaner: cleaner, scope: cleaner.redactor.Scope()}
	c.dialogue = dialogue.Composer{
		Burst: dialogue.BurstRule{Gap: d.Burst, Token: d.Token},
		Example: dialogue.ExampleRule{
			Form: dialogue.Form(d.Form), Turns: d.Turns, Runes: d.Chars,
			Target: func(id string) bool { return b.people.byID[id].target },
		},
		Drop: c.dropped,
	}
	if d.Topics.Enabled {
		c.dialogue.Topics = dialogue.NewSegmenter(dialogue.TopicRule{
			Window: d.Topics.Window, MinTurns: d.Topics.MinTurns, Threshold: d.Topics.Threshold,
			Pause: d.Topics.Pause.Seconds(), Terms: cleaner.terms,
		})
	}
	return c
}

// keep takes what a batch made.
func (b *builder) keep(m *made) error {
	at := 0
	for i := range m.examples {
		e := &m.examples[i]
		if err := b.dups.Add(uint32(b.examples.spool.added()), e.exchange); err != nil {
			return err
		}
		if err := b.examples.add(m.records[at:at+e.size], e); err != nil {
			return err
		}
		at += e.size
	}
	return nil
}

// told tells of the first stages.
func (b *builder) told(left *selection, p *parting, total *made) {
	m := b.manifest
	for _, s := range b.sources {
		m.Sources = append(m.Sources, s.described())
		m.Messages += s.report.Messages
	}
	m.From, m.To, m.Sessions = b.census.first, b.census.last, p.lost.stretches
	m.People = b.people.consent
	for kind, n := range total.pii {
		m.PII[string(kind)] = n
	}
	kept := p.lost.read - p.lost.unconsented - p.lost.repeated
	b.stage(stageSelect, "messages", m.Messages, kept, map[string]int64{
		"in chats that the recipe leaves out": left.left, "there before": left.again + p.lost.repeated,
		"of people without consent": p.lost.unconsented,
	})
	cleaned := total.reasons(stageClean)
	cleaned[string(quality.Flood)] = p.lost.floods
	b.stage(stageClean, "messages", kept, total.messages, cleaned)
	b.stage(stageExamples, "turns of targets", total.turns, total.turns-sum(total.reasons(stageExamples)), total.reasons(stageExamples))
}
