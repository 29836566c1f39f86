package persona_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/llm-city/gorod/core/agent/persona"
	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/core/llm/reference"
)

// model answers by purpose, and counts its calls.
type model struct {
	mu      sync.Mutex
	calls   map[string]int
	answers map[string]func(req llm.Request) (string, error)
}

func (m *model) Generate(_ context.Context, req llm.Request) (llm.Response, error) {
	m.mu.Lock()
	m.calls[req.Purpose]++
	m.mu.Unlock()
	text, err := m.answers[req.Purpose](req)
	return llm.Response{Text: text}, err
}

func (m *model) Embed(context.Context, llm.EmbedRequest) (llm.EmbedResponse, error) {
	return llm.EmbedResponse{}, nil
}

const space = `{"dimensions":[
	{"name":"образование","values":["среднее","высшее"]},
	{"name":"Образование ","values":["иное","другое"]},
	{"name":"age","values":["стар","млад"]},
	{"name":"доход: рублей","values":["мало","Мало","много"]},
	{"name":"пустое","values":["одно","одно"]}]}`

// resident is a resident as a model writes it.
func resident(bio string, more map[string]any) string {
	r := map[string]any{
		"bio": bio, "style": "кратко", "occupation": "сторож", "residence": "центр", "interests": []string{"лес", "Лес", "река"}, "goals": []string{"спать"},
		"routine": []string{"днём спит", "ночью сторожит"}, "traits": map[string]float64{"openness": 0.123, "conscientiousness": 0, "extraversion": 0, "agreeableness": 0, "neuroticism": 0},
		"beliefs": []map[string]any{{"statement": "ночь тише дня", "strength": 0.5}, {"statement": "лес живой", "strength": 1}},
	}
	for key, value := range more {
		if value == nil {
			delete(r, key)
		} else {
			r[key] = value
		}
	}
	data, err := json.Marshal(r)
	if err != nil {
		panic(err)
	}
	return string(data)
}

// writer is a model that plans the space above and writes with a function.
func writer(write func(req llm.Request) (string, error)) *model {
	return &model{calls: map[string]int{}, answers: map[string]func(llm.Request) (string, error){
		"persona plan":     func(llm.Request) (string, error) { return space, nil },
		"persona resident": write,
	}}
}

// honest writes a story of its own for everybody.
func honest(req llm.Request) (string, error) {
	return resident(fmt.Sprintf("Житель номер %d, раз %d.", req.Index, req.Tick), nil), nil
}

func factory(dir string, p llm.Provider, parallel int) *persona.Factory {
	return &persona.Factory{Mind: persona.Mind{Provider: p, Model: "m", Parallel: parallel}, Seed: 7, Dir: dir}
}

func offline(dir string, seed uint64) *persona.Factory {
	f := factory(dir, reference.New(), 4)
	f.Seed, f.Mind.Scripted = seed, true
	return f
}

func generate(t *testing.T, f *persona.Factory, p persona.Population) *persona.Report {
	t.Helper()
	r, err := f.Generate(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// prompt is what a request asks.
func prompt(req llm.Request) string {
	var b strings.Builder
	for _, m := range req.Messages {
		b.WriteString(m.Content + "\n")
	}
	return b.String()
}
