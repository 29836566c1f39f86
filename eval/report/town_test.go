package report

import (
	"crypto/sha256"
	"fmt"
	"iter"
	"math/rand/v2"
	"time"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/plugins/sdk"
)

// events makes a stream of events.
func events(all ...event.Event) iter.Seq2[event.Event, error] {
	return func(yield func(event.Event, error) bool) {
		for _, e := range all {
			if !yield(e, nil) {
				return
			}
		}
	}
}

// town is a study made up for looking at: conditions × seeds of residents who
// post and answer, get worse or better moods, and hear of a closed tram line.
func town(language string, conditions, seeds, residents, ticks int) Study {
	in := Study{
		Name: "quickstart", Title: "Трамвай вдоль набережной", Language: language, GorodVersion: "v0.1.0",
		Description: "Жители одного города проводят в своей сети обычный понедельник. В полдень мэрия объявляет новость.\n\nСравниваются два планировщика: одни жители планируют сразу, другие сначала задают себе вопросы.",
		Generated:   time.Date(2026, 3, 2, 10, 15, 0, 0, time.UTC),
		Providers:   []Provider{{Entry: "default", Provider: "reference"}},
	}
	for c := range conditions {
		cell := []string{"planner=justplan", "planner=qaframework", "planner=wait", "planner=talk"}[c%4]
		if c > 3 {
			cell += fmt.Sprint(",feed.size=", c)
		}
		for s := range seeds {
			r := townRun(c, uint64(42+s), residents, ticks)
			r.Cell, r.Values = cell, map[string]any{"agents.planner.plugin": cell[len("planner="):]}
			in.Runs = append(in.Runs, r)
		}
	}
	return in
}

func townRun(condition int, seed uint64, residents, ticks int) Run {
	r := Run{
		Seed: seed, Status: Done, Ticks: int64(ticks), Digest: fmt.Sprintf("%x", sha256.Sum256([]byte{byte(condition), byte(seed)})),
		Clock: Clock{Start: time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC), Step: time.Hour, Ticks: int64(ticks)},
	}
	names := []string{"Жанна Петрова", "Дарья Мельник", "Мария Белова", "Илья Сафин", "Ольга Рябова", "Павел Ким",
		"Семён Орлов", "Тамара Гущина", "Фёдор Чёрный", "Анна Лис", "Борис Щукин", "Вера Ёлкина"}
	for i := range residents {
		group := "набережная"
		if i%3 == 0 {
			group = "центр"
		}
		name := names[i%len(names)]
		if i >= len(names) {
			name += fmt.Sprint(" ", 1+i/len(names))
		}
		r.Residents = append(r.Residents, Resident{fmt.Sprintf("a%04d", i+1), name, group})
	}
	w := &townWriter{Run: &r, rnd: rand.New(rand.NewPCG(seed, uint64(condition))), condition: condition, heard: map[string]int{}}
	for tick := range int64(ticks) {
		w.tick(tick)
	}
	r.Events = events(w.all...)
	if seed == 43 && condition == 1 {
		r.Incidents = []event.Incident{{Tick: 9, Kind: "plugin restarted", Source: "planner/qaframework", Detail: "exit status 2; 12 records restored"}}
	}
	return r
}

type townWriter struct {
	*Run
	rnd       *rand.Rand
	condition int
	all       []event.Event
	posts     []struct{ id, author string }
	heard     map[string]int
}

func (w *townWriter) add(tick int64, agent string, kind event.Kind, payload any) {
	w.all = append(w.all, event.New(tick, agent, kind, payload))
}

func (w *townWriter) tick(tick int64) {
	hour := (8 + tick) % 24
	calls := map[string]int64{}
	for i, p := range w.Residents {
		if hour < 7 && w.rnd.Float64() < 0.85 {
			continue
		}
		if tick == 4 && p.Group == "набережная" {
			w.add(tick, p.ID, event.KindTold, event.Told{Event: "tram", Text: "Мэрия объявила: с апреля закрывают трамвайную линию вдоль набережной."})
			w.hear(tick, p.ID, "", 0)
		}
		if tick > 4 && len(w.heard) > 0 && w.rnd.Float64() < 0.06*float64(1+w.condition) {
			from := w.Residents[w.rnd.IntN(len(w.Residents))].ID
			if hops, ok := w.heard[from]; ok {
				w.hear(tick, p.ID, from, hops+1)
			}
		}
		w.step(tick, i, p)
		calls["plan"]++
		if w.condition%2 == 1 {
			calls["ask"]++
			calls["answer"]++
		}
	}
	for _, purpose := range []string{"plan", "ask", "answer"} {
		if n := calls[purpose]; n > 0 {
			w.Calls = append(w.Calls, CallStat{"default", purpose, tick, n, n * 640, n * 85, time.Duration(n) * 13 * time.Millisecond})
		}
	}
}

