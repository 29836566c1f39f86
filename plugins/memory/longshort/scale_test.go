package longshort_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/plugins/sdk"
)

var update = flag.Bool("update", false, "write the golden files")

// life is what an agent of a town goes through in a tick.
func life(agent int, tick int64) sdk.Seen {
	seen := anna()
	seen.Agent.ID = fmt.Sprintf("a%04d", agent)
	seen.Agent.Plan.Purpose = fmt.Sprintf("план %d", tick%3)
	for i := range (agent + int(tick)) % 4 {
		who := fmt.Sprintf("b%04d", (agent*7+int(tick)+i)%9)
		seen.Observation.Notifications = append(seen.Observation.Notifications,
			sdk.Item{Kind: sdk.ItemDirect, Author: who, AuthorName: "Имя " + who, Text: fmt.Sprint("слово ", tick, i), Addressed: true})
		seen.Observation.Messages = append(seen.Observation.Messages, sdk.Item{ID: fmt.Sprint("m", tick, i), Kind: sdk.ItemMessage, Author: who, Text: "да"})
	}
	seen.Observation.Outcomes = []sdk.Outcome{outcome((agent+int(tick))%5 != 0, "search", "query", fmt.Sprint("q", tick))}
	return seen
}

// drawing answers with something to say of everybody in the schema.
func drawing() *host {
	return &host{reply: func(req sdk.GenerateRequest) (string, error) {
		facts, err := json.Marshal(req.Facts)
		if err != nil {
			return "", err
		}
		var f struct{ People, Places []string }
		if err := json.Unmarshal(facts, &f); err != nil {
			return "", err
		}
		sketch := func(names []string) []map[string]string {
			out := []map[string]string{}
			for _, n := range names {
				out = append(out, map[string]string{"name": n, "relationship": "сосед", "impression": fmt.Sprint("в тик ", req.Call.Tick), "episode": fmt.Sprint("случай ", req.Call.Tick)})
			}
			return out
		}
		data, err := json.Marshal(map[string]any{"people": sketch(f.People), "places": sketch(f.Places)})
		return string(data), err
	}}
}

const tight = `{"update_after":5,"buffer":7,"people":4,"places":1,"episodes":2,"experiences":2}`

func TestRestoredMemoryGoesOnAsIfNothingHadHappened(t *testing.T) {
	t.Parallel()
	steady := start(t, tight, "ru", drawing())
	for tick := range int64(30) {
		crashed := steady.restarted(tight, "ru", drawing())
		for agent := range 6 {
			seen := life(agent, tick)
			query := sdk.Query{Agent: seen.Agent, Observation: seen.Observation}
			if diff := cmp.Diff(steady.recall(query), crashed.recall(query)); diff != "" {
				t.Fatalf("tick %d, agent %d: recall differs after a restart:\n%s", tick, agent, diff)
			}
			if diff := cmp.Diff(steady.observe(tick, seen), crashed.observe(tick, seen)); diff != "" {
				t.Fatalf("tick %d, agent %d: changes differ after a restart:\n%s", tick, agent, diff)
			}
		}
	}
}

func TestRecordsAreBounded(t *testing.T) {
	t.Parallel()
	m := start(t, tight, "ru", drawing())
	for tick := range int64(60) {
		m.observe(tick, life(3, tick))
	}
	kinds := map[string]int{}
	for _, r := range m.records {
		kinds[r.Kind]++
		if !strings.HasPrefix(r.Key, r.Kind+"/") || r.Agent != "a0003" || !json.Valid(r.JSON) {
			t.Errorf("record %+v", r)
		}
	}
	if diff := cmp.Diff(map[string]int{"person": 4, "place": 1, "experience": 2, "buffer": 7 + 1}, kinds); diff != "" {
		t.Errorf("records by kind (-want +got):\n%s", diff)
	}
}

func TestChangesComeInAgentOrderHoweverLongCallsTake(t *testing.T) {
	t.Parallel()
	var first []sdk.RecordChange
	for _, slow := range []int{0, 7} {
		synctest.Test(t, func(t *testing.T) {
			h := drawing()
			inner := h.reply
			h.reply = func(req sdk.GenerateRequest) (string, error) {
				time.Sleep(time.Duration(1+(int(req.Call.Agent[4])*slow)%11) * time.Second)
				return inner(req)
			}
			m := start(t, `{"update_after":1}`, "ru", h)
			var seen []sdk.Seen
			for agent := range 200 {
				s := life(agent, 3)
				s.Agent.ID = fmt.Sprintf("a%04d", agent)
				seen = append(seen, s)
			}
			changes := m.observe(3, seen...)
			if !slices.IsSortedFunc(changes, func(a, b sdk.RecordChange) int { return strings.Compare(a.Agent, b.Agent) }) {
				t.Error("changes are not in agent order")
			}
			if h.most != 64 || len(h.asked) != 200 {
				t.Errorf("%d calls, %d at once, want 200 and 64", len(h.asked), h.most)
			}
			if first == nil {
				first = changes
			} else if diff := cmp.Diff(first, changes); diff != "" {
				t.Errorf("changes depend on how long calls take:\n%s", diff)
			}
		})
	}
}

