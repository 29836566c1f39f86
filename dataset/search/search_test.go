package search_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/dataset/format"
	"github.com/llm-city/gorod/dataset/manifest"
	"github.com/llm-city/gorod/dataset/search"
)

// dataset is a folder with n examples, of which the i-th speaks of i.
func dataset(t *testing.T, n int) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, manifest.DataDir), 0o700); err != nil {
		t.Fatal(err)
	}
	m := manifest.Manifest{Format: manifest.Format}
	for _, split := range []string{"train", "validation", "test"} {
		var rows []format.Row
		for i := range n {
			if want := []string{"train", "train", "test"}[i%3]; want == split {
				rows = append(rows, format.Row{ID: fmt.Sprint(i), Split: split, Time: int64(i), Turns: []format.Turn{{Role: format.User, Text: fmt.Sprint("вопрос ", i)}, {Role: format.Assistant, Text: fmt.Sprint("ответ ", i)}}})
			}
		}
		m.Splits = append(m.Splits, manifest.Split{Name: split, Examples: int64(len(rows))})
		if len(rows) == 0 {
			continue
		}
		w, err := format.CreateParquet(filepath.Join(dir, manifest.DataDir, split+".parquet"), nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(w.Write(rows), w.Close()); err != nil {
			t.Fatal(err)
		}
	}
	text, err := m.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, manifest.File), text, 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// near makes vectors that are the more alike the nearer the numbers in texts.
func near(calls *int) search.Embed {
	return func(_ context.Context, texts []string) ([][]float32, error) {
		*calls++
		var out [][]float32
		for _, text := range texts {
			var n float32
			if _, err := fmt.Sscan(text[strings.LastIndexByte(text, ' ')+1:], &n); err != nil {
				return nil, err
			}
			out = append(out, []float32{1, n / 1000})
		}
		return out, nil
	}
}

func ids(hits []search.Hit) (out string) {
	for _, h := range hits {
		out += h.ID + " "
	}
	return out
}

func TestTheNearestAreFoundInAllSplits(t *testing.T) {
	t.Parallel()
	dir := dataset(t, 700)
	var calls int
	var told int64
	hits, err := search.Nearest(t.Context(), dir, "про 500", search.Options{K: 3, First: near(&calls), Progress: func(done, total int64) {
		if told = done; total != 700 {
			t.Errorf("of %d", total)
		}
	}})
	if err != nil || ids(hits) != "500 499 501 " && ids(hits) != "500 501 499 " || told != 700 || calls > 5 {
		t.Errorf("%v: %+v after %d in %d calls", err, hits, told, calls)
	}
	if h := hits[0]; h.Split != "test" || h.Turn != "вопрос 500" || h.Reply != "ответ 500" || h.Score < 0.9999 {
		t.Errorf("%+v", h)
	}
	if hits, err = search.Nearest(t.Context(), dataset(t, 2), "про 1", search.Options{K: 10, First: near(&calls)}); err != nil || len(hits) != 2 {
		t.Errorf("%v: %+v", err, hits)
	}
}

func TestAnotherModelRanksTheBestAgain(t *testing.T) {
	t.Parallel()
	dir := dataset(t, 300)
	var first, then int
	far := func(ctx context.Context, texts []string) ([][]float32, error) {
		vectors, err := near(&then)(ctx, texts)
		for _, v := range vectors {
			v[0], v[1] = 1, 1/(1+v[1]) // of the candidates the last is best, but for the text itself
			if strings.HasPrefix(texts[0], "про") {
				v[1] = 0
			}
		}
		return vectors, err
	}
	hits, err := search.Nearest(t.Context(), dir, "про 100", search.Options{K: 2, First: near(&first), Then: far})
	if err != nil || len(hits) != 2 {
		t.Fatalf("%v: %+v", err, hits)
	}
	if hits[0].ID == "100" || hits[0].Score < hits[1].Score || then != 2 {
		t.Errorf("%+v in %d calls", hits, then)
	}
}

func TestErrorsOfAModelEndTheSearch(t *testing.T) {
	t.Parallel()
	dir, broken := dataset(t, 400), errors.New("broken")
	for after := range 4 {
		calls := 0
		embed := func(ctx context.Context, texts []string) ([][]float32, error) {
			if calls == after {
				return nil, broken
			}
			return near(&calls)(ctx, texts)
		}
		if _, err := search.Nearest(t.Context(), dir, "про 1", search.Options{K: 2, First: embed, Then: embed}); !errors.Is(err, broken) {
			t.Errorf("after %d: %v", after, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var calls int
	if _, err := search.Nearest(ctx, dir, "про 1", search.Options{K: 2, First: near(&calls)}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if _, err := search.Nearest(t.Context(), t.TempDir(), "x", search.Options{}); !errors.Is(err, manifest.ErrNone) {
		t.Error(err)
	}
}

func TestAnExampleIsFoundByItsId(t *testing.T) {
	t.Parallel()
	dir := dataset(t, 700)
	for _, id := range []string{"0", "2", "650", "699"} {
		r, err := search.Find(dir, id)
		if err != nil || r == nil {
			t.Fatalf("%s: %v", id, err)
		}
		if diff := cmp.Diff([]string{id, "вопрос " + id, "ответ " + id}, []string{r.ID, r.Asked(), r.Reply()}); diff != "" {
			t.Error(diff)
		}
	}
	if r, err := search.Find(dir, "700"); r != nil || err != nil {
		t.Errorf("%+v, %v", r, err)
	}
	if _, err := search.Find(t.TempDir(), "1"); !errors.Is(err, manifest.ErrNone) {
		t.Error(err)
	}
}
