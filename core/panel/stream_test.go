package panel

import (
	"bufio"
	"context"
	"net/http"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestASlowReaderMissesWhatIsPastAndHoldsUpNobody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var tick, looks atomic.Int64
		h := hub{now: func(context.Context) (pulse, error) { looks.Add(1); return pulse{Tick: tick.Load()}, nil }}
		slow, leaveSlow := h.join()
		quick, leaveQuick := h.join()
		for n := range int64(50) {
			tick.Store(n)
			time.Sleep(beat)
			synctest.Wait()
			<-quick
		}
		if got := <-slow; got.Tick != 49 {
			t.Errorf("the slow reader got tick %d", got.Tick)
		}
		if n := looks.Load(); n > 52 {
			t.Errorf("the run was looked at %d times for two readers", n)
		}
		time.Sleep(10 * beat)
		synctest.Wait()
		if len(quick) != 0 {
			t.Error("readers are told that nothing has changed")
		}
		late, leaveLate := h.join()
		if got := <-late; got.Tick != 49 {
			t.Errorf("who joins late is told of tick %d", got.Tick)
		}
		leaveSlow()
		leaveQuick()
		leaveLate()
		synctest.Wait()
		before := looks.Load()
		time.Sleep(10 * beat)
		if synctest.Wait(); looks.Load() != before {
			t.Error("the run is looked at when nobody reads")
		}
	})
}

func TestTheStreamTellsOfANewTickAndOfNothingElse(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.at("stream"), nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if kind := resp.Header.Get("Content-Type"); kind != "text/event-stream" {
		t.Fatalf("content type %s", kind)
	}
	lines := bufio.NewScanner(resp.Body)
	told := regexp.MustCompile(`^(|:|retry: 2000|event: pulse|data: \{"tick":-?\d+,"status":"[a-z]*","commands":\d+\})$`)
	until := func(text string) {
		t.Helper()
		for lines.Scan() {
			if !told.MatchString(lines.Text()) { // whatever residents say is none of its words
				t.Errorf("the stream says %q", lines.Text())
			}
			if strings.Contains(lines.Text(), text) {
				return
			}
		}
		t.Fatalf("the stream ended before %s: %v", text, lines.Err())
	}
	until(`data: {"tick":5,"status":"running","commands":0}`)
	commitTick(t, reopened(t, s.dir), 6)
	until(`data: {"tick":6,`)
	c := reader(t)
	s.give(t, c, s.enter(t, c, "Аня"), "control/pace", map[string][]string{"pace": {"pause"}})
	until(`"commands":1}`)
}

func TestReadersOfStreamsAreBounded(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	for range mostReaders {
		s.readers.add(1)
	}
	if a := get(t, reader(t), s.at("stream")); a.status != http.StatusServiceUnavailable || a.header.Get("Retry-After") == "" {
		t.Errorf("one more: %d", a.status)
	}
}

func TestMetricsAreWhatPrometheusReads(t *testing.T) {
	t.Parallel()
	s := open(t, func(o *Options) { o.Runs[0].Name = `a"b\c/base/1` })
	a := get(t, reader(t), s.url+"/metrics")
	for _, line := range []string{
		"# TYPE gorod_run_tick gauge", `gorod_run_tick{run="a\"b\\c/base/1"} 6`, `gorod_run_ticks{run="a\"b\\c/base/1"} 12`, `gorod_run_messages_total{run="a\"b\\c/base/1"} 18`,
		`gorod_run_model_calls_total{run="a\"b\\c/base/1"} 4`, `gorod_run_plugin_restarts_total{run="a\"b\\c/base/1"} 6`, `gorod_run_residents{run="a\"b\\c/base/1"} 4`,
		`gorod_run_model_cache_hits_total{run="a\"b\\c/base/1"} 18`, `gorod_run_model_peak_requests{run="a\"b\\c/base/1"} 4`,
	} {
		if !strings.Contains(a.body, line+"\n") {
			t.Errorf("no line %s", line)
		}
	}
	if !strings.HasPrefix(a.header.Get("Content-Type"), "text/plain; version=0.0.4") {
		t.Errorf("%v", a.header)
	}
}
