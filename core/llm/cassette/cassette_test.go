package cassette_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/core/llm/cassette"
	"github.com/llm-city/gorod/core/sqlite"
)

func TestWhatIsRecordedIsNotAskedAgain(t *testing.T) {
	t.Parallel()
	path, m := file(t), &model{}
	c := open(t, path, cassette.Record)
	first := generate(t, c.Layer(m), 1)
	if first.Cached || len(first.Key) != 64 {
		t.Errorf("the first answer: %+v", first)
	}
	want := first
	want.Cached = true
	check := func(when string, c *cassette.Cassette) {
		t.Helper()
		if got := generate(t, c.Layer(m), 1); got != want {
			t.Errorf("%s: %+v, want %+v", when, got, want)
		}
	}
	check("before it is written", c)
	if err := c.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	check("once it is written", c)
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	check("by a later session", open(t, path, cassette.Record))
	check("by a replay", open(t, path, cassette.Replay))
	if n := m.calls.Load(); n != 1 {
		t.Errorf("the model was asked %d times", n)
	}
}

func TestCloseWritesWhatIsLeft(t *testing.T) {
	t.Parallel()
	path := file(t)
	c := open(t, path, cassette.Record)
	generate(t, c.Layer(&model{}), 1)
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if resp := generate(t, open(t, path, cassette.Replay).Layer(nil), 1); !resp.Cached {
		t.Errorf("%+v", resp)
	}
}

func TestAReplayRefusesWhatIsNotThere(t *testing.T) {
	t.Parallel()
	path := file(t)
	c := open(t, path, cassette.Record)
	generate(t, c.Layer(&model{}), 1)
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	p := open(t, path, cassette.Replay).Layer(nil)
	_, err := p.Generate(t.Context(), request(2))
	for _, want := range []string{path, "plan", "a0002", "tick 0"} {
		if !llm.IsKind(err, llm.NotInCassette) || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %q", err, want)
		}
	}
	if _, err := p.Embed(t.Context(), llm.EmbedRequest{Texts: []string{"новое"}}); !llm.IsKind(err, llm.NotInCassette) {
		t.Error(err)
	}
}

