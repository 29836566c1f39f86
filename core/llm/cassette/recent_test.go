package cassette_test

import (
	"testing"
	"time"

	"github.com/llm-city/gorod/core/llm/cassette"
)

func TestAWatcherReadsOnlyWhatIsNew(t *testing.T) {
	t.Parallel()
	path := file(t)
	writer := open(t, path, cassette.Record)
	p := writer.Layer(&model{})
	written := func(from, to int) {
		for i := from; i < to; i++ {
			generate(t, p, i)
		}
		if err := writer.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	written(0, 3)
	watcher := open(t, path, cassette.Replay)
	seen := int64(0)
	count := func() (n int) {
		for call, err := range watcher.Timings(t.Context(), seen) {
			if err != nil {
				t.Fatal(err)
			}
			if call.Model != "m" || call.Latency != 5*time.Millisecond || call.PromptTokens != 10 || call.ReplyTokens != 3 || call.Seq <= seen {
				t.Errorf("%+v after %d", call, seen)
			}
			seen, n = call.Seq, n+1
		}
		return n
	}
	if first := count(); first != 3 {
		t.Errorf("%d calls at first", first)
	}
	written(3, 5)
	if then := count(); then != 2 {
		t.Errorf("%d calls then", then)
	}
	if n, err := watcher.Written(t.Context()); err != nil || n != 5 {
		t.Errorf("%d calls written, %v", n, err)
	}
}

func TestTheLastCallsOfAnAgentComeNewestFirst(t *testing.T) {
	t.Parallel()
	path := file(t)
	writer := open(t, path, cassette.Record)
	for _, i := range []int{1, 3, 5} {
		generate(t, writer.Layer(&model{}), i)
		if err := writer.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	agent, tick := request(5).Agent, request(5).Tick
	calls, err := writer.LastCalls(t.Context(), agent, tick, 2)
	if err != nil || len(calls) == 0 || len(calls) > 2 || calls[0].Index != 5 || calls[0].Prompt == "" {
		t.Errorf("%+v, %v", calls, err)
	}
	if none, err := writer.LastCalls(t.Context(), agent, -1, 2); err != nil || len(none) != 0 {
		t.Errorf("before the first tick: %+v, %v", none, err)
	}
}
