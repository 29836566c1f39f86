package metrictest

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/llm-city/gorod/plugins/sdk"
)

const (
	benchAgents = 1000
	benchEvents = 1_000_000
)

// Bench measures a run of 1,000 residents and 1,000,000 events and reports
// events a second.
func Bench(b *testing.B, p sdk.Plugin, config string, host sdk.Host) {
	b.Helper()
	events, ticks := busy()
	r := New(ticks)
	for i := range benchAgents {
		r.Agents = append(r.Agents, sdk.Agent{ID: benchID(i), Group: fmt.Sprint("g", i%4), Persona: &sdk.Persona{Name: benchID(i)}})
	}
	m, err := p.New(b.Context(), sdk.Setup{Config: json.RawMessage(config), Language: "ru", Host: host})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := m.(sdk.Metric).Measure(b.Context(), r.Run, func(yield func(sdk.Event, error) bool) {
			for _, e := range events {
				if !yield(e, nil) {
					return
				}
			}
		}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*float64(len(events))/b.Elapsed().Seconds(), "events/s")
}

func benchID(i int) string { return fmt.Sprintf("a%04d", i%benchAgents) }

// busy is a run in which at each tick each resident feels, plans, sees and
// writes; each tick one resident hears the news of the first.
func busy() (events []sdk.Event, ticks int64) {
	for tick := int64(0); len(events) < benchEvents; tick++ {
		add := func(agent, kind, format string, args ...any) {
			events = append(events, sdk.Event{Tick: tick, Seq: len(events), Agent: agent, Kind: kind, Data: fmt.Appendf(nil, format, args...)})
		}
		if tick == 0 {
			add(benchID(0), "heard", `{"event":"bridge","via":"event","hops":0}`)
		}
		add(benchID(int(tick)+1), "heard", `{"event":"bridge","from":%q,"via":"post","item":"p1","hops":%d}`, benchID(int(tick)), tick+1)
		for i := range benchAgents {
			x := float64((i*7+int(tick)*13)%200)/100 - 1
			add(benchID(i), "mood", `{"valence":%.2f,"arousal":0.4,"stimuli":2,"mean":0.1}`, x)
			add(benchID(i), "exposure", `{"feed":"hot","items":[{"id":"p1","author":"a0001","score":0.5},{"id":"p2","author":"a0002","score":0.25}]}`)
			add(benchID(i), "plan", `{"purpose":"поговорить о мосте %d","place":"набережная"}`, (int(tick)+i)%3)
			add(benchID(i), "action", `{"kind":"reply","args":{"target":"p1","text":"Еду в объезд"},"id":"p%d-%d","target":"p1","target_agent":%q,`+
				`"audience":"public","about":"bridge","text":"Еду в объезд уже %d раз. Мост закрыт, а пробка стоит!",`+
				`"sentiment":{"valence":%.2f,"arousal":0.5,"label":"negative","emotion":"anger"}}`,
				tick, i, benchID(i+1+int(tick)%10), tick, -x/2)
		}
		ticks = tick + 1
	}
	return events, ticks
}
