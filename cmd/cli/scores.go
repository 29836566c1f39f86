package cli

import (
	"context"
	"math"
	"strconv"
	"strings"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/text"
)

// printScores prints what metrics measured and how propositions were judged.
func (t *transcript) printScores(ctx context.Context, book *journal.Journal) error {
	const most = 120 // characters of a justification
	n, table := 0, newTable("source", "metric", "about", "time", "value", "n", "why")
	for s, err := range book.Scores(ctx) {
		if err != nil {
			return err
		}
		if !t.chosen(s.Agent, s.Tick) {
			continue
		}
		n++
		if t.json {
			t.printScore(s)
			continue
		}
		when := ""
		if s.Tick != sdk.NoTick {
			when = t.at(s.Tick)
		}
		table.row(flat(s.Source), flat(s.Metric), t.about(s), when, value(s.Value), strconv.Itoa(s.N), text.Cut(flat(s.Detail), most))
	}
	if n > 0 && !t.json {
		table.write(t.Stdout)
	}
	t.none(n, "scores")
	return nil
}

// printScore prints a score as JSON. About no tick in particular, it is null.
func (t *transcript) printScore(s event.Score) {
	line := struct {
		Cell string `json:"cell"`
		Seed uint64 `json:"seed"`
		event.Score
		Tick *int64 `json:"tick"`
		Name string `json:"name,omitempty"`
	}{Cell: t.run.Cell.Name, Seed: t.run.Seed, Score: s, Name: t.names[s.Agent]}
	if s.Tick != sdk.NoTick {
		line.Tick = &s.Tick
	}
	t.printJSON(line)
}

func (t *transcript) about(s event.Score) string {
	var about []string
	if s.Agent != "" {
		about = append(about, flat(t.name(s.Agent, s.Agent)))
	}
	for _, part := range []string{s.Group, s.Item} {
		if part != "" {
			about = append(about, flat(part))
		}
	}
	if len(about) == 0 {
		return "the run"
	}
	return strings.Join(about, ", ")
}

// value is a number without digits that nobody reads.
func value(v float64) string {
	const exact = 1e15
	if v == math.Trunc(v) && math.Abs(v) < exact {
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	return strconv.FormatFloat(v, 'g', 4, 64)
}
