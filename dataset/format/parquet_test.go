package format_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/llm-city/gorod/dataset/format"
)

// examples are n rows of which no two are the same.
func examples(n int) []format.Row {
	rows := make([]format.Row, n)
	for i := range rows {
		r := format.Row{
			ID: fmt.Sprintf("chat-1/0/%d", i), Split: "train", Chat: fmt.Sprint("chat-", i%3), Threads: []string{fmt.Sprint("chat-1/", i)}, Topic: int32(i % 4),
			Time: int64(i) * 1000, Target: "me", Role: strings.Repeat("друг", i%2), Cluster: int64(i),
		}
		for n := range 2 + i%5 {
			r.Turns = append(r.Turns, format.Turn{Role: user, Speaker: "person-1", Time: int64(i - n), Messages: int32(n), Text: strings.Repeat(fmt.Sprint("ы", i, " "), n)})
		}
		for n := range i % 3 {
			r.Retrieved = append(r.Retrieved, format.Retrieved{ID: fmt.Sprint(n), Time: int64(n), Turn: "да?", Reply: fmt.Sprint("нет ", i), Score: 1 / float64(i+1)})
			r.Origins = append(r.Origins, fmt.Sprint("post-", i))
		}
		rows[i] = r
	}
	return rows
}

func written(t testing.TB, path string, rows []format.Row, part int) {
	t.Helper()
	w, err := format.CreateParquet(path, map[string]string{"b": "2", "a": "1"})
	if err != nil {
		t.Fatal(err)
	}
	for len(rows) > 0 {
		n := min(part, len(rows))
		if err := w.Write(rows[:n]); err != nil {
			t.Fatal(err)
		}
		rows = rows[n:]
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

// More rows than a group holds, kept beyond the call that hands them over.
func TestRowsComeBackFromParquet(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x.parquet")
	want := examples(20_000)
	written(t, path, want, 512)
	var got []format.Row
	if err := format.ReadParquet(path, func(r *format.Row) error { got = append(got, *r); return nil }); err != nil {
		t.Fatal(err)
	}
	if len(got) != len(want) {
		t.Fatalf("%d rows", len(got))
	}
	for i := range want {
		if diff := cmp.Diff(want[i], got[i], cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("row %d: %s", i, diff)
		}
	}
}

func TestAnErrorEndsTheReadingOfExamples(t *testing.T) {
	t.Parallel()
	path, enough, n := filepath.Join(t.TempDir(), "x"), errors.New("enough"), 0
	written(t, path, examples(50), 50)
	err := format.ReadParquet(path, func(*format.Row) error {
		if n++; n == 3 {
			return enough
		}
		return nil
	})
	if !errors.Is(err, enough) || n != 3 {
		t.Errorf("%v after %d", err, n)
	}
}

func TestEveryColumnIsDocumented(t *testing.T) {
	t.Parallel()
	names := map[string]string{}
	for _, c := range format.Columns() {
		if c.Doc == "" || c.Type == "" {
			t.Errorf("%+v", c)
		}
		names[c.Name] = c.Type
	}
	if len(names) != 22 || names["turns[].text"] != "string" || names["time"] != "timestamp[ms, UTC]" || names["retrieved"] != "list of structs" {
		t.Errorf("%v", names)
	}
	empty := format.Row{}
	if empty.Reply()+empty.Asked()+empty.Exchange() != "" {
		t.Error("an example without turns says something")
	}
}
