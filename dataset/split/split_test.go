package split_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/llm-city/gorod/dataset/split"
)

func assign(t testing.TB, examples []split.Example, opts split.Options) *split.Assignment {
	t.Helper()
	s, err := split.New(t.TempDir(), opts)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for i := range examples {
		if err := s.Add(&examples[i]); err != nil {
			t.Fatal(err)
		}
	}
	a, err := s.Assign(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// sessions are of 1 to 9 examples each, in the order of time, a minute between
// examples and a day between sessions. Some sessions forward the same post, and
// some examples are nearly those of others.
func sessions(seed uint64, n int) []split.Example {
	r := rand.New(rand.NewPCG(seed, 1))
	var out []split.Example
	time := int64(1_600_000_000)
	for s := range n {
		origins := []string(nil)
		if r.IntN(30) == 0 {
			origins = []string{fmt.Sprint("post", r.IntN(20))}
		}
		for range 1 + r.IntN(9) {
			time += 60
			cluster := int64(len(out))
			if len(out) > 0 && r.IntN(100) == 0 {
				cluster = r.Int64N(cluster)
			}
			e := split.Example{Time: time, Threads: []string{fmt.Sprint("chat/", s)}, Origins: origins, Clusters: []int64{cluster}}
			if s > 0 && r.IntN(50) == 0 {
				e.Threads = append(e.Threads, fmt.Sprint("chat/", s-1))
			}
			out = append(out, e)
		}
		time += 86400
	}
	return out
}

// held are the names of all that ties an example to others.
func held(e *split.Example) []string {
	var out []string
	for _, t := range e.Threads {
		out = append(out, "thread "+t)
	}
	for _, o := range e.Origins {
		out = append(out, "origin "+o)
	}
	for i, c := range e.Clusters {
		out = append(out, fmt.Sprint("cluster ", i, " ", c))
	}
	return out
}

func TestNothingIsInTwoSplits(t *testing.T) {
	t.Parallel()
	for seed := range uint64(5) {
		examples := sessions(seed, 400)
		for name, opts := range map[string]split.Options{
			"by time":                 {Test: 0.1, Validation: 0.1},
			"by time, later dropped":  {Test: 0.1, Validation: 0.1, Straddle: split.DropLater},
			"by time, nothing droped": {Test: 0.1, Validation: 0.1, Straddle: split.KeepLater},
			"by dialogue":             {By: split.ByDialogue, Test: 0.1, Validation: 0.1},
		} {
			a := assign(t, examples, opts)
			where := map[string]split.Split{}
			counts := map[string]int{}
			for i := range examples {
				to := a.Of(i)
				counts[to.String()]++
				if to == split.Dropped {
					continue
				}
				for _, key := range held(&examples[i]) {
					if was, ok := where[key]; ok && was != to {
						t.Fatalf("%s: %s is in %s and in %s", name, key, was, to)
					}
					where[key] = to
				}
			}
			dropped := 0
			for _, n := range a.Summary.Dropped {
				dropped += n
			}
			if dropped != counts["dropped"] || (opts.Straddle == split.KeepLater || opts.By == split.ByDialogue) && dropped > 0 {
				t.Errorf("%s: %d dropped, reasons for %v", name, counts["dropped"], a.Summary.Dropped)
			}
			for _, s := range split.Names() {
				if counts[s] != a.Summary.Examples[s] {
					t.Errorf("%s: %d examples in %s, %d counted", name, counts[s], s, a.Summary.Examples[s])
				}
			}
			if n := counts["test"]; n < len(examples)/25 || n > len(examples)/4 {
				t.Errorf("%s: %d of %d examples are test", name, n, len(examples))
			}
		}
	}
}

func TestByTimeLaterSplitsAreLater(t *testing.T) {
	t.Parallel()
	for _, straddle := range []split.Straddle{split.DropEarlier, split.DropLater} {
		examples := sessions(2, 300)
		a := assign(t, examples, split.Options{Test: 0.1, Validation: 0.2, Straddle: straddle})
		cuts := a.Summary.Cuts
		if cuts["validation"] >= cuts["test"] || cuts["validation"] == 0 {
			t.Errorf("%s: cuts at %v", straddle, cuts)
		}
		for i := range examples {
			want := split.Train
			if examples[i].Time >= cuts["validation"] {
				want = split.Validation
			}
			if examples[i].Time >= cuts["test"] {
				want = split.Test
			}
			if to := a.Of(i); to != want && to != split.Dropped {
				t.Fatalf("%s: an example of %d is in %s, cuts %v", straddle, examples[i].Time, to, cuts)
			}
		}
	}
}

func TestStraddlingGroupsGoAsTold(t *testing.T) {
	t.Parallel()
	var examples []split.Example
	for i := range int64(20) {
		examples = append(examples, split.Example{Time: i, Threads: []string{fmt.Sprint(i / 2)}, Clusters: []int64{i}})
	}
	examples[0].Origins, examples[19].Origins = []string{"post"}, []string{"post"}
	examples[4].Clusters = examples[18].Clusters
	// Session 0 and 9 are tied by a post, 2 and 9 by a near-duplicate.
	for straddle, want := range map[split.Straddle]struct {
		of      map[int]split.Split
		dropped map[string]int
	}{
		split.DropEarlier: {
			map[int]split.Split{0: split.Dropped, 1: split.Train, 4: split.Dropped, 5: split.Train, 2: split.Train, 18: split.Test, 19: split.Test},
			map[string]int{"near_duplicate_across_test": 1, "forward_across_test": 1},
		},
		split.DropLater: {
			map[int]split.Split{0: split.Train, 4: split.Train, 18: split.Dropped, 19: split.Dropped, 17: split.Test},
			map[string]int{"near_duplicate_across_test": 1, "forward_across_test": 1},
		},
		split.KeepLater: {
			map[int]split.Split{0: split.Test, 1: split.Test, 5: split.Test, 18: split.Test, 2: split.Train, 6: split.Train},
			map[string]int{},
		},
	} {
		a := assign(t, examples, split.Options{Test: 0.2, Straddle: straddle})
		for i, to := range want.of {
			if a.Of(i) != to {
				t.Errorf("%s: example %d is %s, want %s (%+v)", straddle, i, a.Of(i), to, a.Summary)
			}
		}
		if fmt.Sprint(a.Summary.Dropped) != fmt.Sprint(want.dropped) {
			t.Errorf("%s: dropped %v, want %v", straddle, a.Summary.Dropped, want.dropped)
		}
		if a.Summary.Groups != 8 || a.Summary.Largest != 6 {
			t.Errorf("%s: %d groups, the largest of %d", straddle, a.Summary.Groups, a.Summary.Largest)
		}
	}
}

// A post that everybody forwards ties all sessions together: only the examples
// that hold it are in the way of a cut.
func TestAPopularPostCostsItsOwnExamplesAlone(t *testing.T) {
	t.Parallel()
	var examples []split.Example
	for i := range int64(1000) {
		e := split.Example{Time: i, Threads: []string{fmt.Sprint(i / 5)}, Clusters: []int64{i}}
		if i%5 == 0 && i%20 == 0 {
			e.Origins = []string{"post"}
		}
		examples = append(examples, e)
	}
	a := assign(t, examples, split.Options{Test: 0.1, Validation: 0.1})
	s := a.Summary
	if s.Examples["test"] != 100 || s.Examples["validation"] < 90 || s.Dropped["forward_across_test"] != 45 || len(s.Dropped) != 1 {
		t.Errorf("%+v", s)
	}
}

func TestCutsGoBetweenSessions(t *testing.T) {
	t.Parallel()
	// The share asked for ends in the middle of the last session but one.
	var examples []split.Example
	for s, size := range []int{10, 10, 6, 8} {
		for i := range size {
			examples = append(examples, split.Example{Time: int64(s*1000 + i), Threads: []string{fmt.Sprint(s)}})
		}
	}
	a := assign(t, examples, split.Options{Test: 0.3})
	if cut := a.Summary.Cuts["test"]; cut != 3000 || len(a.Summary.Dropped) > 0 {
		t.Errorf("test begins at %d, dropped %v", cut, a.Summary.Dropped)
	}
}

func TestWhatCannotBePartedIsNot(t *testing.T) {
	t.Parallel()
	one := []split.Example{{Time: 1, Threads: []string{"a"}}, {Time: 2, Threads: []string{"a"}}, {Time: 3, Threads: []string{"a"}}}
	a := assign(t, one, split.Options{Test: 0.4, Validation: 0.3})
	if got := fmt.Sprint(a.Summary.Examples); got != "map[train:3]" {
		t.Errorf("one session becomes %s", got)
	}
	if a := assign(t, nil, split.Options{}); len(a.Summary.Examples) > 0 || a.Summary.Groups != 0 {
		t.Errorf("nothing becomes %+v", a.Summary)
	}
	if a := assign(t, sessions(1, 20), split.Options{}); len(a.Summary.Examples) != 1 || a.Summary.Examples["train"] == 0 {
		t.Errorf("without shares there are %v", a.Summary.Examples)
	}
	same := []split.Example{{Time: 5, Threads: []string{"a"}}, {Time: 5, Threads: []string{"b"}}}
	if a := assign(t, same, split.Options{Test: 0.5}); a.Summary.Examples["train"] != 2 {
		t.Errorf("examples of one time become %v", a.Summary.Examples)
	}
}

func TestByDialogueMoreExamplesMoveNone(t *testing.T) {
	t.Parallel()
	examples := sessions(4, 500)
	for i := range examples {
		examples[i].Origins, examples[i].Clusters, examples[i].Threads = nil, nil, examples[i].Threads[:1]
	}
	opts := split.Options{By: split.ByDialogue, Test: 0.2, Validation: 0.1, Seed: 7}
	all, half := assign(t, examples, opts), assign(t, examples[:len(examples)/2], opts)
	for i := range len(examples) / 2 {
		if all.Of(i) != half.Of(i) {
			t.Fatalf("example %d is %s, among more %s", i, half.Of(i), all.Of(i))
		}
	}
	opts.Seed++
	other, moved := assign(t, examples, opts), 0
	for i := range examples {
		if other.Of(i) != all.Of(i) {
			moved++
		}
	}
	if moved < len(examples)/10 {
		t.Errorf("another seed moves %d of %d", moved, len(examples))
	}
}

func TestOptionsThatSplitNothingAreRefused(t *testing.T) {
	t.Parallel()
	for _, opts := range []split.Options{
		{By: "author"}, {Straddle: "keep"}, {Test: 0.6, Validation: 0.4}, {Test: -0.1, Validation: 0.2},
	} {
		if _, err := split.New(t.TempDir(), opts); !errors.Is(err, split.ErrOptions) {
			t.Errorf("%+v: %v", opts, err)
		}
	}
	if _, err := split.New(t.TempDir()+"/none", split.Options{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no folder: %v", err)
	}
}