func (w *townWriter) hear(tick int64, agent, from string, hops int) {
	if _, known := w.heard[agent]; !known {
		w.heard[agent] = hops
		w.add(tick, agent, event.KindHeard, event.Heard{Event: "tram", From: from, Via: "event", Hops: hops})
	}
}

func (w *townWriter) step(tick int64, i int, p Resident) {
	mood := 0.1*float64(w.condition) + 0.25*w.rnd.NormFloat64()/3 - 0.2*min(1, max(0, float64(tick-4)/4))*float64(1-w.condition%2)
	w.add(tick, p.ID, event.KindMood, event.Mood{Valence: min(1, max(-1, mood)), Arousal: 0.3 + 0.1*w.rnd.Float64(), Stimuli: 2})
	w.add(tick, p.ID, event.KindPlan, event.Plan{Purpose: "побыть в сети", Reused: w.rnd.Float64() < 0.2})
	shown := event.Exposure{Feed: "hot"}
	for n := range min(4, len(w.posts)) {
		post := w.posts[len(w.posts)-1-n]
		shown.Items = append(shown.Items, event.Shown{ID: post.id, Author: post.author})
	}
	w.add(tick, p.ID, event.KindExposure, shown)
	switch x := w.rnd.Float64(); {
	case x < 0.35 || len(w.posts) == 0:
		id := fmt.Sprint("p", len(w.posts)+1)
		w.say(tick, p.ID, event.Action{Action: sdk.Action{Kind: "post"}, ID: id, Audience: "public", Text: "Опять вдоль набережной перекопали… Кто-нибудь знает, чем это кончится?"}, mood)
		w.posts = append(w.posts, struct{ id, author string }{id, p.ID})
	case x < 0.6+0.1*float64(w.condition):
		to := w.posts[w.rnd.IntN(min(6, len(w.posts)))*(len(w.posts)-1)/6]
		id := fmt.Sprint("p", len(w.posts)+1)
		w.say(tick, p.ID, event.Action{Action: sdk.Action{Kind: "reply"}, ID: id, Target: to.id, TargetAgent: to.author, Audience: "public", Text: "Понимаю вас. Мы с соседями пишем письмо, присоединяйтесь!"}, mood+0.3)
		w.posts = append(w.posts, struct{ id, author string }{id, p.ID})
	case x < 0.75:
		to := w.posts[w.rnd.IntN(len(w.posts))]
		w.add(tick, p.ID, event.KindAction, event.Action{Action: sdk.Action{Kind: "favourite"}, Target: to.id, TargetAgent: to.author})
	case x < 0.8:
		to := w.Residents[(i+1)%len(w.Residents)].ID
		w.say(tick, p.ID, event.Action{Action: sdk.Action{Kind: "direct"}, ID: fmt.Sprint("d", tick, i), TargetAgent: to, Audience: "direct", Text: "Зайдёшь вечером?"}, mood)
	case x < 0.85:
		w.add(tick, p.ID, event.KindInvalid, event.Invalid{Action: &sdk.Action{Kind: "reply"}, Why: "reply needs target"})
	default:
		w.add(tick, p.ID, event.KindAction, event.Action{Action: sdk.Action{Kind: "ignore"}})
	}
}

func (w *townWriter) say(tick int64, agent string, a event.Action, valence float64) {
	label := sdk.Neutral
	switch {
	case valence < -0.1:
		label = sdk.Negative
	case valence > 0.1:
		label = sdk.Positive
	}
	a.Sentiment = &sdk.Sentiment{Valence: min(1, max(-1, valence)), Label: label}
	w.add(tick, agent, event.KindAction, a)
}
