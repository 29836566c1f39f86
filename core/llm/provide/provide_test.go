package provide_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/core/llm/llmtest"
	"github.com/llm-city/gorod/core/llm/provide"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
)

func start(t *testing.T, opts llmtest.Options) *llmtest.Server {
	t.Helper()
	s := llmtest.Start(opts)
	t.Cleanup(s.Close)
	return s
}

func env(string) string { return "" }

func set(t *testing.T, models map[string]spec.Model, getenv func(string) string) *provide.Set {
	t.Helper()
	s, err := provide.New(models, getenv, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAllThatIsWrongIsSaidAtOnce(t *testing.T) {
	t.Parallel()
	_, err := provide.New(map[string]spec.Model{
		"a": {Provider: "ollama", Model: "m"},
		"b": {Provider: "openai", Model: "m", Endpoints: []string{"localhost"}},
		"c": {Provider: "gpt", Model: "m", Endpoints: []string{"http://h"}},
		"d": {Provider: "openai", Model: "m", Endpoints: []string{"http://h"}, APIKeyEnv: "NOT_SET"},
	}, env, slog.New(slog.DiscardHandler))
	for _, want := range []string{"models.a", "no endpoints", "models.b", "http://host:port", "models.c", `"gpt"`, "models.d", "NOT_SET"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %q", err, want)
		}
	}
}

func TestTheSameModelIsAskedThroughEitherAPI(t *testing.T) {
	t.Parallel()
	server := start(t, llmtest.Options{Models: []string{"m"}, Key: "sk-1"})
	s := set(t, map[string]spec.Model{
		"native": {Provider: "ollama", Model: "m", Endpoints: []string{server.URL}, NumCtx: 2048},
		"openai": {Provider: "openai", Model: "m", Endpoints: []string{server.URL + "/v1"}, APIKeyEnv: "KEY"},
	}, func(name string) string { return map[string]string{"KEY": "sk-1"}[name] })
	for _, name := range []string{"native", "openai"} {
		resp, err := s.Provider(name).Generate(t.Context(), llm.Request{Model: "m", Agent: "a", Messages: []sdk.Message{{Role: "user", Content: "да?"}}})
		if err != nil || resp.Text == "" || resp.Latency == 0 || !strings.HasPrefix(resp.Endpoint, server.URL) {
			t.Errorf("%s: %+v, %v", name, resp, err)
		}
		if stats := s.Stats(name); stats.Calls != 1 || stats.Service == 0 {
			t.Errorf("%s: %+v", name, stats)
		}
	}
	if s.Provider("none") != nil {
		t.Error("a model that nobody named has a provider")
	}
}

func TestParallelHoldsAcrossRuns(t *testing.T) {
	t.Parallel()
	server := start(t, llmtest.Options{Slots: 16})
	s := set(t, map[string]spec.Model{"m": {Provider: "openai", Model: "m", Endpoints: []string{server.URL + "/v1"}, Parallel: 3}}, env)
	var group sync.WaitGroup
	for run := range 4 {
		p := s.Provider("m")
		for i := range 25 {
			group.Go(func() {
				if _, err := p.Generate(t.Context(), llm.Request{Model: "m", Agent: fmt.Sprint(run, i)}); err != nil {
					t.Error(err)
				}
			})
		}
	}
	group.Wait()
	if stats := server.Stats(); stats.Requests != 100 || stats.Peak > 3 {
		t.Errorf("%+v", stats)
	}
}

func TestListPullDigestAndCheck(t *testing.T) {
	t.Parallel()
	server := start(t, llmtest.Options{Models: []string{"m"}})
	s := set(t, map[string]spec.Model{
		"native":  {Provider: "ollama", Model: "m", Endpoints: []string{server.URL}},
		"openai":  {Provider: "openai", Model: "m", Endpoints: []string{server.URL + "/v1"}},
		"missing": {Provider: "ollama", Model: "other", Endpoints: []string{server.URL}},
	}, env)
	for _, name := range []string{"native", "openai"} {
		models, err := s.List(t.Context(), name)
		if err != nil || len(models) != 1 || !strings.HasPrefix(models[0].Name, "m") {
			t.Errorf("%s: %+v, %v", name, models, err)
		}
		checks, err := s.Check(t.Context(), name)
		if err != nil || len(checks) != 4 {
			t.Errorf("%s: %+v, %v", name, checks, err)
		}
		for _, c := range checks {
			if !c.OK || c.Detail == "" || !strings.HasPrefix(c.Endpoint, server.URL) {
				t.Errorf("%s: %+v", name, c)
			}
		}
	}
	if digest, err := s.Digest(t.Context(), "native"); err != nil || len(digest) != 64 {
		t.Errorf("%q, %v", digest, err)
	}
	if digest, err := s.Digest(t.Context(), "openai"); err != nil || digest != "" {
		t.Errorf("%q, %v", digest, err)
	}
	last := ""
	if err := s.Pull(t.Context(), "native", func(status string, _, _ int64) { last = status }); err != nil || last != "success" {
		t.Errorf("%q, %v", last, err)
	}
	none := func(string, int64, int64) {}
	if err := s.Pull(t.Context(), "openai", none); !llm.IsKind(err, llm.BadRequest) {
		t.Errorf("%v", err)
	}
	if checks, err := s.Check(t.Context(), "missing"); !llm.IsKind(err, llm.ModelMissing) || len(checks) != 1 || checks[0].OK {
		t.Errorf("%+v, %v", checks, err)
	}
	for _, err := range []error{s.Pull(t.Context(), "none", none), second(s.List(t.Context(), "none")), second(s.Check(t.Context(), "none"))} {
		if err == nil || !strings.Contains(err.Error(), `"none"`) {
			t.Errorf("%v", err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func TestServersWithDifferentWeightsAreToldApart(t *testing.T) {
	t.Parallel()
	a, b := start(t, llmtest.Options{Models: []string{"m"}}), start(t, llmtest.Options{Models: []string{"m"}, Digest: "другие"})
	s := set(t, map[string]spec.Model{"m": {Provider: "ollama", Model: "m", Endpoints: []string{a.URL, b.URL}}}, env)
	if _, err := s.Digest(t.Context(), "m"); err == nil || !strings.Contains(err.Error(), "weights") || !strings.Contains(err.Error(), a.URL) || !strings.Contains(err.Error(), b.URL) {
		t.Errorf("%v", err)
	}
}

func TestCheckTellsWhatDoesNotWork(t *testing.T) {
	t.Parallel()
	server := start(t, llmtest.Options{NoSchema: true})
	s := set(t, map[string]spec.Model{"m": {Provider: "openai", Model: "any", Endpoints: []string{server.URL + "/v1"}}}, env)
	checks, err := s.Check(t.Context(), "m")
	if err == nil || len(checks) != 4 || !checks[1].OK || checks[2].OK || !strings.Contains(checks[2].Detail, "JSON Schema") {
		t.Errorf("%+v, %v", checks, err)
	}
}

func TestARunGoesOnWhereAServerStops(t *testing.T) {
	t.Parallel()
	a, b := start(t, llmtest.Options{}), start(t, llmtest.Options{})
	s := set(t, map[string]spec.Model{"m": {Provider: "openai", Model: "m", Endpoints: []string{a.URL + "/v1", b.URL + "/v1"}, Parallel: 2, Retries: 2}}, env)
	ask := func(ctx context.Context, i int) error {
		_, err := s.Provider("m").Generate(ctx, llm.Request{Model: "m", Agent: fmt.Sprint(i)})
		return err
	}
	for i := range 20 {
		if i == 5 {
			a.Close()
		}
		if err := ask(t.Context(), i); err != nil {
			t.Fatal(err)
		}
	}
	if n := b.Stats().Requests; n < 15 {
		t.Errorf("the server that is left had %d requests", n)
	}
}
