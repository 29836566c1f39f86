package host

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/llm-city/gorod/plugins/sdk"
)

func change(agent, key, value string) sdk.RecordChange {
	return sdk.RecordChange{Record: sdk.Record{Agent: agent, Key: key, JSON: []byte(value)}, Delete: value == ""}
}

func stored(changes ...sdk.RecordChange) iter.Seq2[sdk.Record, error] {
	return func(yield func(sdk.Record, error) bool) {
		for _, c := range changes {
			if !yield(c.Record, nil) {
				return
			}
		}
	}
}

func TestChangesAreLaidOverRecordsInOrder(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name            string
		records, change []sdk.RecordChange
		want            string
	}{
		{"nothing", nil, nil, ""},
		{"no changes", []sdk.RecordChange{change("a", "1", "x")}, nil, "a1=x"},
		{"no records", nil, []sdk.RecordChange{change("b", "1", "y"), change("a", "2", "x")}, "a2=x b1=y"},
		{"before, between, after", []sdk.RecordChange{change("b", "1", "r"), change("d", "1", "r")},
			[]sdk.RecordChange{change("e", "1", "c"), change("a", "1", "c"), change("c", "1", "c")}, "a1=c b1=r c1=c d1=r e1=c"},
		{"replaced and removed", []sdk.RecordChange{change("a", "1", "r"), change("a", "2", "r"), change("a", "3", "r")},
			[]sdk.RecordChange{change("a", "1", "c"), change("a", "2", ""), change("z", "9", "")}, "a1=c a3=r"},
		{"the last change counts", nil, []sdk.RecordChange{change("a", "1", "x"), change("a", "1", "y")}, "a1=y"},
		{"removed and made anew", []sdk.RecordChange{change("a", "1", "r")},
			[]sdk.RecordChange{change("a", "1", ""), change("a", "1", "n")}, "a1=n"},
	}
	for _, tt := range tests {
		var got []string
		for r, err := range overlay(stored(tt.records...), tt.change) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, fmt.Sprintf("%s%s=%s", r.Agent, r.Key, r.JSON))
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%s: %v, want %s", tt.name, got, tt.want)
		}
	}
}

func TestALaidOverSequenceStopsWhenAskedOrBroken(t *testing.T) {
	t.Parallel()
	changes := []sdk.RecordChange{change("a", "1", "x"), change("b", "1", "x"), change("z", "1", "x")}
	for stop := range 4 {
		n := 0
		for range overlay(stored(change("c", "1", "r")), changes) {
			if n++; n > stop {
				break
			}
		}
		if n != stop+1 {
			t.Errorf("went on to %d after %d", n, stop+1)
		}
	}
	broken := errors.New("disk")
	var last error
	for _, err := range overlay(func(yield func(sdk.Record, error) bool) { yield(sdk.Record{}, broken) }, changes) {
		last = err
	}
	if !errors.Is(last, broken) {
		t.Errorf("ended with %v", last)
	}
}

func TestChangesOfEarlierTicksAreForgotten(t *testing.T) {
	t.Parallel()
	var r recent
	r.add(1, []sdk.RecordChange{change("a", "1", "x")})
	r.add(2, nil)
	if got := r.changes(); len(got) != 0 {
		t.Errorf("after tick 2 began: %v", got)
	}
	r.add(2, []sdk.RecordChange{change("a", "2", "x")})
	r.add(2, []sdk.RecordChange{change("a", "3", "x")})
	if got := r.changes(); len(got) != 2 {
		t.Errorf("of tick 2: %v", got)
	}
}

func TestLinesOfAPluginBecomeLogEntries(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, in, want string }{
		{"plain", "hello\nworld", `level=INFO msg=hello stream=s|level=INFO msg=world stream=s`},
		{"json", `{"@level":"error","@message":"bad","@timestamp":"x","b":2,"a":"z"}` + "\n", `level=ERROR msg=bad a=z b=2`},
		{"json of another kind", `{"x":1}` + "\n", `level=INFO msg="{\"x\":1}" stream=s`},
		{"hostile json", `{"@message":5,"@level":[],"@timestamp":{}}` + "\n", `level=INFO msg="{\"@message\":5,\"@level\":[],\"@timestamp\":{}}" stream=s`},
		{"blank", "\n \n\r\n", ``},
		{"not text", "\xff\xfe\n", "level=INFO msg=\"\uFFFD\" stream=s"},
	}
	for _, tt := range tests {
		for _, size := range []int{1, 7, 1 << 20} { // however it arrives
			var out bytes.Buffer
			l := &lineLog{log: slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
				if a.Key == slog.TimeKey {
					return slog.Attr{}
				}
				return a
			}})), stream: "s"}
			for part := range slices.Chunk([]byte(tt.in), size) {
				if n, err := l.Write(part); n != len(part) || err != nil {
					t.Fatal(n, err)
				}
			}
			l.flush()
			if got := strings.ReplaceAll(strings.TrimSpace(out.String()), "\n", "|"); got != tt.want {
				t.Errorf("%s in parts of %d: %s", tt.name, size, got)
			}
		}
	}
}

