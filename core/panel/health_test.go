package panel

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/core/llm/cassette"
	"github.com/llm-city/gorod/core/spec"
)

// serverOf answers as a model at an endpoint.
type serverOf struct{ endpoint string }

func (s serverOf) Generate(context.Context, llm.Request) (llm.Response, error) {
	return llm.Response{Text: "x", PromptTokens: 10, ReplyTokens: 3, Endpoint: s.endpoint, Latency: 20 * time.Millisecond}, nil
}

func (serverOf) Embed(context.Context, llm.EmbedRequest) (llm.EmbedResponse, error) {
	return llm.EmbedResponse{}, nil
}

// troubled is the folder of a run of two ticks in which a plugin died twice, and
// of three servers one left and one came back.
func troubled(t *testing.T) string {
	t.Helper()
	j, dir := begun(t)
	calls, err := cassette.Open(t.Context(), filepath.Join(dir, cassetteFile), cassette.Record)
	if err != nil {
		t.Fatal(err)
	}
	for i, endpoint := range []string{"http://a", "http://b", "http://c", "http://a"} {
		if _, err := calls.Layer(serverOf{endpoint}).Generate(t.Context(), llm.Request{Model: "m", Agent: "a0001", Tick: int64(i / 2), Purpose: "plan", Index: i}); err != nil {
			t.Fatal(err)
		}
	}
	if err := calls.Close(); err != nil {
		t.Fatal(err)
	}
	for tick, incidents := range [][]event.Incident{
		{{Kind: restarted, Source: "memory/longshort", Detail: "exit status 2"}, {Kind: endpointMark + drained, Source: "http://a"}, {Kind: endpointMark + drained, Source: "http://b"}},
		{{Kind: restarted, Source: "memory/longshort"}, {Kind: endpointMark + returned, Source: "http://b"}, {Kind: "not on the server", Source: "Анна"}},
	} {
		for i := range incidents {
			incidents[i].Tick = int64(tick)
		}
		c := event.Commit{Tick: int64(tick), Time: "2026-03-02T08:00:00Z", Digest: emptyDigest(t), Incidents: incidents, Usage: event.Usage{Calls: 2, Hits: 6, Errors: 1, Peak: int64(tick) + 3}}
		if err := j.Commit(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestPluginsAndServersShowTheirHealth(t *testing.T) {
	t.Parallel()
	s := openAt(t, troubled(t), func(o *Options) {
		o.Runs[0].Study = &spec.Study{
			Agents:      spec.Agents{Memory: spec.Plugin{Plugin: "memory/longshort"}, Planner: spec.Plugin{Plugin: "planner/plain"}},
			Environment: spec.Environment{Town: &spec.Town{Mayor: spec.TownMayor{Plugin: spec.Plugin{Plugin: "mayor/greedy"}}}},
		}
	})
	rows := func(path string) []string {
		return texts(t, get(t, reader(t), s.at(path)).body, `<tr>(<th scope="row">.*?)</tr>`)
	}
	for path, want := range map[string][]string{
		"models?lang=en": {
			"mayor/greedy mayor works 0 —", "memory/longshort memory was restarted 2 1", "planner/plain plans works 0 —",
			"m http://a out of use 2 0 0 20 6", "m http://b answers 1 0 0 10 3", "m http://c answers 1 0 0 10 3", "m plan 4 0 0 40 12",
		},
		"models?tick=0&lang=en": {"memory/longshort memory was restarted 1 0", "m http://a out of use 1 0 0 10 3", "m http://b out of use 1 0 0 10 3", "m plan 2 0 0 20 6"},
	} {
		got := rows(path)
		for _, row := range want {
			if !slices.ContainsFunc(got, func(g string) bool { return strings.HasPrefix(g, row) }) {
				t.Errorf("%s has no row %q: %q", path, row, got)
			}
		}
	}
	for path, tells := range map[string][]string{
		"models?lang=en":        {"server is back", "not on the server", "exit status 2", `id="figure-queue"`, `id="figure-answers"`, ">12 <small>75%</small>", "Commands waiting"},
		"models?tick=0&lang=en": {"server out of use", ">6 <small>75%</small>"},
	} {
		page := get(t, reader(t), s.at(path)).body
		for _, tell := range tells {
			if !strings.Contains(page, tell) {
				t.Errorf("%s does not tell %q", path, tell)
			}
		}
	}
	if page := get(t, reader(t), s.at("models?tick=0&lang=en")).body; strings.Contains(page, "http://c") || strings.Contains(page, "Commands waiting") || strings.Contains(page, "server is back") {
		t.Error("what came later is shown in the past")
	}
	metrics := get(t, reader(t), s.url+"/metrics").body
	for _, line := range []string{"gorod_run_plugin_restarts_total", "gorod_run_model_endpoints_drained", "gorod_run_incidents_total"} {
		want := map[string]string{"gorod_run_plugin_restarts_total": "2", "gorod_run_model_endpoints_drained": "1", "gorod_run_incidents_total": "6"}[line]
		if !strings.Contains(metrics, line+`{run="`+runName+`"} `+want+"\n") {
			t.Errorf("%s is not %s", line, want)
		}
	}
}

func TestATopicLeadsToTheChatsThatHoldIt(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	page := get(t, reader(t), s.at("?lang=en&tick=3")).body
	links := texts(t, page, `<a class="label" href="([^"]*)"`)
	if len(links) == 0 || !strings.Contains(links[0], "/chats?q=") || !strings.Contains(links[0], "tick=3") {
		t.Fatalf("%q", links)
	}
	for path, want := range map[string]string{
		"chats?q=трамваем&lang=en": "6 chats", "chats?q=дорог+соколова&lang=en": "6 chats", "chats?q=велосипед&lang=en": "no such chats", "chats?q=трамвай&tick=1&lang=en": "2 chats",
		"chats?q=HYPERLINK&show=private&lang=en": "6 chats", "chats?q=трамвай&show=private&lang=en": "no such chats", "chats?q=!!!&page=7&lang=en": "12 chats",
	} {
		a := get(t, reader(t), s.at(path))
		if !strings.Contains(a.body, want) {
			t.Errorf("%s does not find %s", path, want)
		}
	}
}
