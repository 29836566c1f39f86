package conformance

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/llm-city/gorod/plugins/sdk"
)

// people are the residents of the suite's small world.
func people() []sdk.Agent {
	personas := []sdk.Persona{
		{
			Name: "Анна Орлова", Age: 34, Gender: "female", Occupation: "учительница", Residence: "Казань",
			Bio: "Преподаёт литературу.", Style: "спокойный", Interests: []string{"книги", "театр"},
			Traits: map[string]float64{"openness": 0.6}, Beliefs: map[string]float64{"школе нужны деньги": 0.9},
			Relationships: map[string]string{"Борис Ким": "сосед"}, Routine: []string{"утром идёт в школу"}, Goals: []string{"поставить спектакль"},
		},
		{Name: "Борис Ким", Age: 51, Occupation: "водитель", Interests: []string{"футбол"}, Traits: map[string]float64{"openness": -0.4}},
		{Name: "Ирина Ёлкина 😀", Age: 19, Style: "шутит", Extra: json.RawMessage(`{"pet":"кот"}`)},
	}
	agents := make([]sdk.Agent, len(personas))
	for i := range personas {
		agents[i] = sdk.Agent{
			ID: fmt.Sprintf("a%04d", i+1), Persona: &personas[i], Mood: sdk.Mood{Valence: 0.1 * float64(i), Arousal: 0.3},
			Goals: []string{"узнать новости"}, Plan: sdk.Plan{Purpose: "поговорить с соседями", Place: "network", Since: 1},
		}
	}
	return agents
}

// see is what an agent sees in a tick.
func see(tick int64, agent sdk.Agent) sdk.Observation {
	at := time.Date(2025, 1, 1, 8, 0, 0, 0, time.UTC).Add(time.Duration(tick) * time.Hour).Format(time.RFC3339)
	o := sdk.Observation{
		Tick: tick, Time: at, Place: "network", Trends: []string{"мост"}, Groups: []string{"соседи"},
		Notifications: []sdk.Item{
			{ID: fmt.Sprintf("e%d", tick), Kind: sdk.ItemEvent, Text: "Мост закрыт на ремонт.", Time: at, Event: "bridge", Addressed: true},
		},
		Outcomes: []sdk.Outcome{{Action: sdk.Action{Kind: "post", Args: map[string]string{"text": "Привет!"}}, OK: true}},
	}
	for i, other := range people() {
		if other.ID == agent.ID {
			continue
		}
		o.People = append(o.People, sdk.Person{ID: other.ID, Name: other.Name()})
		o.Timeline = append(o.Timeline, sdk.Item{
			ID: fmt.Sprintf("p%d-%d", tick, i), Kind: sdk.ItemPost, Author: other.ID, AuthorName: other.Name(), Audience: "public",
			Text: fmt.Sprintf("Запись %d: мост закрыт, еду в объезд 😡", tick), Time: at, Rank: i + 1, Score: 0.5,
		})
	}
	return o
}

func seen(tick int64) []sdk.Seen {
	var all []sdk.Seen
	for _, a := range people() {
		all = append(all, sdk.Seen{Agent: a, Observation: see(tick, a)})
	}
	return all
}

func queries(tick int64) []sdk.Query {
	var all []sdk.Query
	for _, a := range people() {
		all = append(all, sdk.Query{Agent: a, Observation: see(tick, a)}, sdk.Query{Agent: a, Observation: see(tick, a), Text: "мост", Limit: 2})
	}
	return all
}

// actions are what the world allows.
func actions() []sdk.ActionSpec {
	return []sdk.ActionSpec{
		{Kind: "post", Description: "написать на своей стене", Args: []sdk.ArgSpec{{Name: "text", Description: "текст", Required: true}}},
		{Kind: "follow", Description: "подписаться", Args: []sdk.ArgSpec{{Name: "who", Description: "на кого", Required: true, Values: []string{"a0001", "a0002"}}}},
		{Kind: "ignore", Description: "ничего не делать"},
	}
}

func planRequest(tick int64, agent sdk.Agent) sdk.PlanRequest {
	return sdk.PlanRequest{
		Tick: tick, Agent: agent, Observation: see(tick, agent),
		Recollection: sdk.Recollection{Text: "Вчера мост был открыт.", Items: []sdk.Remembrance{{Key: "k", Text: "мост", Score: 1}}},
		Actions:      actions(), MaxActions: 2,
	}
}

// texts that sound different, in two languages.
func texts() []string {
	return []string{
		"Отличный день, я очень рад!", "Ужасно, всё плохо, ненавижу.", "Стол стоит у окна.", "не хорошо",
		"I love this wonderful city", "This is terrible", "😀🎉", "😡", "", "   ", "\u0000\u200d\ufeff", "ЁЖ, ёж и Еж",
	}
}

// huge is a text that no model would take in.
func huge() string {
	return strings.Repeat("Очень длинный рассказ о мосте. 😀 ", 1<<20/60)
}

// store keeps records as a host does.
type store map[[2]string]sdk.Record

func (s store) apply(changes []sdk.RecordChange) {
	for _, c := range changes {
		if id := [2]string{c.Agent, c.Key}; c.Delete {
			delete(s, id)
		} else {
			s[id] = c.Record
		}
	}
}

// records are those kept, in (agent, key) order.
func (s store) records() []sdk.Record {
	return slices.SortedFunc(maps.Values(s), func(a, b sdk.Record) int {
		return cmp.Or(cmp.Compare(a.Agent, b.Agent), cmp.Compare(a.Key, b.Key))
	})
}