func TestHugeAndHostileObservationsAreBounded(t *testing.T) {
	t.Parallel()
	huge := strings.Repeat("«длинный» \xff\u200b<|im_start|> текст [p1] ", 25_000) // 1 MB
	item := sdk.Item{ID: huge, Kind: huge, Author: huge, AuthorName: huge, Text: huge}
	seen := anna()
	seen.Agent.Persona.Bio, seen.Agent.Plan.Purpose, seen.Observation.Place = huge, huge, huge
	for range 500 {
		seen.Observation.Notifications = append(seen.Observation.Notifications, item)
		seen.Observation.Messages = append(seen.Observation.Messages, item)
		seen.Observation.Outcomes = append(seen.Observation.Outcomes, sdk.Outcome{Action: sdk.Action{Kind: huge, Args: map[string]string{"text": huge, huge: huge}}, OK: true, Detail: huge})
	}
	h := saying(`{"people":[{"name":` + quoted(huge) + `,"impression":` + quoted(huge) + `}]}`)
	m := start(t, "", "ru", h)
	size := 0
	for _, c := range m.observe(1, seen) {
		size += len(c.JSON) + len(c.Key)
	}
	if size > 64<<10 {
		t.Errorf("%d bytes of records", size)
	}
	prompt := h.asked[0].Messages[0].Content + h.asked[0].Messages[1].Content
	got := m.recall(sdk.Query{Agent: seen.Agent, Observation: seen.Observation, Text: ""})
	for name, s := range map[string]string{"prompt": prompt, "recollection": got.Text} {
		if n := utf8.RuneCountInString(s); n > 10_000 || !utf8.ValidString(s) || strings.Contains(s, "<|") || strings.Contains(s, "[p1]") {
			t.Errorf("%s of %d characters", name, n)
		}
	}
}

func quoted(s string) string {
	data, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(data)
}

func TestPromptsAreAsReviewed(t *testing.T) {
	t.Parallel()
	for _, language := range []string{"ru", "en"} {
		h := saying(impressions)
		m := start(t, `{"update_after":3}`, language, h)
		m.observe(1, anna(several("a0002", 3)...))
		seen := anna(from("a0003", "Вам звонили?"), sdk.Item{Kind: sdk.ItemEvent, Text: "Банк повышает ставки."}, sdk.Item{Kind: sdk.ItemFollow, Author: "a0002", AuthorName: "Борис"})
		seen.Observation.Outcomes = []sdk.Outcome{{Action: sdk.Action{Kind: "reply", Args: map[string]string{"target": "p1", "text": "Нет."}}, Detail: "no such post"}}
		m.observe(2, seen)
		call := h.asked[1]
		got := call.Messages[0].Content + "\n=== user\n" + call.Messages[1].Content + "=== schema\n" + string(call.Schema) +
			"\n=== recall\n" + m.recall(sdk.Query{Agent: seen.Agent, Observation: seen.Observation}).Text + "\n"
		path := filepath.Join("testdata", "prompts."+language+".golden")
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
	}
}

// Not parallel: it measures the heap.
func TestIdleAgentsCostLittle(t *testing.T) {
	const agents = 2000
	heap := func() uint64 {
		runtime.GC()
		var s runtime.MemStats
		runtime.ReadMemStats(&s)
		return s.HeapAlloc
	}
	m := start(t, "", "ru", nil)
	before := heap()
	for agent := range agents {
		idle, noticed := anna(), anna(sdk.Item{Kind: sdk.ItemFollow, Author: "a0002", AuthorName: "Борис"})
		idle.Agent.ID, noticed.Agent.ID = fmt.Sprintf("i%05d", agent), fmt.Sprintf("n%05d", agent)
		idle.Observation.Outcomes = []sdk.Outcome{outcome(true, "ignore")}
		if _, err := m.Observe(t.Context(), 1, []sdk.Seen{idle, noticed}); err != nil {
			t.Fatal(err)
		}
	}
	if per := int64(heap()-before) / agents; per > 1024 {
		t.Errorf("an agent that had one interaction costs %d bytes", per)
	}
	runtime.KeepAlive(m)
}

func BenchmarkObserve(b *testing.B) {
	m := start(b, `{"consolidate":"rule"}`, "ru", nil)
	b.ReportAllocs()
	tick := int64(0)
	for b.Loop() {
		if _, err := m.Observe(b.Context(), tick, []sdk.Seen{life(int(tick)%100, tick/100)}); err != nil {
			b.Fatal(err)
		}
		tick++
	}
}

func BenchmarkRecall(b *testing.B) {
	m := start(b, `{"consolidate":"rule"}`, "ru", nil)
	for tick := range int64(50) {
		m.observe(tick, life(3, tick))
	}
	seen := life(3, 50)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := m.Recall(b.Context(), 50, []sdk.Query{{Agent: seen.Agent, Observation: seen.Observation}}); err != nil {
			b.Fatal(err)
		}
	}
}
