// Package report writes what a study found: report.html, which holds its
// charts and needs no network, report.md and CSV files.
package report

import (
	"context"
	"iter"
	"path/filepath"
	"time"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/eval/report/internal/page"
	"github.com/llm-city/gorod/eval/report/internal/words"
	"github.com/llm-city/gorod/plugins/sdk"
)

// The measures that a study may ask for.
const (
	Activity  = "activity"  // posts, who writes to whom, what feeds show, threads
	Mood      = "mood"      // of residents
	Sentiment = "sentiment" // of messages
	Actions   = "actions"   // by kind, and those refused
	Calls     = "calls"     // of models
	Spread    = "spread"    // of the study's events
)

// Done is the Status of a run that came to its end. Runs with any other are
// shown, but left out of a condition's means where it has runs that are done.
const Done = "done"

// Study is what a report is about. Texts in it are not trusted.
type Study struct {
	Name         string
	Title        string // Name where empty
	Description  string
	Language     string    // ru or en, of the report
	Generated    time.Time // when the report was made
	GorodVersion string
	Providers    []Provider
	Measures     []string // those to show; all where empty
	Runs         []Run    // in the study's order; runs of one cell are one condition
	// Metrics say what the scores of each metric plugin mean, by the Source of
	// the scores.
	Metrics      map[string][]sdk.MetricInfo
	Questions    []Question    // of surveys and interviews, in order
	Propositions []Proposition // in order
}

// Provider is an entry of the study's models.
type Provider struct {
	Entry    string // its name in the study
	Provider string // ollama, openai, reference
	Model    string
	Digest   string // of the model, where the server told it
}

// Run is a cell with a seed.
type Run struct {
	Cell      string
	Values    map[string]any // what the cell sets, by path
	Seed      uint64
	Digest    string // SHA-256 over its events, hexadecimal
	Status    string // Done, interrupted, budget, failed, running, …
	Error     string // why it failed
	Ticks     int64  // committed
	Clock     Clock
	Residents []Resident
	// Events in order; they are read once. Nil where there are none.
	Events    iter.Seq2[event.Event, error]
	Calls     []CallStat
	Incidents []event.Incident
	// What was learned about the run from outside; each is read once, nil where
	// there is nothing.
	Answers  iter.Seq2[event.Answer, error]
	Scores   iter.Seq2[event.Score, error] // by source
	Extracts iter.Seq2[event.Extract, error]
	Goal     bool // a town's: it can be told whether it was reached
}

// Clock is a run's simulated time.
type Clock struct {
	Start time.Time
	Step  time.Duration
	Ticks int64 // planned
}

// Resident is one who lives in a run.
type Resident struct{ ID, Name, Group string }

// CallStat adds up the model calls of a run for one model, purpose and tick.
type CallStat struct {
	Model        string
	Purpose      string
	Tick         int64
	Calls        int64 // answered
	PromptTokens int64
	ReplyTokens  int64
	Latency      time.Duration // sum
}

// Files are the paths that Write wrote.
type Files struct {
	HTML     string
	Markdown string
	Data     []string
}

// Write writes the report of a study into dir/report, where dir is the study's
// run directory. Each file is replaced whole or not at all.
func Write(ctx context.Context, dir string, in Study) (Files, error) {
	s, err := newStudy(ctx, in)
	if err != nil {
		return Files{}, err
	}
	doc := s.document(dir)
	html, err := doc.HTML()
	if err != nil {
		return Files{}, err
	}
	out := page.Folder{Path: filepath.Join(dir, "report")}
	files := Files{
		HTML:     out.Write("report.html", html),
		Markdown: out.Write("report.md", doc.Markdown()),
	}
	for _, t := range s.dataTables() {
		files.Data = append(files.Data, out.Write(filepath.Join("data", t.name+".csv"), t.csv()))
	}
	if out.Err != nil {
		return Files{}, out.Err
	}
	return files, nil
}

func languageOf(in Study) words.Language { return words.Language(in.Language) }
