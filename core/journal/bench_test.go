package journal_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/plugins/sdk"
)

// society is a tick of n agents, five rows an agent: three events of about 150
// bytes, the agent's state and a memory.
func society(n int) event.Commit {
	c := event.Commit{Digest: make([]byte, 108), Steps: n, Time: "2026-03-01T08:00:00+03:00"}
	records := make([]sdk.RecordChange, 0, n)
	for i := range n {
		id := fmt.Sprintf("a%05d", i)
		c.Events = append(c.Events,
			event.New(0, id, event.KindMood, event.Mood{Valence: 0.1234, Arousal: 0.4321, Stimuli: 4, Mean: 0.25}),
			event.New(0, id, event.KindPlan, event.Plan{Purpose: "обсудить новости с соседями", Place: "network", Thought: "кажется, это важно для всех нас сегодня"}),
			event.New(0, id, event.KindAction, event.Action{
				Action: sdk.Action{Kind: "post", Args: map[string]string{"text": "Говорят, парк закроют"}}, ID: "p000123", Audience: "public", Text: "Говорят, парк закроют",
				Sentiment: &sdk.Sentiment{Valence: -0.2, Arousal: 0.3, Label: sdk.Negative},
			}))
		c.Agents = append(c.Agents, event.AgentState{ID: id, Mood: sdk.Mood{Valence: 0.1}, Goals: []string{"сохранить парк"}, Plan: sdk.Plan{Purpose: "гулять"}})
		records = append(records, sdk.RecordChange{Record: sdk.Record{
			Agent: id, Key: fmt.Sprintf("person/a%05d", (i*7)%n), Kind: "person",
			JSON: json.RawMessage(`{"name":"Пётр","relationship":"сосед","impression":"спокойный человек, любит парк и шахматы","episodes":["поздоровались"]}`),
		}})
	}
	c.Records = []event.PluginChanges{{Plugin: "memory", Changes: records}}
	return c
}

// at moves a commit to another tick.
func at(c *event.Commit, tick int64) {
	c.Tick = tick
	for i := range c.Events {
		c.Events[i].Tick, c.Events[i].Seq = tick, i
	}
}

// BenchmarkCommit measures the time from a tick to the disk.
func BenchmarkCommit(b *testing.B) {
	for _, agents := range []int{100, 1000, 10000} {
		b.Run(fmt.Sprintf("agents=%d", agents), func(b *testing.B) {
			j, c := newJournal(b), society(agents)
			tick := int64(0)
			for b.Loop() {
				at(&c, tick)
				tick++
				if err := j.Commit(b.Context(), c); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N*agents*5)/b.Elapsed().Seconds(), "rows/s")
			b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms/tick")
		})
	}
}

// BenchmarkEvents measures events alone, written and read.
func BenchmarkEvents(b *testing.B) {
	c := society(1000)
	c.Agents, c.Records = nil, nil
	j, bytes := newJournal(b), 0
	for _, e := range c.Events {
		bytes += len(e.Data)
	}
	tick := int64(0)
	b.Run("write", func(b *testing.B) {
		for b.Loop() {
			at(&c, tick)
			tick++
			if err := j.Commit(b.Context(), c); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.N*len(c.Events))/b.Elapsed().Seconds(), "events/s")
		b.ReportMetric(float64(bytes)/float64(len(c.Events)), "B/event")
	})
	b.Run("read", func(b *testing.B) {
		n := 0
		for b.Loop() {
			for _, err := range j.Events(b.Context(), journal.Filter{To: 20}) {
				if err != nil {
					b.Fatal(err)
				}
				n++
			}
		}
		b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "events/s")
	})
}