func TestOffAsksEachTimeAndWritesNoFile(t *testing.T) {
	t.Parallel()
	path, m := file(t), &model{}
	c := open(t, path, cassette.Off)
	generate(t, c.Layer(m), 1)
	generate(t, c.Layer(m), 1)
	if err := errors.Join(c.Flush(t.Context()), c.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); m.calls.Load() != 2 || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%d calls; %v", m.calls.Load(), err)
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	if _, err := cassette.Open(t.Context(), file(t), "recrod"); err == nil || !strings.Contains(err.Error(), "record, replay, off") {
		t.Errorf("a mode that is none: %v", err)
	}
	if _, err := cassette.Open(t.Context(), file(t), cassette.Replay); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a replay of nothing: %v", err)
	}
	text := file(t)
	if err := os.WriteFile(text, []byte(strings.Repeat("не база\n", 999)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := cassette.Open(t.Context(), text, cassette.Record); !sqlite.IsCorrupt(err) {
		t.Errorf("a text file: %v", err)
	}
}

func TestErrorsAreNotRecorded(t *testing.T) {
	t.Parallel()
	m := &model{err: errors.New("down")}
	c := open(t, file(t), cassette.Record)
	if _, err := c.Layer(m).Generate(t.Context(), request(1)); !errors.Is(err, m.err) {
		t.Fatal(err)
	}
	if _, err := c.Layer(m).Embed(t.Context(), llm.EmbedRequest{Texts: []string{"а"}}); !errors.Is(err, m.err) {
		t.Fatal(err)
	}
	m.err = nil
	if resp := generate(t, c.Layer(m), 1); resp.Cached {
		t.Error("an error was recorded")
	}
	if totals, err := c.Totals(t.Context()); err != nil || len(totals) != 1 || totals[0].Calls != 1 {
		t.Errorf("%+v, %v", totals, err)
	}
}

func TestTheSameQuestionAtOnceIsAskedOnce(t *testing.T) {
	t.Parallel()
	const askers = 50
	var here sync.WaitGroup
	here.Add(askers)
	m := &model{before: func(context.Context) { here.Wait() }} // until all have come
	p := open(t, file(t), cassette.Record).Layer(m)
	texts := make([]string, askers)
	vectors := make([]float32, askers)
	var group sync.WaitGroup
	for i := range texts {
		group.Go(func() {
			here.Done()
			texts[i] = generate(t, p, 1).Text
			resp, err := p.Embed(t.Context(), llm.EmbedRequest{Model: "m", Texts: []string{"раз", "два", "раз"}})
			if err != nil || resp.Vectors[0][1] != resp.Vectors[2][1] {
				t.Errorf("%v, %v", resp, err)
				return
			}
			vectors[i] = resp.Vectors[0][1]
		})
	}
	group.Wait()
	for i := range texts {
		if texts[i] != texts[0] || vectors[i] != vectors[0] {
			t.Errorf("two answers to one question: %q, %q; %v, %v", texts[0], texts[i], vectors[0], vectors[i])
		}
	}
	if len(m.texts) != 2 || m.calls.Load() > 3 {
		t.Errorf("%d calls, texts %v", m.calls.Load(), m.texts)
	}
}

func TestWhoWaitsForAnothersCallSurvivesItsEnd(t *testing.T) {
	t.Parallel()
	begun := make(chan struct{}, 2)
	m := &model{}
	ctx, cancel := context.WithCancel(t.Context())
	m.before = func(asked context.Context) {
		begun <- struct{}{}
		if m.calls.Load() == 1 {
			<-asked.Done()
		}
	}
	p := open(t, file(t), cassette.Record).Layer(m)
	leader := make(chan error, 1)
	go func() { _, err := p.Generate(ctx, request(1)); leader <- err }()
	<-begun
	follower := make(chan llm.Response, 1)
	go func() { follower <- generate(t, p, 1) }()
	cancel()
	if err := <-leader; !errors.Is(err, context.Canceled) {
		t.Errorf("the leader: %v", err)
	}
	if resp := <-follower; resp.Text == "" {
		t.Error("the follower got nothing")
	}
}

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

func TestALargeBatchIsWrittenWithinATick(t *testing.T) {
	t.Parallel()
	path := file(t)
	p := open(t, path, cassette.Record).Layer(&model{})
	for i := range 5000 {
		generate(t, p, i)
	}
	if n := number(t, path, "SELECT count(*) FROM calls"); n < 4096 {
		t.Errorf("%d rows are on the disk", n)
	}
}

func TestAFlushThatFailsLosesNothing(t *testing.T) {
	t.Parallel()
	path, m := file(t), &model{}
	c := open(t, path, cassette.Record)
	want := generate(t, c.Layer(m), 1)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := c.Flush(ended); err == nil {
		t.Fatal("a flush in a context that is over succeeded")
	}
	second := generate(t, c.Layer(m), 2)
	if got := generate(t, c.Layer(m), 1); got.Text != want.Text {
		t.Errorf("%+v, want %+v", got, want)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	replay := open(t, path, cassette.Replay).Layer(nil)
	if generate(t, replay, 1).Text != want.Text || generate(t, replay, 2).Text != second.Text {
		t.Error("a reply is lost")
	}
}

func TestAnyTextComesBackAsItWas(t *testing.T) {
	t.Parallel()
	path := file(t)
	c := open(t, path, cassette.Record)
	for i, text := range []string{"", "ёЁ\n\t", "a\x00b", strings.Repeat("длинно ", 10000), `{"a":"\u0000"}`} {
		if _, err := c.Layer(says(text)).Generate(t.Context(), request(i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	replay := open(t, path, cassette.Replay).Layer(nil)
	for i, text := range []string{"", "ёЁ\n\t", "a\x00b", strings.Repeat("длинно ", 10000), `{"a":"\u0000"}`} {
		if got := generate(t, replay, i).Text; got != text {
			t.Errorf("%.40q came back as %.40q", text, got)
		}
	}
}

// says is a model that says one thing.
type says string

func (s says) Generate(context.Context, llm.Request) (llm.Response, error) {
	return llm.Response{Text: string(s)}, nil
}

func (s says) Embed(context.Context, llm.EmbedRequest) (llm.EmbedResponse, error) {
	return llm.EmbedResponse{}, nil
}

func TestEmbeddingsAreKnownInOtherCompany(t *testing.T) {
	t.Parallel()
	path, m := file(t), &model{}
	c := open(t, path, cassette.Record)
	first, err := c.Layer(m).Embed(t.Context(), llm.EmbedRequest{Model: "e", Texts: []string{"раз", "два"}})
	if err != nil || first.Cached || first.Tokens != 6 {
		t.Fatalf("%+v, %v", first, err)
	}
	if err := c.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	second, err := c.Layer(m).Embed(t.Context(), llm.EmbedRequest{Model: "e", Texts: []string{"три", "два"}})
	if err != nil || second.Cached || second.Tokens != 3 || !cmp.Equal(second.Vectors[1], first.Vectors[1]) {
		t.Fatalf("%+v, %v", second, err)
	}
	other, err := c.Layer(m).Embed(t.Context(), llm.EmbedRequest{Model: "other", Texts: []string{"раз"}})
	if err != nil || other.Cached {
		t.Errorf("another model's embedding was taken: %+v, %v", other, err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	third, err := open(t, path, cassette.Replay).Layer(nil).Embed(t.Context(), llm.EmbedRequest{Model: "e", Texts: []string{"два", "три", "раз"}})
	want := [][]float32{first.Vectors[1], second.Vectors[0], first.Vectors[0]}
	if err != nil || !third.Cached || third.Tokens != 0 || !cmp.Equal(third.Vectors, want) {
		t.Errorf("%+v, %v", third, err)
	}
	if !cmp.Equal(m.texts, []string{"раз", "два", "три", "раз"}) {
		t.Errorf("asked for %v", m.texts)
	}
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
