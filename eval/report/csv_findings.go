package report

import (
	"strings"
	"time"

	"github.com/llm-city/gorod/eval/report/internal/tally"
)

// metricsData has a row a score.
func (s *study) metricsData() dataTable {
	t := dataTable{name: "metrics", head: []string{"cell", "seed", "source", "metric", "group", "item", "agent", "tick", "value", "n", "unit"}}
	for _, r := range s.runs {
		for _, x := range r.scores {
			tick := ""
			if x.Tick >= 0 {
				tick = csvInt(x.Tick)
			}
			t.rows = append(t.rows, append(r.key(), csvText(x.Source), csvText(x.Metric), csvText(x.Group), csvText(x.Item), csvText(x.Agent),
				tick, csvExact(x.Value), csvInt(x.N), csvText(s.infoOf(x.Source, x.Metric).Unit)))
		}
	}
	return t
}

// surveysData has a row a run, question, time and answer; open questions have
// one with no answer named.
func (s *study) surveysData() dataTable {
	t := dataTable{name: "surveys", head: []string{"cell", "seed", "survey", "question", "type", "tick", "answer", "count", "answered", "missing", "mean"}}
	for _, q := range s.questions() {
		picks := s.picks(q)
		if len(picks) == 0 {
			picks = []pick{{"", "", func(p *tally.Poll) int { return p.N }}}
		}
		for _, r := range s.runs {
			for _, tick := range q.ticks {
				poll := r.pollOf(q, tick)
				if poll == nil {
					continue
				}
				for _, p := range picks {
					t.rows = append(t.rows, append(r.key(), csvText(q.Survey), csvText(q.ID), csvText(q.Type), csvInt(tick), p.csv,
						csvInt(p.count(poll)), csvInt(poll.N), csvInt(poll.Missing), csvNumber(poll.Mean.Value())))
				}
			}
		}
	}
	return t
}

// missingData has a row a run, question, time and reason.
func (s *study) missingData() dataTable {
	t := dataTable{name: "surveys_missing", head: []string{"cell", "seed", "survey", "question", "tick", "reason", "count"}}
	for _, r := range s.runs {
		for _, p := range r.polls {
			for _, why := range p.Reasons {
				t.rows = append(t.rows, append(r.key(), csvText(p.Survey), csvText(p.Question), csvInt(p.Tick), csvText(why.Key), csvInt(why.N)))
			}
		}
	}
	return t
}

// quotesData has the sample of open answers; the export has all.
func (s *study) quotesData() dataTable {
	t := dataTable{name: "surveys_quotes", head: []string{"cell", "seed", "survey", "question", "tick", "agent", "name", "text"}}
	for _, r := range s.runs {
		names := r.names()
		for _, p := range r.polls {
			for _, said := range p.Quotes {
				t.rows = append(t.rows, append(r.key(), csvText(p.Survey), csvText(p.Question), csvInt(p.Tick), csvText(said.Agent),
					csvText(nameOf(names, said.Agent)), csvText(said.Text)))
			}
		}
	}
	return t
}

// propositionsData has a row a verdict.
func (s *study) propositionsData() dataTable {
	t := dataTable{name: "propositions", head: []string{"cell", "seed", "proposition", "tick", "agent", "value", "justification"}}
	for _, r := range s.runs {
		for _, v := range r.verdicts {
			t.rows = append(t.rows, append(r.key(), csvText(strings.TrimPrefix(v.Source, propositionSource)), csvInt(v.Tick), csvText(v.Agent),
				csvNumber(v.Value), csvText(v.Detail)))
		}
	}
	return t
}

// interventionsData has a row an effect.
func (s *study) interventionsData() dataTable {
	t := dataTable{name: "interventions", head: []string{"cell", "seed", "tick", "time", "intervention", "why", "effect", "residents", "detail"}}
	for _, r := range s.runs {
		for _, i := range r.Interventions {
			moment := r.Clock.Start.Add(time.Duration(i.Tick) * r.Clock.Step).Format(time.RFC3339)
			for _, effect := range i.Effects {
				t.rows = append(t.rows, append(r.key(), csvInt(i.Tick), moment, csvText(i.ID), csvText(i.Why), csvText(effect.Kind),
					csvInt(effect.Agents), csvText(effect.Detail)))
			}
		}
	}
	return t
}

// extractsData has a row a field of an extract.
func (s *study) extractsData() dataTable {
	t := dataTable{name: "extracts", head: []string{"cell", "seed", "name", "tick", "agent", "field", "value"}}
	for _, r := range s.runs {
		for _, e := range r.extracts {
			for _, f := range fieldsOf(e) {
				t.rows = append(t.rows, append(r.key(), csvText(e.Name), csvInt(e.Tick), csvText(e.Agent), csvText(f.name), f.csv()))
			}
		}
	}
	return t
}
