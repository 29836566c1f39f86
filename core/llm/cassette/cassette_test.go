package cassette_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"
	"time"

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

func TestALargeBatchIsWrittenWithinATick(t *testing.T) {
	t.Parallel()
	path := file(t)
	p := open(t, path, cassette.Record).Layer(&model{})
	calls := 0
	for range 5000 {
		generate(t, p, calls)
		calls++
	}
	// Full and old batches are written beside the calls, without waiting for a Flush.
	for deadline := time.Now().Add(time.Minute); number(t, path, "SELECT count(*) FROM calls") < 4096; calls++ {
		if time.Now().After(deadline) {
			t.Fatalf("of %d rows, %d are on the disk", calls, number(t, path, "SELECT count(*) FROM calls"))
		}
		generate(t, p, calls)
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
