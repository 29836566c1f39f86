package report

import (
	"maps"
	"slices"
	"time"
)

// dataTables are the CSV files of what the study asked for.
func (s *study) dataTables() []dataTable {
	out := []dataTable{s.runsData(), s.conditionsData(), s.incidentsData()}
	for _, t := range []struct {
		measures []string
		of       func() dataTable
	}{
		{[]string{Activity, Mood, Sentiment}, s.seriesData},
		{[]string{Actions}, s.actionsData},
		{[]string{Spread}, s.spreadData},
		{[]string{Spread}, s.hopsData},
		{[]string{Activity}, s.tiesData},
		{[]string{Activity}, s.exposureData},
		{[]string{Calls}, s.callsData},
	} {
		if slices.ContainsFunc(t.measures, s.shows) {
			out = append(out, t.of())
		}
	}
	for _, of := range []func() dataTable{
		s.estimatesData, s.metricsData, s.surveysData, s.missingData, s.quotesData, s.propositionsData, s.interventionsData, s.extractsData,
		s.townData, s.townDecisionsData, s.townFlowsData,
	} {
		if t := of(); len(t.rows) > 0 {
			out = append(out, t)
		}
	}
	return out
}

// runsData has a row a run with what its cell sets and every measure.
func (s *study) runsData() dataTable {
	t := dataTable{name: "runs", head: []string{"cell", "seed", "status", "ticks", "planned_ticks", "residents", "digest"}}
	paths, shown := s.paths(), s.shown()
	for _, path := range paths {
		t.head = append(t.head, csvText(path))
	}
	for _, m := range shown {
		t.head = append(t.head, m.id)
	}
	for _, r := range s.runs {
		row := append(r.key(), csvText(r.Status), csvInt(r.Ticks), csvInt(r.Clock.Ticks), csvInt(len(r.Residents)), csvText(r.Digest))
		for _, path := range paths {
			value := ""
			if v, ok := r.Values[path]; ok {
				value = csvText(asWritten(v))
			}
			row = append(row, value)
		}
		for _, m := range shown {
			row = append(row, csvNumber(m.of(r)))
		}
		t.rows = append(t.rows, row)
	}
	return t
}

// conditionsData has a row a condition and measure.
func (s *study) conditionsData() dataTable {
	t := dataTable{name: "conditions", head: []string{"cell", "measure", "n", "mean", "sd", "min", "max"}}
	for _, c := range s.conditions {
		for _, m := range s.shown() {
			x := over(c.runs, m.of)
			t.rows = append(t.rows, []string{csvText(c.name), m.id, csvInt(x.N), csvNumber(x.Mean), csvNumber(x.SD), csvNumber(x.Min), csvNumber(x.Max)})
		}
	}
	return t
}

// seriesData has a row a run and bin that it reached.
func (s *study) seriesData() dataTable {
	t := dataTable{name: "series", head: []string{"cell", "seed", "tick", "ticks", "time", "agent_steps", "actions", "invalid", "messages",
		"mood_valence", "mood_arousal", "sentiment"}}
	for _, r := range s.runs {
		for i, b := range r.Bins {
			first := int64(i) * s.axis.width
			if first >= r.Ticks {
				break
			}
			moment := r.Clock.Start.Add(time.Duration(first) * r.Clock.Step).Format(time.RFC3339)
			t.rows = append(t.rows, append(r.key(), csvInt(first), csvInt(min(s.axis.width, r.Ticks-first)), moment,
				csvInt(b.Steps), csvInt(b.Actions), csvInt(b.Invalid), csvInt(b.Messages),
				csvNumber(b.Valence.Value()), csvNumber(b.Arousal.Value()), csvNumber(b.Sentiment.Value())))
		}
	}
	return t
}

func (s *study) actionsData() dataTable {
	t := dataTable{name: "actions", head: []string{"cell", "seed", "kind", "count"}}
	for _, r := range s.runs {
		for _, k := range r.Kinds {
			t.rows = append(t.rows, append(r.key(), csvText(k.Key), csvInt(k.N)))
		}
	}
	return t
}

// spreadData has a row a run, event, group and bin: who heard in it, and by
// then.
func (s *study) spreadData() dataTable {
	t := dataTable{name: "spread", head: []string{"cell", "seed", "event", "group", "tick", "heard", "heard_by_then", "residents"}}
	for _, r := range s.runs {
		size := map[string]int{}
		for _, p := range r.Residents {
			size[p.Group]++
		}
		for _, e := range r.Spreads {
			for _, group := range slices.Sorted(maps.Keys(e.New)) {
				sum := 0
				for i, n := range e.New[group] {
					sum += n
					if n > 0 {
						t.rows = append(t.rows, append(r.key(), csvText(e.Event), csvText(group), csvInt(int64(i)*s.axis.width),
							csvInt(n), csvInt(sum), csvInt(size[group])))
					}
				}
			}
		}
	}
	return t
}

func (s *study) hopsData() dataTable {
	t := dataTable{name: "spread_hops", head: []string{"cell", "seed", "event", "hops", "residents"}}
	for _, r := range s.runs {
		for _, e := range r.Spreads {
			for hops, n := range e.Hops {
				if n > 0 {
					t.rows = append(t.rows, append(r.key(), csvText(e.Event), csvInt(hops), csvInt(n)))
				}
			}
		}
	}
	return t
}

func (s *study) tiesData() dataTable {
	t := dataTable{name: "ties", head: []string{"cell", "seed", "from", "to", "from_name", "to_name", "messages"}}
	for _, r := range s.runs {
		names := r.names()
		for _, e := range r.Ties {
			t.rows = append(t.rows, append(r.key(), csvText(e.Key.From), csvText(e.Key.To),
				csvText(nameOf(names, e.Key.From)), csvText(nameOf(names, e.Key.To)), csvInt(e.N)))
		}
	}
	return t
}

func (s *study) exposureData() dataTable {
	t := dataTable{name: "exposure", head: []string{"cell", "seed", "authors_share", "shown_share"}}
	for _, r := range s.runs {
		for i, x := range r.Exposure.Lorenz {
			t.rows = append(t.rows, append(r.key(), csvNumber(float64(i)/(lorenzSteps-1)), csvNumber(x)))
		}
	}
	return t
}

func (s *study) callsData() dataTable {
	t := dataTable{name: "calls", head: []string{"cell", "seed", "tick", "model", "purpose", "calls", "prompt_tokens", "reply_tokens", "latency_ms"}}
	for _, r := range s.runs {
		for _, c := range r.Calls {
			t.rows = append(t.rows, append(r.key(), csvInt(c.Tick), csvText(c.Model), csvText(c.Purpose), csvInt(c.Calls),
				csvInt(c.PromptTokens), csvInt(c.ReplyTokens), csvNumber(float64(c.Latency.Microseconds())/1000)))
		}
	}
	return t
}

func (s *study) incidentsData() dataTable {
	t := dataTable{name: "incidents", head: []string{"cell", "seed", "tick", "kind", "source", "detail"}}
	for _, r := range s.runs {
		for _, i := range r.Incidents {
			t.rows = append(t.rows, append(r.key(), csvInt(i.Tick), csvText(i.Kind), csvText(i.Source), csvText(i.Detail)))
		}
	}
	return t
}
