package cassette_test

import (
	"database/sql"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/core/llm/cassette"
	"github.com/llm-city/gorod/core/sqlite"
	"github.com/llm-city/gorod/plugins/sdk"
)

func TestTotalsSumUpByModelAndPurpose(t *testing.T) {
	t.Parallel()
	c := open(t, file(t), cassette.Record)
	p := c.Layer(&model{})
	for i := range 5 {
		generate(t, p, i)
		generate(t, p, i) // a hit counts for nothing
	}
	again := request(0)
	again.Attempt = 1
	if _, err := p.Generate(t.Context(), again); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := p.Embed(t.Context(), llm.EmbedRequest{Model: "e", Texts: []string{"раз", "два три", ""}}); err != nil {
			t.Fatal(err)
		}
	}
	got, err := c.Totals(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := []cassette.Total{
		{Model: "e", Purpose: "embedding", Calls: 1, PromptTokens: 9, Latency: time.Millisecond},
		{Model: "m", Purpose: "ask", Calls: 2, PromptTokens: 20, ReplyTokens: 6, Latency: 10 * time.Millisecond},
		{Model: "m", Purpose: "plan", Calls: 4, Repairs: 1, PromptTokens: 40, ReplyTokens: 12, Latency: 20 * time.Millisecond},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if spent, err := c.Spent(t.Context()); err != nil || spent != (llm.Spent{Calls: 7, Tokens: 87}) {
		t.Errorf("%+v, %v", spent, err)
	}
}

func TestCallsComeInOrderWithTheirPrompts(t *testing.T) {
	t.Parallel()
	c := open(t, file(t), cassette.Record)
	p := c.Layer(&model{})
	for _, i := range []int{205, 3, 104, 1} {
		generate(t, p, i)
	}
	var got []cassette.Call
	for call, err := range c.Calls(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, call)
	}
	if len(got) != 4 || got[0].Index != 1 || got[1].Index != 3 || got[2].Index != 104 || got[3].Index != 205 {
		t.Fatalf("%+v", got)
	}
	first := got[0]
	if first.Agent != "a0001" || first.Purpose != "ask" || first.Model != "m" || first.Endpoint != "http://a" || first.Latency != 5*time.Millisecond ||
		first.PromptTokens != 10 || first.ReplyTokens != 3 || !strings.Contains(first.Reply, "для a0001") || !strings.Contains(first.Prompt, "Что дальше, 1?") {
		t.Errorf("%+v", first)
	}
	asked, err := c.Prompt(t.Context(), first.Key)
	if err != nil {
		t.Fatal(err)
	}
	req := request(1)
	if diff := cmp.Diff(cassette.Prompt{Messages: req.Messages, Schema: req.Schema, Sampling: req.Sampling}, asked); diff != "" {
		t.Error(diff)
	}
	for range c.Calls(t.Context()) {
		break // an early end is no error
	}
	for _, key := range []string{"", "абв", strings.Repeat("0", 64)} {
		if _, err := c.Prompt(t.Context(), key); err == nil {
			t.Errorf("key %q was found", key)
		}
	}
}

func TestASchemaIsStoredOnce(t *testing.T) {
	t.Parallel()
	path := file(t)
	c := open(t, path, cassette.Record)
	for i := range 20 {
		generate(t, c.Layer(&model{}), i)
		if err := c.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := number(t, path, "SELECT count(*) FROM schemas"); n != 1 {
		t.Errorf("%d schemas", n)
	}
}

func number(t *testing.T, path, query string) (n int) {
	t.Helper()
	db, err := sqlite.Open(t.Context(), path, sqlite.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func(db *sql.DB) { _ = db.Close() }(db)
	if err := db.QueryRowContext(t.Context(), query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestPromptsOfCallsAreJSON(t *testing.T) {
	t.Parallel()
	c := open(t, file(t), cassette.Record)
	generate(t, c.Layer(&model{}), 7)
	for call, err := range c.Calls(t.Context()) {
		if err != nil || !json.Valid([]byte(call.Prompt)) {
			t.Errorf("%q, %v", call.Prompt, err)
		}
	}
}

func TestPromptsOfAllSessionsAreRead(t *testing.T) {
	t.Parallel()
	const sessions, calls = 3, 1300 // several samples of each purpose a session
	path := file(t)
	for session := range sessions {
		c := open(t, path, cassette.Record)
		p := c.Layer(&model{})
		for i := range calls {
			generate(t, p, session*calls+i)
		}
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
	}
	seen := map[string]bool{}
	for call, err := range open(t, path, cassette.Replay).Calls(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		var messages []sdk.Message
		if err := json.Unmarshal([]byte(call.Prompt), &messages); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(request(call.Index).Messages, messages); diff != "" {
			t.Fatal(diff)
		}
		seen[messages[1].Content] = true
	}
	if len(seen) != sessions*calls {
		t.Errorf("%d different prompts of %d", len(seen), sessions*calls)
	}
}
