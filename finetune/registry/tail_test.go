package registry_test

import (
	"context"
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/llm-city/gorod/finetune/registry"
)

// text is the Reader of a text.
func text(s string) registry.Reader {
	return func(_ context.Context, offset int64, limit int) ([]byte, int64, error) {
		return []byte(s[min(offset, int64(len(s))):min(offset+int64(limit), int64(len(s)))]), int64(len(s)), nil
	}
}

func TestATailReadsWhatIsNewAndBeginsAnewWithTheFile(t *testing.T) {
	t.Parallel()
	r := open(t, filepath.Join(t.TempDir(), "finetune.db"))
	id := add(t, r, "mine", 1)
	tail := r.Tail(id, 0)
	log := func(from, to int) string {
		var b strings.Builder
		for step := from; step <= to; step++ {
			fmt.Fprintf(&b, `{"event":"log","step":%d,"of":50000,"loss":%d,"time":%d}`+"\n", step, 50000-step, 1000+2*step)
		}
		return b.String()
	}
	begun := log(1, 5_000) // some pages
	for _, file := range []string{"", begun, begun + log(5_001, 5_002), log(1, 3), log(1, 4)} {
		if _, err := r.ReadMetrics(t.Context(), id, 0, text(file)); err != nil {
			t.Fatal(err)
		}
		got, err := tail.Progress(t.Context())
		all, allErr := r.Metrics(t.Context(), id, 0)
		if want := registry.ProgressOf(all); err != nil || allErr != nil || len(all) != strings.Count(file, "\n") || !reflect.DeepEqual(got, want) {
			t.Errorf("%d lines: %+v, want %+v, %v, %v", len(all), got, want, err, allErr)
		}
	}
}

func TestAClockThatWasPutBackHidesNothing(t *testing.T) {
	t.Parallel()
	now := time.Date(2126, 3, 2, 9, 0, 0, 0, time.UTC)
	r, err := registry.Open(t.Context(), filepath.Join(t.TempDir(), "finetune.db"), registry.Options{Now: func() time.Time { return now }, Random: zeros{}})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	id := add(t, r, "mine", 1)
	if !set(t, r, id, first, registry.Change{State: registry.Failed}) {
		t.Fatal("it did not fail")
	}
	now = now.AddDate(-100, 0, 0)
	if err := r.Submitted(t.Context(), id, registry.Submission{Ref: first, Cluster: "15"}); err != nil {
		t.Fatal(err)
	}
	if got := get(t, r, id).Tasks[0].Status.State; got != registry.Pending {
		t.Errorf("it was queued again and is %s", got)
	}
	if !set(t, r, id, first, registry.Change{State: registry.Running, Cluster: "15"}) || set(t, r, id, first, registry.Change{State: registry.Running, Cluster: "15"}) {
		t.Error("it runs, and is not heard, or heard twice")
	}
}

func TestWhatIsLeftIsNeverNegative(t *testing.T) {
	t.Parallel()
	points := []registry.Point{{Event: "log", Step: 1, Of: 1 << 60, Time: 1}, {Event: "log", Step: 2, Of: 1 << 60, Time: 1e9}}
	if left := registry.ProgressOf(points).Left; left <= 0 {
		t.Errorf("left %v", left)
	}
}
