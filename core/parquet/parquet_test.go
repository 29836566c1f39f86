package parquet_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/llm-city/gorod/core/parquet"
)

type said struct {
	Text string `parquet:"text"`
	By   int32  `parquet:"by"`
}

type row struct {
	ID    int64    `parquet:"id"`
	Name  string   `parquet:"name,dict"`
	Said  []said   `parquet:"said,list"`
	Tags  []string `parquet:"tags,list"`
	Score *float64 `parquet:"score"`
}

// made are n rows of which no two are the same.
func made(n int) []row {
	rows := make([]row, n)
	for i := range rows {
		r := row{ID: int64(i), Name: []string{"Анна", "Пётр"}[i%2]}
		for n := range i % 3 {
			r.Said, r.Tags = append(r.Said, said{strings.Repeat(fmt.Sprint("ё", i, " "), n), int32(n)}), append(r.Tags, fmt.Sprint(i))
		}
		if score := float64(i) / 7; i%5 > 0 {
			r.Score = &score
		}
		rows[i] = r
	}
	return rows
}

func write(t testing.TB, path string, l *parquet.Layout, rows []row) {
	t.Helper()
	w, err := parquet.Create[row](path, l)
	if err != nil {
		t.Fatal(err)
	}
	w.Describe(map[string]string{"b": "2", "a": "1"})
	half := len(rows) / 2
	for _, r := range rows[:half] {
		if err := w.Add(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Write(rows[half:]), w.Close()); err != nil {
		t.Fatal(err)
	}
}

func read(path string) (all []row, err error) {
	err = parquet.Read(path, "rows of a test", func(rows []row) error {
		all = append(all, rows...)
		return nil
	})
	return all, err
}

// file writes bytes as a file.
func file(t testing.TB, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.parquet")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// whole is a file of five rows.
func whole(t testing.TB) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "whole")
	write(t, path, parquet.Quick(), made(5))
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// More rows than a group holds, kept beyond the call that hands them over, added
// one by one and at once; the same rows give the same bytes.
func TestRowsComeBackInOrderAndTheSameRowsGiveTheSameBytes(t *testing.T) {
	t.Parallel()
	for name, layout := range map[string]func() *parquet.Layout{"quick": parquet.Quick, "dense": parquet.Dense} {
		dir, want := t.TempDir(), made(20_000)
		var files [2][]byte
		for i := range files {
			path := filepath.Join(dir, fmt.Sprint(name, i))
			write(t, path, layout(), want)
			got, err := read(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
			if files[i], err = os.ReadFile(path); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(files[0], files[1]) || bytes.Contains(files[0], []byte(dir)) {
			t.Errorf("%s: %d and %d bytes", name, len(files[0]), len(files[1]))
		}
		if said, err := parquet.Metadata(filepath.Join(dir, name+"0")); err != nil || said["a"] != "1" || said["b"] != "2" {
			t.Error(said, err)
		}
	}
}

// Whoever is killed while rows are written leaves no half of a file.
func TestAFileIsInItsPlaceWhenItIsWhole(t *testing.T) {
	t.Parallel()
	path := file(t, []byte("earlier"))
	for _, closed := range []bool{false, true} {
		w, err := parquet.Create[row](path, parquet.Quick())
		if err != nil || w.Write(made(10)) != nil || w.Path() != path {
			t.Fatal(err)
		}
		if now, err := os.ReadFile(path); err != nil || string(now) != "earlier" {
			t.Error("it is replaced before it is closed", err)
		}
		if closed {
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
		}
		w.Discard()
		if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) != 1 {
			t.Error(left, err)
		}
	}
	if rows, err := read(path); err != nil || len(rows) != 10 {
		t.Error(len(rows), err)
	}
	if _, err := parquet.Create[row](filepath.Join(path, "no folder"), parquet.Quick()); err == nil || !strings.Contains(err.Error(), path) {
		t.Error(err)
	}
}

func TestColumnsThatNoGoTypeHasAreWritten(t *testing.T) {
	t.Parallel()
	type key struct {
		ID int64 `parquet:"id"`
	}
	path := filepath.Join(t.TempDir(), "x")
	w, err := parquet.CreateTable[key](path, "найдено", []parquet.Column{
		{Name: "имя"}, {Name: "n", Kind: parquet.Whole}, {Name: "f", Kind: parquet.Number}, {Name: "b", Kind: parquet.Truth}, {Name: "l", Kind: parquet.Whole, List: true},
	}, parquet.Dense())
	if err != nil {
		t.Fatal(err)
	}
	want := [][]any{{"ёж", int64(-1), .5, true, []any{int64(1), nil}}, {nil, nil, nil, nil, nil}, {"", int64(0), 0., false, []any{}}}
	for i, values := range want {
		if err := w.Add(key{int64(i)}, values); err != nil {
			t.Fatal(err)
		}
	}
	for _, bad := range [][]any{{}, {1, nil, nil, nil, nil}, {nil, "1", nil, nil, nil}, {nil, nil, nil, nil, int64(1)}, {nil, nil, nil, nil, []any{"1", int64(1)}}} {
		if err := w.Add(key{}, bad); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%v: %v", bad, err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	err = parquet.ReadAny(path, func(n int, v map[string]any) error {
		if diff := cmp.Diff(append([]any{int64(n - 1)}, want[n-1]...), []any{v["id"], v["имя"], v["n"], v["f"], v["b"], v["l"]}); diff != "" {
			t.Error(diff)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestAnyTableIsReadAsNamedValues(t *testing.T) {
	t.Parallel()
	path, rows := filepath.Join(t.TempDir(), "x"), 0
	write(t, path, parquet.Quick(), made(600))
	err := parquet.ReadAny(path, func(n int, v map[string]any) error {
		if rows++; n != rows {
			t.Fatal(n)
		}
		if n == 6 {
			all, _ := v["said"].([]any)
			if v["name"] != "Пётр" || v["id"] != int64(5) || v["score"] != nil || len(all) != 2 || all[1].(map[string]any)["text"] != "ё5 " {
				t.Errorf("%#v", v)
			}
		}
		return nil
	})
	if err != nil || rows != 600 {
		t.Error(rows, err)
	}
}

func TestWhatIsNoParquetOfTheRowsIsRefusedByName(t *testing.T) {
	t.Parallel()
	good := whole(t)
	length := func(n uint32) []byte {
		return binary.LittleEndian.AppendUint32(bytes.Clone(good[:len(good)-8]), n)
	}
	for name, content := range map[string][]byte{
		"empty": nil, "text": []byte("PAR1 text PAR1"), "half": good[:len(good)/2], "no beginning": good[len(good)/2:],
		"footer beyond the file": append(length(1<<31), "PAR1"...), "footer cut": append(length(7), "PAR1"...),
	} {
		path := file(t, content)
		if _, err := read(path); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", name, err)
		}
	}
	type other struct {
		Colour string `parquet:"colour"`
	}
	err := parquet.Read(file(t, good), "rows of a palette", func([]other) error { return nil })
	if err == nil || !strings.Contains(err.Error(), "no column colour: these are no rows of a palette") {
		t.Error(err)
	}
	if _, err := read(filepath.Join(t.TempDir(), "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if _, err := parquet.Metadata(file(t, nil)); err == nil {
		t.Error("metadata of nothing")
	}
}

// The vendor's reader makes room for as many things as a footer announces.
func TestAFooterThatAnnouncesMoreThanItHoldsIsRefused(t *testing.T) {
	t.Parallel()
	framed := func(footer ...byte) []byte {
		content := append([]byte("PAR1"), footer...)
		return append(binary.LittleEndian.AppendUint32(content, uint32(len(footer))), "PAR1"...)
	}
	nested := func(in, what byte) []byte { return append([]byte{in}, bytes.Repeat([]byte{what}, 40)...) }
	for name, c := range map[string]struct {
		footer []byte
		says   string
	}{
		"two thousand million columns":     {[]byte{0x15, 2, 0x19, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x07, 0}, "no Parquet"},
		"a long text":                      {[]byte{0x18, 0xff, 0xff, 0xff, 0xff, 0x07, 0}, "no Parquet"},
		"a map without end":                {[]byte{0x1b, 0xff, 0xff, 0x03, 0x88, 0}, "no Parquet"},
		"lists in lists":                   {nested(0x19, 0x19), "no Parquet"},
		"structs in structs":               {nested(0x1c, 0x1c), "no Parquet"},
		"more groups than anybody writes":  {append([]byte{0x19, 0xfc, 0x81, 0x80, 0x40}, make([]byte, 1<<20+2)...), "lists more than"},
		"nothing":                          {nil, "no Parquet"},
		"what is no type of Thrift":        {[]byte{0x1e, 0}, "no Parquet"},
		"a number that does not come":      {[]byte{0x15}, "no Parquet"},
		"a list that ends before its time": {[]byte{0x19}, "no Parquet"},
	} {
		path := file(t, framed(c.footer...))
		if _, err := read(path); err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What a caller's function does is its own: its error comes back, its panic is
// not taken for damage.
func TestACallersErrorComesBackAsItIs(t *testing.T) {
	t.Parallel()
	path, enough, n := file(t, whole(t)), errors.New("enough"), 0
	if err := parquet.ReadAny(path, func(int, map[string]any) error { n++; return enough }); !errors.Is(err, enough) || err.Error() != "enough" || n != 1 {
		t.Errorf("%v after %d", err, n)
	}
	defer func() {
		if recover() == nil {
			t.Error("a bug is taken for a damaged file")
		}
	}()
	_ = parquet.Read(path, "rows", func([]row) error { panic("bug") })
}

// A file from anywhere ends in an error or in rows.
func FuzzRead(f *testing.F) {
	good := whole(f)
	f.Add(good, 0, byte(0))
	f.Add(good, len(good)-20, byte(255))
	for i := range 40 {
		f.Add(good, i*len(good)/40, byte(i*7+1))
	}
	f.Fuzz(func(t *testing.T, content []byte, at int, change byte) {
		if len(content) == 0 || len(content) > 1<<16 {
			return
		}
		content = bytes.Clone(content)
		content[uint(at)%uint(len(content))] ^= change
		path := file(t, content)
		_, _ = read(path)
		_, _ = parquet.Metadata(path)
		_ = parquet.ReadAny(path, func(int, map[string]any) error { return nil })
	})
}