func FuzzLinesNeverGrowBeyondTheirLimit(f *testing.F) {
	f.Add([]byte("a\nb"), 3)
	f.Add([]byte(`{"@message":1}`+"\n"), 1)
	f.Add(bytes.Repeat([]byte("x"), maxLine+5), 1000)
	f.Fuzz(func(t *testing.T, data []byte, size int) {
		l := &lineLog{log: slog.New(slog.DiscardHandler)}
		for part := range slices.Chunk(data, max(1, min(size, len(data)+1))) {
			if n, err := l.Write(part); n != len(part) || err != nil {
				t.Fatal(n, err)
			}
			if len(l.line) > maxLine {
				t.Fatalf("%d bytes held", len(l.line))
			}
		}
		l.flush()
	})
}

func TestTheTailIsTheEndOfWhatWasWritten(t *testing.T) {
	t.Parallel()
	var whole strings.Builder
	kept := &tail{}
	for i := range 5000 {
		line := fmt.Sprintf("line %d %s\n", i, strings.Repeat("x", i%97))
		whole.WriteString(line)
		if n, err := kept.Write([]byte(line)); n != len(line) || err != nil {
			t.Fatal(n, err)
		}
	}
	if got := kept.String(); len(got) != tailSize || !strings.HasSuffix(whole.String(), got) {
		t.Errorf("%d bytes that are not the end", len(got))
	}
	if _, err := kept.Write(bytes.Repeat([]byte("y"), 10*tailSize)); err != nil {
		t.Fatal(err)
	}
	if cap(kept.buf) > 16*tailSize || kept.String() != strings.Repeat("y", tailSize) {
		t.Errorf("a large write leaves %d bytes", cap(kept.buf))
	}
}

func TestLastWordsAreFewAndValid(t *testing.T) {
	t.Parallel()
	if got := lastWords(" \n"); got != "" {
		t.Errorf("of nothing: %q", got)
	}
	got := lastWords(strings.Repeat("строка\n", 5000))
	if len(got) > 3000 || strings.Count(got, "\n") > 16 || strings.ToValidUTF8(got, "") != got {
		t.Errorf("%d bytes", len(got))
	}
}

func TestSocketsGoWhereTheirPathsFit(t *testing.T) {
	t.Parallel()
	long := filepath.Join(t.TempDir(), strings.Repeat("d", 100))
	if err := os.Mkdir(long, 0o700); err != nil {
		t.Fatal(err)
	}
	dir, err := newSocketDir(filepath.Join(long, "missing"), long, "/tmp")
	if err != nil || filepath.Dir(dir.path) != "/tmp" {
		t.Fatalf("%v, %v", dir, err)
	}
	if err := dir.remove(); err != nil {
		t.Error(err)
	}
	if _, err := newSocketDir(long); err == nil || !strings.Contains(err.Error(), "set TMPDIR to a short path") {
		t.Errorf("only a long one: %v", err)
	}
	if left, err := os.ReadDir(long); err != nil || len(left) != 0 {
		t.Errorf("left behind %v, %v", left, err)
	}
}

func TestOldSocketsAreSwept(t *testing.T) {
	t.Parallel()
	temp := t.TempDir()
	alive, err := newSocketDir(temp)
	if err != nil {
		t.Fatal(err)
	}
	dead, err := newSocketDir(temp)
	if err != nil {
		t.Fatal(err)
	}
	if err := dead.lock.Close(); err != nil { // as the kernel does for a killed process
		t.Fatal(err)
	}
	young := filepath.Join(temp, socketDirs+"young") // not locked yet
	if err := os.Mkdir(young, 0o700); err != nil {
		t.Fatal(err)
	}
	sweepSockets(temp)
	for dir, want := range map[string]bool{alive.path: true, dead.path: false, young: true} {
		if _, err := os.Stat(dir); (err == nil) != want {
			t.Errorf("%s is there: %v, want %v", dir, err == nil, want)
		}
	}
	if err := alive.remove(); err != nil {
		t.Error(err)
	}
}

func TestDistanceCountsSlips(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"abc", "abc", 0}, {"abc", "", 3}, {"", "ab", 2}, {"dairy", "diary", 2}, {"plan", "planner", 3}, {"kitten", "sitting", 3}} {
		if got := distance(tt.a, tt.b); got != tt.want {
			t.Errorf("%s → %s: %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
}
