package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/core/spec"
)

// printAnswers prints what residents answered to surveys and interviews.
func (t *transcript) printAnswers(ctx context.Context, book *journal.Journal) error {
	if known := inquiries(t.run.Cell.Study); t.opts.survey != "" && !slices.Contains(known, t.opts.survey) && !event.IsControlID(t.opts.survey) {
		return usagef("no survey or interview %q in this study; there are: %s", t.opts.survey, strings.Join(known, ", "))
	}
	n := 0
	for a, err := range book.Answers(ctx) {
		if err != nil {
			return err
		}
		if !t.chosen(a.Agent, a.Tick) || t.opts.survey != "" && t.opts.survey != a.Survey {
			continue
		}
		n++
		if t.json {
			t.printJSON(struct {
				Cell string `json:"cell"`
				Seed uint64 `json:"seed"`
				event.Answer
				Name string `json:"name"`
			}{t.run.Cell.Name, t.run.Seed, a, t.names[a.Agent]})
			continue
		}
		fmt.Fprintf(t.Stdout, "%s  %s/%s %s: %s\n", t.at(a.Tick), flat(a.Survey), flat(a.Question), flat(t.name(a.Agent, a.Agent)), answered(a))
	}
	t.none(n, "answers")
	return nil
}

func inquiries(study *spec.Study) (ids []string) {
	for _, s := range study.Surveys {
		ids = append(ids, s.ID)
	}
	for _, i := range study.Interviews {
		ids = append(ids, i.ID)
	}
	return ids
}

// answered is an answer in a line.
func answered(a event.Answer) string {
	var said []string
	switch {
	case a.Missing != "":
		return "no answer (" + flat(a.Missing) + ")"
	case a.Number != nil:
		said = append(said, value(*a.Number))
	case len(a.Options) > 0:
		said = append(said, flat(strings.Join(a.Options, ", ")))
	case a.Type != spec.Open:
		said = append(said, "none of them")
	}
	if a.Text != "" {
		said = append(said, flat(a.Text))
	}
	return strings.Join(said, " - ")
}
