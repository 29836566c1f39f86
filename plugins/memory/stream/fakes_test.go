package stream_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"log/slog"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/llm-city/gorod/plugins/memory/stream"
	"github.com/llm-city/gorod/plugins/sdk"
)

// host answers and keeps what it was asked.
type host struct {
	sdk.Host

	reply map[string]func(sdk.GenerateRequest) (string, error)  // by purpose
	embed func(texts []string) (vectors [][]float32, err error) // nil: by words

	mu       sync.Mutex
	asked    []sdk.GenerateRequest
	embedded []string
}

// Generate finds everything of importance 5, and nothing to wonder about, where
// it is not told otherwise.
func (h *host) Generate(_ context.Context, req sdk.GenerateRequest) (sdk.Reply, error) {
	h.mu.Lock()
	h.asked = append(h.asked, req)
	h.mu.Unlock()
	if f := h.reply[req.Call.Purpose]; f != nil {
		text, err := f(req)
		return sdk.Reply{Text: text}, err
	}
	if req.Call.Purpose != "importance" {
		return sdk.Reply{Text: "{}"}, nil
	}
	text, err := rating(5)(req)
	return sdk.Reply{Text: text}, err
}

func (h *host) Embed(_ context.Context, _ sdk.Call, texts []string) ([][]float32, error) {
	h.mu.Lock()
	h.embedded = append(h.embedded, texts...)
	h.mu.Unlock()
	if h.embed != nil {
		return h.embed(texts)
	}
	return byWords(texts), nil
}

// of are the calls for a purpose, in order.
func (h *host) of(purpose string) []sdk.GenerateRequest {
	found := slices.DeleteFunc(slices.Clone(h.asked), func(r sdk.GenerateRequest) bool { return r.Call.Purpose != purpose })
	slices.SortStableFunc(found, func(a, b sdk.GenerateRequest) int {
		return cmp.Or(cmp.Compare(a.Call.Tick, b.Call.Tick), cmp.Compare(a.Call.Index, b.Call.Index))
	})
	return found
}

// byWords gives every word a direction of its own.
func byWords(texts []string) [][]float32 {
	var out [][]float32
	for _, text := range texts {
		v := make([]float32, 1024)
		v[0] = 0.1
		for word := range strings.FieldsSeq(strings.ToLower(text)) {
			h := fnv.New32a()
			_, _ = h.Write([]byte(strings.Trim(word, ".,!?;«»")))
			v[h.Sum32()%1024]++
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

// facts of a prompt as JSON gives them.
func facts[T any](req sdk.GenerateRequest) (out T, err error) {
	data, err := json.Marshal(req.Facts)
	if err != nil {
		return out, err
	}
	return out, json.Unmarshal(data, &out)
}

// rating gives all memories the same importance.
func rating(n int) func(sdk.GenerateRequest) (string, error) {
	return func(req sdk.GenerateRequest) (string, error) {
		f, err := facts[stream.RatingFacts](req)
		if err != nil {
			return "", err
		}
		return asJSON(map[string]any{"importance": slices.Repeat([]int{n}, len(f.Memories))})
	}
}

func saying(text string) func(sdk.GenerateRequest) (string, error) {
	return func(sdk.GenerateRequest) (string, error) { return text, nil }
}

func asJSON(v any) (string, error) {
	data, err := json.Marshal(v)
	return string(data), err
}

// thoughtful wonders about two things, and concludes from the first and the last
// of what it finds.
func thoughtful() *host {
	return &host{reply: map[string]func(sdk.GenerateRequest) (string, error){
		"questions": saying(`{"questions":["Кто помогает Анне?","Что не так с мостом?"]}`),
		"insights": func(req sdk.GenerateRequest) (string, error) {
			f, err := facts[stream.InsightFacts](req)
			if err != nil {
				return "", err
			}
			return asJSON(map[string]any{"insights": []any{
				map[string]any{"insight": fmt.Sprintf("Вывод %d из %d", req.Call.Index, req.Call.Tick), "evidence": []int{len(f.Memories), min(2, len(f.Memories)), 1}},
			}})
		},
	}}
}

// memory is a plugin with the records that a host keeps for it.
type memory struct {
	sdk.Memory

	tb      testing.TB
	log     *bytes.Buffer
	records map[string]sdk.Record
}

func start(tb testing.TB, config, language string, h sdk.Host, records ...sdk.Record) *memory {
	tb.Helper()
	log := &bytes.Buffer{}
	made, err := stream.Plugin().New(tb.Context(), sdk.Setup{
		Config: []byte(config), Language: language, Host: h, Log: slog.New(slog.NewTextHandler(log, nil)),
	})
	if err != nil {
		tb.Fatal(err)
	}
	m := &memory{made.(sdk.Memory), tb, log, map[string]sdk.Record{}}
	for _, r := range records {
		m.records[r.Agent+" "+r.Key] = r
	}
	if err := m.Memory.(sdk.Restorer).Restore(tb.Context(), records); err != nil {
		tb.Fatal(err)
	}
	return m
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
			if _, ok := m.records[id]; !ok && c.Kind != "vector" {
				m.tb.Errorf("deletes %s, which is not there", c.Key)
			}
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
func (m *memory) restarted(config string, h sdk.Host) *memory {
	m.tb.Helper()
	kept := slices.SortedFunc(maps.Values(m.records), func(a, b sdk.Record) int {
		return cmp.Or(cmp.Compare(a.Agent, b.Agent), cmp.Compare(a.Key, b.Key))
	})
	return start(m.tb, config, "ru", h, kept...)
}

// remembered is a record as people read it.
type remembered struct {
	Seq, Tick, Time, Used int64
	Kind, Name, Text      string
	Importance            int
	Evidence              []string
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
