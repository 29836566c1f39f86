package curious_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"log/slog"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/llm-city/gorod/plugins/memory/curious"
	"github.com/llm-city/gorod/plugins/sdk"
)

// host answers and keeps what it was asked.
type host struct {
	sdk.Host

	reply func(req sdk.GenerateRequest) (string, error)         // nil: no lessons
	score func(prompt, text string) (float64, error)            // nil: no log-probabilities
	embed func(texts []string) (vectors [][]float32, err error) // nil: by words

	mu       sync.Mutex
	asked    []sdk.GenerateRequest
	scored   []string // prompt, a line, text
	embedded []sdk.Call
}

func (h *host) Generate(_ context.Context, req sdk.GenerateRequest) (sdk.Reply, error) {
	h.mu.Lock()
	h.asked = append(h.asked, req)
	h.mu.Unlock()
	if h.reply == nil {
		return sdk.Reply{Text: `{"lessons":[]}`}, nil
	}
	text, err := h.reply(req)
	return sdk.Reply{Text: text}, err
}

func (h *host) Score(_ context.Context, _ sdk.Call, prompt, text string) (float64, error) {
	h.mu.Lock()
	h.scored = append(h.scored, prompt+"|"+text)
	h.mu.Unlock()
	if h.score == nil {
		return 0, sdk.Errorf(sdk.ErrUnsupported, "no log-probabilities")
	}
	return h.score(prompt, text)
}

func (h *host) Embed(_ context.Context, call sdk.Call, texts []string) ([][]float32, error) {
	h.mu.Lock()
	h.embedded = append(h.embedded, call)
	h.mu.Unlock()
	if h.embed != nil {
		return h.embed(texts)
	}
	return byWords(texts), nil
}

// byWords gives every word a direction of its own.
func byWords(texts []string) [][]float32 {
	var out [][]float32
	for _, text := range texts {
		v := make([]float32, 512)
		for word := range strings.FieldsSeq(strings.ToLower(text)) {
			h := fnv.New32a()
			_, _ = h.Write([]byte(strings.Trim(word, ".,!?;")))
			v[h.Sum32()%512]++
		}
		var square float64
		for _, x := range v {
			square += float64(x) * float64(x)
		}
		for i := range v {
			v[i] /= float32(math.Sqrt(square))
		}
		out = append(out, v)
	}
	return out
}

// teaching answers replays with one lesson of everything, others with a zero.
func teaching(lesson string) *host {
	return &host{reply: func(req sdk.GenerateRequest) (string, error) {
		if req.Call.Purpose != "replay" {
			return `{}`, nil
		}
		facts, err := json.Marshal(req.Facts)
		if err != nil {
			return "", err
		}
		var f curious.ReplayFacts
		if err := json.Unmarshal(facts, &f); err != nil {
			return "", err
		}
		numbers := make([]int, len(f.Memories))
		for i := range numbers {
			numbers[i] = i + 1
		}
		data, err := json.Marshal(map[string]any{"lessons": []any{map[string]any{"memories": numbers, "lesson": lesson}}})
		return string(data), err
	}}
}

// memory is a plugin with the records that a host keeps for it.
type memory struct {
	sdk.Memory

	tb      testing.TB
	log     *bytes.Buffer
	records map[string]sdk.Record
}

func start(tb testing.TB, config, language string, h sdk.Host) *memory {
	tb.Helper()
	log := &bytes.Buffer{}
	made, err := curious.Plugin().New(tb.Context(), sdk.Setup{
		Config: []byte(config), Language: language, Host: h, Log: slog.New(slog.NewTextHandler(log, nil)),
	})
	if err != nil {
		tb.Fatal(err)
	}
	return &memory{made.(sdk.Memory), tb, log, map[string]sdk.Record{}}
}

// observe has agents see something, and keeps the changes.
func (m *memory) observe(tick int64, seen ...sdk.Seen) []sdk.RecordChange {
	m.tb.Helper()
	changes, err := m.Observe(m.tb.Context(), tick, seen)
	if err != nil {
		m.tb.Fatal(err)
	}
	for _, c := range changes {
		id := c.Agent + " " + c.Key
		if c.Delete {
			delete(m.records, id)
		} else {
			m.records[id] = c.Record
		}
	}
	return changes
}

func (m *memory) recall(tick int64, query sdk.Query) sdk.Recollection {
	m.tb.Helper()
	found, err := m.Recall(m.tb.Context(), tick, []sdk.Query{query})
	if err != nil || len(found) != 1 {
		m.tb.Fatalf("%d recollections, error %v", len(found), err)
	}
	return found[0]
}

// restarted is a new process with the records of this one.
func (m *memory) restarted(config, language string, h sdk.Host) *memory {
	m.tb.Helper()
	fresh := start(m.tb, config, language, h)
	var kept []sdk.Record
	for id, r := range m.records {
		kept, fresh.records[id] = append(kept, r), r
	}
	slices.SortFunc(kept, func(a, b sdk.Record) int { return cmp.Or(cmp.Compare(a.Agent, b.Agent), cmp.Compare(a.Key, b.Key)) })
	if err := fresh.Memory.(sdk.Restorer).Restore(m.tb.Context(), kept); err != nil {
		m.tb.Fatal(err)
	}
	return fresh
}

// remembered is a record as people read it.
type remembered struct {
	Seq        int64
	Kind, Text string
	Time       int64
	From       []int64
	Surprise   float64
	By         string
	Replays    int
	Importance float64
}

// memories of Anna's, of a kind of record, in order.
func (m *memory) memories(kind string) []remembered {
	m.tb.Helper()
	var out []remembered
	for _, r := range m.records {
		if r.Kind != kind || r.Agent != anna {
			continue
		}
		var one remembered
		if err := json.Unmarshal(r.JSON, &one); err != nil {
			m.tb.Fatal(err)
		}
		out = append(out, one)
	}
	slices.SortFunc(out, func(a, b remembered) int { return cmp.Compare(a.Seq, b.Seq) })
	return out
}

const anna = "a0001"

// sees is what Anna sees at a time.
func sees(at string, texts ...string) sdk.Seen {
	seen := sdk.Seen{
		Agent:       sdk.Agent{ID: anna, Plan: sdk.Plan{Purpose: "спокойно жить"}, Persona: &sdk.Persona{Name: "Анна", Bio: "Копит на квартиру."}},
		Observation: sdk.Observation{Time: at, Place: "network"},
	}
	for _, text := range texts {
		seen.Observation.Timeline = append(seen.Observation.Timeline,
			sdk.Item{ID: "p" + at + text, Kind: sdk.ItemPost, Author: "a0002", AuthorName: "Борис", Text: text})
	}
	return seen
}

func asks(s sdk.Seen, text string, limit int) sdk.Query {
	return sdk.Query{Agent: s.Agent, Observation: s.Observation, Text: text, Limit: limit}
}

func clock(day, hour int) string { return fmt.Sprintf("2026-03-%02dT%02d:00:00+03:00", day, hour) }
