package format_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
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

func TestTheSameRowsGiveTheSameBytes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"a", "b"} {
		written(t, filepath.Join(dir, name), examples(3000), 100)
	}
	a, err := os.ReadFile(filepath.Join(dir, "a"))
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(dir, "b"))
	if err != nil || !bytes.Equal(a, b) || bytes.Contains(a, []byte(dir)) {
		t.Errorf("%v: %d and %d bytes", err, len(a), len(b))
	}
}

func TestWhatIsNoParquetOfExamplesIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	written(t, filepath.Join(dir, "whole"), examples(50), 50)
	whole, err := os.ReadFile(filepath.Join(dir, "whole"))
	if err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string][]byte{"empty": nil, "text": []byte("PAR1 text PAR1"), "half": whole[:len(whole)/2], "no beginning": whole[len(whole)/2:]} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, file, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := format.ReadParquet(path, func(*format.Row) error { return nil }); err == nil {
			t.Errorf("%s is read", name)
		}
	}
	enough := errors.New("enough")
	n := 0
	err = format.ReadParquet(filepath.Join(dir, "whole"), func(*format.Row) error {
		if n++; n == 3 {
			return enough
		}
		return nil
	})
	if !errors.Is(err, enough) || n != 3 {
		t.Errorf("%v after %d", err, n)
	}
	if err := format.ReadParquet(filepath.Join(dir, "none"), nil); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

// The vendor's reader panics where bytes of a file contradict each other, and
// believes whatever length a footer has.
func TestAByteThatWasChangedIsToldOfAndNoMore(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x")
	written(t, path, examples(5), 5)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	told := 0
	for at := len(whole) - 1; at > 0; at -= 17 {
		file := bytes.Clone(whole)
		file[at] ^= 0x80
		if err := os.WriteFile(path, file, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := format.ReadParquet(path, func(*format.Row) error { return nil }); err != nil {
			told++
		}
	}
	if told < 100 {
		t.Errorf("%d of %d changes are told of", told, len(whole)/17)
	}
}

// A file from anywhere ends in an error or in rows.
func FuzzParquet(f *testing.F) {
	path := filepath.Join(f.TempDir(), "whole")
	written(f, path, examples(5), 5)
	whole, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole, 0, byte(0))
	f.Add(whole, len(whole)-20, byte(255))
	f.Fuzz(func(t *testing.T, file []byte, at int, change byte) {
		if len(file) == 0 || len(file) > 1<<16 {
			return
		}
		file = bytes.Clone(file)
		file[uint(at)%uint(len(file))] ^= change
		path := filepath.Join(t.TempDir(), "x")
		if err := os.WriteFile(path, file, 0o600); err != nil {
			t.Fatal(err)
		}
		_ = format.ReadParquet(path, func(r *format.Row) error {
			_ = r.Exchange() + r.Reply() + r.Asked()
			return nil
		})
	})
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
