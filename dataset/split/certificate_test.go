package split_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/llm-city/gorod/dataset/dedup"
	"github.com/llm-city/gorod/dataset/split"
)

// noise is a text of any letters.
func noise(r *rand.Rand, n int) string {
	out := make([]rune, n)
	for i := range out {
		out[i] = 'а' + rune(r.IntN(32))
	}
	return string(out)
}

type placed struct {
	to split.Split
	split.Written
}

// dataset is split by time, every example with a text of its own; those after
// the first of a session show the exchange before.
func dataset(t testing.TB, n int) []placed {
	t.Helper()
	examples := sessions(1, n)
	a := assign(t, examples, split.Options{Test: 0.2, Validation: 0.1})
	r := rand.New(rand.NewPCG(8, 8))
	var out []placed
	for i := range examples {
		if a.Of(i) == split.Dropped {
			continue
		}
		reply := noise(r, 30+r.IntN(60))
		e := placed{a.Of(i), split.Written{ID: fmt.Sprint("id", i), Example: examples[i], Text: noise(r, 50) + "\n" + reply}}
		if len(out) > 0 {
			e.Retrieved = []string{out[0].ID}
		}
		out = append(out, e)
	}
	return out
}

func certify(t testing.TB, examples []placed, workers int) *split.Certificate {
	t.Helper()
	c, err := split.NewCertifier(t.TempDir(), split.CertifyOptions{Workers: workers})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for i := range examples {
		if err := c.Add(examples[i].to, &examples[i].Written); err != nil {
			t.Fatal(err)
		}
	}
	out, err := c.Certificate(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestCertificateOfACleanSplit(t *testing.T) {
	t.Parallel()
	examples := dataset(t, 150)
	c := certify(t, examples, 2)
	if leaks := c.Leaks(); len(leaks) > 0 || !c.Ordered || c.Shared != (split.Shared{}) {
		t.Errorf("leaks %v, %+v", leaks, c)
	}
	total := 0
	for i, p := range c.Splits {
		total += p.Examples
		if p.Split != split.Names()[i] || p.Examples == 0 || p.From > p.To || i > 0 && p.From <= c.Splits[i-1].To {
			t.Errorf("split %d: %+v", i, p)
		}
	}
	if total != len(examples) || c.Texts.Compared != total || c.Texts.Floor != 0 || c.Texts.Largest <= 0 || c.Texts.Largest > 0.2 || len(c.Texts.Between) != 2 {
		t.Errorf("%d examples, %+v", total, c.Texts)
	}
	data, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var stored split.Certificate
	if err := json.Unmarshal(data, &stored); err != nil {
		t.Fatal(err)
	}
	if diff, err := stored.Differences(certify(t, examples, 1)); err != nil || len(diff) > 0 {
		t.Errorf("made again it says %v, %v", diff, err)
	}
}

func TestATamperedDatasetIsFound(t *testing.T) {
	t.Parallel()
	find := func(examples []placed, to split.Split, fits func(*placed) bool) int {
		return slices.IndexFunc(examples, func(p placed) bool { return p.to == to && fits(&p) })
	}
	whatever := func(*placed) bool { return true }
	inSession := func(examples []placed) func(*placed) bool { // of several examples
		count := map[string]int{}
		for _, e := range examples {
			count[e.Threads[0]]++
		}
		return func(p *placed) bool { return count[p.Threads[0]] > 2 }
	}
	for name, tampered := range map[string]struct {
		with func([]placed) []placed
		says []string // a part of each of the leaks
	}{
		"an example moved from test to train": {func(e []placed) []placed {
			e[find(e, split.Test, inSession(e))].to = split.Train
			return e
		}, []string{"1 sessions"}},
		"an example moved from train to test": {func(e []placed) []placed {
			e[find(e, split.Train, inSession(e))].to = split.Test
			return e
		}, []string{"1 sessions"}},
		"a test example also in train": {func(e []placed) []placed {
			extra := e[find(e, split.Test, whatever)]
			extra.to = split.Train
			return append(e, extra)
		}, []string{"1 examples occur twice", "1 sessions", "1 clusters of near", "1 clusters of nearly"}},
		"a test text in train under other names": {func(e []placed) []placed {
			from := e[find(e, split.Test, whatever)]
			to := &e[find(e, split.Train, whatever)]
			to.Text = strings.ToUpper(from.Text) + "!"
			return e
		}, []string{"1 clusters of nearly"}},
		"a forwarded post in two splits": {func(e []placed) []placed {
			e[find(e, split.Test, whatever)].Origins = []string{"leaked"}
			e[find(e, split.Validation, whatever)].Origins = []string{"leaked"}
			return e
		}, []string{"1 origins"}},
		"train shows an exchange of test": {func(e []placed) []placed {
			e[find(e, split.Train, whatever)].Retrieved = []string{e[find(e, split.Test, whatever)].ID}
			return e
		}, []string{"1 exchanges"}},
		"an example left out": {func(e []placed) []placed { return e[1:] }, nil},
		"a text changed":      {func(e []placed) []placed { e[3].Text = "ок"; return e }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			examples := dataset(t, 100)
			was := certify(t, examples, 1)
			is := certify(t, tampered.with(slices.Clone(examples)), 1)
			if diff, err := was.Differences(is); err != nil || len(diff) == 0 {
				t.Errorf("no difference is found (%v)", err)
			}
			leaks := is.Leaks()
			if len(leaks) != len(tampered.says) {
				t.Fatalf("leaks %q, want %q", leaks, tampered.says)
			}
			for i, part := range tampered.says {
				if !strings.Contains(leaks[i], part) {
					t.Errorf("leak %q, want %q", leaks[i], part)
				}
			}
		})
	}
}

func TestALargeDatasetIsSearchedDownToTheFloor(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 3))
	var examples []placed
	for i := range 3600 {
		to := split.Train
		if i >= 1800 {
			to = split.Test
		}
		text := noise(r, 150)
		examples = append(examples, placed{to, split.Written{ID: fmt.Sprint(i), Example: split.Example{Time: int64(i)}, Text: text}})
	}
	half := []rune(examples[500].Text)
	examples[3500].Text = string(half[:120]) + noise(r, 30) // the first 120 of 150 characters
	c := certify(t, examples, 2)
	want := 116.0 / (146 + 146 - 116)
	if c.Texts.Floor != 0.5 || c.Texts.Largest != want || !slices.Equal(c.Texts.Between, []string{"500", "3500"}) || c.Texts.NearDuplicates != 0 {
		t.Errorf("%+v, want %v", c.Texts, want)
	}
	if alone := certify(t, examples, 1); fmt.Sprint(alone) != fmt.Sprint(c) {
		t.Errorf("one worker says %+v, two %+v", alone, c)
	}
}

func TestDifferencesAreNamed(t *testing.T) {
	t.Parallel()
	a, b := certify(t, dataset(t, 40), 1), certify(t, dataset(t, 40), 1)
	b.Shared.Threads, b.Splits = 3, b.Splits[:2]
	diff, err := a.Differences(b)
	if err != nil || len(diff) != 5 || diff[0] != "shared.threads: 3, not 0" || !strings.HasPrefix(diff[1], "splits.2.examples: nothing, not ") {
		t.Errorf("%q, %v", diff, err)
	}
}

func TestCertifierLeavesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c, err := split.NewCertifier(dir, split.CertifyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left %v, %v", left, err)
	}
	if _, err := split.NewCertifier(dir, split.CertifyOptions{Floor: 0.1}); !errors.Is(err, dedup.ErrOptions) {
		t.Errorf("a floor that cannot be reached: %v", err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left %v, %v", left, err)
	}
	if _, err := split.NewCertifier(dir+"/none", split.CertifyOptions{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no folder: %v", err)
	}
}
