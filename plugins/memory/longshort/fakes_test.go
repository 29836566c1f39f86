package longshort_test

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/llm-city/gorod/plugins/memory/longshort"
	"github.com/llm-city/gorod/plugins/sdk"
)

// host answers calls for impressions and keeps what it was asked.
type host struct {
	sdk.Host

	reply func(req sdk.GenerateRequest) (string, error)

	mu    sync.Mutex
	asked []sdk.GenerateRequest
	now   int // calls at this moment
	most  int
}

func (h *host) Generate(_ context.Context, req sdk.GenerateRequest) (sdk.Reply, error) {
	h.mu.Lock()
	h.asked = append(h.asked, req)
	h.now++
	h.most = max(h.most, h.now)
	h.mu.Unlock()
	text, err := h.reply(req)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now--
	return sdk.Reply{Text: text}, err
}

func saying(text string) *host {
	return &host{reply: func(sdk.GenerateRequest) (string, error) { return text, nil }}
}

// memory is a plugin with the records that a host keeps for it.
type memory struct {
	sdk.Memory

	tb      testing.TB
	records map[string]sdk.Record
}

func start(tb testing.TB, config, language string, h sdk.Host) *memory {
	tb.Helper()
	made, err := longshort.Plugin().New(tb.Context(), sdk.Setup{Config: []byte(config), Language: language, Host: h})
	if err != nil {
		tb.Fatal(err)
	}
	return &memory{made.(sdk.Memory), tb, map[string]sdk.Record{}}
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

func (m *memory) recall(query sdk.Query) sdk.Recollection {
	m.tb.Helper()
	found, err := m.Recall(m.tb.Context(), 0, []sdk.Query{query})
	if err != nil || len(found) != 1 {
		m.tb.Fatalf("%d recollections, error %v", len(found), err)
	}
	return found[0]
}

// kept are the records in the order in which a host gives them back.
func (m *memory) kept() []sdk.Record {
	var out []sdk.Record
	for _, r := range m.records {
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b sdk.Record) int { return cmp.Or(cmp.Compare(a.Agent, b.Agent), cmp.Compare(a.Key, b.Key)) })
	return out
}

// restarted is a new process with the records of this one.
func (m *memory) restarted(config, language string, h sdk.Host) *memory {
	m.tb.Helper()
	fresh := start(m.tb, config, language, h)
	if err := fresh.Memory.(sdk.Restorer).Restore(m.tb.Context(), m.kept()); err != nil {
		m.tb.Fatal(err)
	}
	for id, r := range m.records {
		fresh.records[id] = r
	}
	return fresh
}

func (m *memory) record(agent, key string) string { return string(m.records[agent+" "+key].JSON) }

// anna sees items; she has a plan.
func anna(items ...sdk.Item) sdk.Seen {
	return sdk.Seen{
		Agent: sdk.Agent{
			ID: "a0001", Plan: sdk.Plan{Purpose: "Узнать о ставках", Place: "network"},
			Persona: &sdk.Persona{Name: "Анна", Bio: "Копит на квартиру.", Relationships: map[string]string{"Борис": "брат"}},
		},
		Observation: sdk.Observation{Place: "network", Notifications: items},
	}
}

func from(who, text string) sdk.Item {
	return sdk.Item{ID: "p" + text, Kind: sdk.ItemReply, Author: who, AuthorName: map[string]string{"a0002": "Борис", "a0003": "Вера"}[who], Text: text, Addressed: true}
}

// several are different replies.
func several(who string, count int) []sdk.Item {
	var out []sdk.Item
	for i := range count {
		out = append(out, from(who, fmt.Sprintf("ответ %d", i)))
	}
	return out
}
