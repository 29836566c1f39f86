package curious_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/plugins/sdk"
)

var update = flag.Bool("update", false, "write the golden files")

// life is what an agent of a town goes through in a tick of eight hours.
func life(agent int, tick int64) sdk.Seen {
	at := int(tick) * 8
	seen := sees(clock(1+at/24, at%24))
	seen.Agent.ID = fmt.Sprintf("a%04d", agent)
	for i := range (agent + int(tick)) % 4 {
		who := fmt.Sprintf("b%04d", (agent*7+int(tick)+i)%9)
		text := fmt.Sprint("слово", tick%3, " дело", i, " речь", tick%7)
		seen.Observation.Timeline = append(seen.Observation.Timeline, sdk.Item{ID: fmt.Sprint("m", tick, i), Kind: sdk.ItemPost, Author: who, Text: text})
	}
	seen.Observation.Outcomes = []sdk.Outcome{{Action: sdk.Action{Kind: "search", Args: map[string]string{"query": fmt.Sprint("q", tick/2)}}, OK: true}}
	return seen
}

// thinking answers everything that it is asked, otherwise at each tick.
func thinking(scores bool) *host {
	h := &host{}
	h.reply = func(req sdk.GenerateRequest) (string, error) {
		switch req.Call.Purpose {
		case "expect":
			return fmt.Sprintf(`{"expected":"слово%d дело"}`, req.Call.Tick%3), nil
		case "replay":
			return fmt.Sprintf(`{"lessons":[{"memories":[2,1],"lesson":"слово%d речь"},{"memories":[1],"lesson":"дело1"}]}`, req.Call.Tick%4), nil
		}
		var schema struct {
			Properties struct{ Surprise struct{ MinItems int } }
		}
		err := json.Unmarshal(req.Schema, &schema)
		ratings := make([]float64, schema.Properties.Surprise.MinItems)
		for i := range ratings {
			ratings[i] = float64((req.Call.Tick*7 + int64(i)*3) % 11)
		}
		data, _ := json.Marshal(map[string]any{"surprise": ratings})
		return string(data), err
	}
	if scores {
		h.score = newWords
	}
	return h
}

func TestRestoredMemoryGoesOnAsIfNothingHadHappened(t *testing.T) {
	t.Parallel()
	for name, config := range map[string]string{
		"defaults":    ``,
		"small":       `{"capacity":9,"replays":3,"recall":5}`,
		"rating":      `{"surprise":"rating","expectation":"model","replays":4}`,
		"embedding":   `{"surprise":"embedding","priority":"adversarial","capacity":20}`,
		"count":       `{"priority":"count","replays":2}`,
		"plain":       `{"priority":"none"}`,
		"logprob":     `{"surprise":"logprob"}`,
		"logprobless": `{"surprise":"logprob","capacity":15}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			scores := name == "logprob" || name == "defaults"
			steady := start(t, config, "ru", thinking(scores))
			for tick := range int64(24) {
				crashed := steady.restarted(config, "ru", thinking(scores))
				seen := []sdk.Seen{life(1, tick), life(2, tick)}
				query := asks(seen[1], []string{"", "дело1 речь"}[tick%2], 0)
				if diff := cmp.Diff(steady.recall(tick, query), crashed.recall(tick, query)); diff != "" {
					t.Fatalf("tick %d: recall differs after a restart:\n%s", tick, diff)
				}
				// It dies between the recall and the next observation.
				again := crashed.restarted(config, "ru", thinking(scores))
				want := steady.observe(tick, seen...)
				if got := crashed.observe(tick, seen...); !reflect.DeepEqual(got, want) {
					t.Fatalf("tick %d: changes differ after a restart:\n%s", tick, cmp.Diff(want, got))
				}
				if got := again.observe(tick, seen...); !reflect.DeepEqual(got, want) {
					t.Fatalf("tick %d: changes differ after a restart between recall and observation:\n%s", tick, cmp.Diff(want, got))
				}
			}
		})
	}
}

func TestRecordsThatDoNotFitTogetherAreRefused(t *testing.T) {
	t.Parallel()
	record := func(key, kind, data string) sdk.Record {
		return sdk.Record{Agent: anna, Key: key, Kind: kind, JSON: json.RawMessage(data)}
	}
	first := record("memory/00000000", "memory", `{"seq":0,"kind":"post","vector":"AACAPw=="}`)
	for name, records := range map[string][]sdk.Record{
		"no JSON":               {record("cursor", "cursor", `{`)},
		"a gap":                 {first, record("memory/00000002", "memory", `{"seq":2,"kind":"post"}`)},
		"another key":           {record("memory/00000007", "memory", `{"seq":0,"kind":"post"}`)},
		"half a number":         {record("memory/00000000", "memory", `{"seq":0,"kind":"post","vector":"AACA"}`)},
		"no base64":             {record("memory/00000000", "memory", `{"seq":0,"kind":"post","vector":"?"}`)},
		"vectors of other size": {first, record("memory/00000001", "memory", `{"seq":1,"kind":"post","vector":"AACAPwAAAAA="}`)},
	} {
		if err := start(t, "", "ru", &host{}).Memory.(sdk.Restorer).Restore(t.Context(), records); err == nil {
			t.Errorf("%s: restored", name)
		}
	}
	unknown := []sdk.Record{first, record("dream/1", "dream", `7`), {Key: "shared", Kind: "memory", JSON: json.RawMessage(`{`)}}
	if err := start(t, "", "ru", &host{}).Memory.(sdk.Restorer).Restore(t.Context(), unknown); err != nil {
		t.Errorf("records of another version: %v", err)
	}
}

func TestTheOldestIsForgotten(t *testing.T) {
	t.Parallel()
	m := start(t, `{"capacity":5}`, "ru", thinking(false))
	for tick := range int64(60) {
		seen := life(3, tick)
		seen.Agent.ID = anna
		m.observe(tick, seen)
	}
	all := append(m.memories("memory"), m.memories("lesson")...)
	slices.SortFunc(all, func(a, b remembered) int { return int(a.Seq - b.Seq) })
	if len(all) != 5 || all[4].Seq-all[0].Seq != 4 || len(m.records) != 5+1 {
		t.Errorf("%d records, memories %+v", len(m.records), all)
	}
}

func TestChangesComeInAgentOrder(t *testing.T) {
	t.Parallel()
	var seen []sdk.Seen
	for agent := range 200 {
		seen = append(seen, life(agent, 3))
	}
	changes := start(t, "", "ru", thinking(true)).observe(3, seen...)
	if len(changes) < 400 || !slices.IsSortedFunc(changes, func(a, b sdk.RecordChange) int { return strings.Compare(a.Agent, b.Agent) }) {
		t.Errorf("%d changes, not in agent order", len(changes))
	}
}

func TestHugeAndHostileTextIsBounded(t *testing.T) {
	t.Parallel()
	huge := strings.Repeat("«длинный» \xff\u200b<|im_start|> текст [p1] ", 25_000) // 1 MB
	quoted, err := json.Marshal(huge)
	if err != nil {
		t.Fatal(err)
	}
	h := &host{reply: func(req sdk.GenerateRequest) (string, error) {
		return map[string]string{
			"expect": `{"expected":` + string(quoted) + `}`,
			"replay": `{"lessons":[{"memories":[1,1,1,99],"lesson":` + string(quoted) + `}]}`,
		}[req.Call.Purpose], nil
	}}
	m := start(t, `{"surprise":"rating","expectation":"model"}`, "ru", h)
	seen := sees(clock(1, 10))
	seen.Agent.Persona = &sdk.Persona{Name: huge, Bio: huge}
	seen.Agent.Plan.Purpose, seen.Observation.Place = huge, huge
	for i := range 500 {
		item := sdk.Item{ID: fmt.Sprint("p", i), Kind: huge, Author: huge, AuthorName: huge, Text: huge}
		seen.Observation.Notifications = append(seen.Observation.Notifications, item)
		seen.Observation.Timeline = append(seen.Observation.Timeline, item)
		seen.Observation.Outcomes = append(seen.Observation.Outcomes, sdk.Outcome{Action: sdk.Action{Kind: huge, Args: map[string]string{"text": huge, huge: huge}}, Detail: huge})
	}
	changes := m.observe(1, seen)
	later := seen
	later.Observation = sdk.Observation{Time: clock(2, 3), Place: huge}
	changes = append(changes, m.observe(2, later)...)
	size := 0
	for _, c := range changes {
		size += len(c.JSON) + len(c.Key)
	}
	if size > 128<<10 || len(m.memories("lesson")) != 1 {
		t.Errorf("%d bytes of records, lessons %+v", size, m.memories("lesson"))
	}
	texts := []string{m.recall(3, asks(later, "", 0)).Text, m.recall(3, asks(later, huge, 0)).Text}
	for _, req := range h.asked {
		texts = append(texts, req.Messages[0].Content, req.Messages[1].Content)
	}
	for _, s := range texts {
		if n := utf8.RuneCountInString(s); n == 0 || n > 12_000 || !utf8.ValidString(s) || strings.Contains(s, "<|") || strings.Contains(s, "[p1]") {
			t.Errorf("%d characters: %.300s", n, s)
		}
	}
}

func TestPromptsAreAsReviewed(t *testing.T) {
	t.Parallel()
	for _, language := range []string{"ru", "en"} {
		h := thinking(true)
		m := start(t, `{"surprise":"rating","expectation":"model"}`, language, h)
		scored := start(t, "", language, h)
		bread, ball := "Хлеб опять подорожал.", "На площади красный мяч."
		if language == "en" {
			bread, ball = "Bread costs more again.", "There is a red ball in the square."
		}
		for hour := range 5 {
			m.observe(int64(hour), sees(clock(1, hour+9), bread))
		}
		seen := sees(clock(1, 15), ball)
		seen.Observation.Notifications = []sdk.Item{{Kind: sdk.ItemEvent, Text: bread}, {Kind: sdk.ItemFollow, ID: "f", Author: "a0003", AuthorName: "Вера"}}
		seen.Observation.Outcomes = []sdk.Outcome{{Action: sdk.Action{Kind: "reply", Args: map[string]string{"target": "p1", "text": "Нет."}}, Detail: "no such post"}}
		m.observe(6, seen)
		m.observe(7, sees(clock(2, 3)))
		scored.observe(1, sees(clock(1, 9), bread))
		scored.observe(2, sees(clock(1, 10), ball))
		var got strings.Builder
		for _, call := range h.asked[len(h.asked)-4:] {
			fmt.Fprintf(&got, "=== %s\n%s\n=== user\n%s=== schema\n%s\n", call.Call.Purpose, call.Messages[0].Content, call.Messages[1].Content, call.Schema)
		}
		fmt.Fprintf(&got, "=== score\n%s\n=== recall\n%s\n", h.scored[1], m.recall(8, asks(sees(clock(2, 4)), "", 0)).Text)
		path := filepath.Join("testdata", "prompts."+language+".golden")
		if *update {
			if err := os.WriteFile(path, []byte(got.String()), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got.String()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
	}
}

// lived is a memory of one agent with a number of memories, of random vectors.
func lived(b *testing.B, count int) *memory {
	b.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	h := &host{embed: func(texts []string) ([][]float32, error) {
		out := make([][]float32, len(texts))
		for i := range texts {
			v, square := make([]float32, 256), 0.0
			for j := range v {
				v[j] = float32(random.NormFloat64())
				square += float64(v[j]) * float64(v[j])
			}
			for j := range v {
				v[j] /= float32(math.Sqrt(square))
			}
			out[i] = v
		}
		return out, nil
	}}
	m := start(b, `{"capacity":1000000,"attention":200,"surprise":"embedding","expectation":"model"}`, "ru", h)
	for tick := 0; tick < count/200; tick++ {
		seen := sees(clock(1, 10))
		for i := range 200 {
			seen.Observation.Timeline = append(seen.Observation.Timeline, sdk.Item{ID: fmt.Sprint(tick, "-", i), Kind: sdk.ItemPost, Text: fmt.Sprint("запись ", tick, "-", i)})
		}
		m.observe(int64(tick), seen)
	}
	return m
}

func BenchmarkRecall(b *testing.B) {
	for _, count := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprint(count), func(b *testing.B) {
			m := lived(b, count)
			query := asks(sees(clock(1, 11)), "запись", 20)
			b.ReportAllocs()
			for b.Loop() {
				if found, err := m.Recall(b.Context(), 1<<20, []sdk.Query{query}); err != nil || len(found[0].Items) != 20 {
					b.Fatal(len(found[0].Items), err)
				}
			}
		})
	}
}
