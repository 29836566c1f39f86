package style

import (
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
)

func TestWassersteinIsTheAreaBetweenDistributions(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		a, b map[int]int
		want float64
	}{
		{map[int]int{0: 1, 1: 1, 3: 1}, map[int]int{5: 1, 6: 1, 8: 1}, 5}, // as scipy.stats.wasserstein_distance
		{map[int]int{3: 2, 7: 1, 12: 1, 1: 1, 5: 2, 9: 1, 20: 1}, map[int]int{4: 1, 8: 2, 15: 1, 2: 1, 6: 1}, 1.8333333333333335},
		{map[int]int{1: 1}, map[int]int{1: 1}, 0},
		{map[int]int{0: 1, 2: 1}, map[int]int{1: 1}, 1},
		{map[int]int{3: 1, 1: 1, 2: 1}, map[int]int{1: 2, 2: 2, 3: 2}, 0},
	} {
		if got := wasserstein(tt.a, tt.b); math.Abs(got-tt.want) > 1e-12 {
			t.Errorf("%v and %v are %v apart, want %v", tt.a, tt.b, got, tt.want)
		}
	}
}

func TestTextsWithNothingInCommonAreAsFarAsCanBe(t *testing.T) {
	t.Parallel()
	p := newProfile(of("ааа бббб"), nil)
	for name, want := range map[string]float64{"cng": 1, "ngrams": 1} {
		for _, f := range features() {
			if f.name != name {
				continue
			}
			if got, _ := f.distance(p, of("xyz")); math.Abs(got-want) > 0.2 {
				t.Errorf("%s of strangers is %v", name, got)
			}
			if got, _ := f.distance(p, of("ааа бббб")); math.Abs(got) > 1e-9 {
				t.Errorf("%s of the same is %v", name, got)
			}
		}
	}
}

func TestHabitsAreCounted(t *testing.T) {
	t.Parallel()
	x := of("Привет!!!! как дела?)\nНОРМ 😂\n\nну ок", "   ")
	if x.turns != 1 || len(x.messages) != 3 || x.bursts[3] != 1 {
		t.Errorf("%d turns of %v messages, bursts %v", x.turns, x.messages, x.bursts)
	}
	if x.marks["!!!"] != 1 || x.marks["?"] != 1 || x.marks[")"] != 1 || x.marks[none] != 2 {
		t.Errorf("marks %v", x.marks)
	}
	if x.emoji["😂"] != 1 || x.emoji[none] != 2 || x.starts["shouted"] != 1 || x.starts["capital"] != 1 || x.starts["small"] != 1 {
		t.Errorf("emoji %v, starts %v", x.emoji, x.starts)
	}
	if x.messages[21] != 1 || total(x.sentences) != 4 {
		t.Errorf("messages %v, sentences %v", x.messages, x.sentences)
	}
}

func TestSharesDifferByTheirTotalVariation(t *testing.T) {
	t.Parallel()
	of := shares(func(t *traits) map[string]int { return t.marks })
	a, b := newTraits(), newTraits()
	a.marks, b.marks = map[string]int{".": 3, "!": 1, ")": 2}, map[string]int{".": 1, "!": 1, ")": 4}
	if got, why := of(&profile{traits: a}, b); why != "" || math.Abs(got-1.0/3) > 1e-12 {
		t.Errorf("%v %s", got, why)
	}
}

// Two words of equal spread: the difference of their frequencies in deviations.
func TestDeltaIsTheMeanDifferenceOfZScores(t *testing.T) {
	t.Parallel()
	p := &profile{traits: of("а а а б"), frequent: []string{"а", "б"}, spread: []float64{0.25, 0.5}}
	got, why := delta(p, of("а б б б"))
	if want := (2.0 + 1.0) / 2; why != "" || math.Abs(got-want) > 1e-12 {
		t.Errorf("%v %s, want %v", got, why, want)
	}
}

func TestWhatIsTakenAwayLeavesNothing(t *testing.T) {
	t.Parallel()
	a, b := of("Привет!! 😂\nкак ты?"), of("норм. А ты?")
	sum := of("Привет!! 😂\nкак ты?", "норм. А ты?")
	sum.add(b, -1)
	if !reflect.DeepEqual(sum, a) {
		t.Errorf("%+v, want %+v", sum, a)
	}
}

// Others who draw from the same words with the same habits are no floor: chance
// alone would place them.
func TestOthersLikeThePersonAreNoFloor(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(7, 7))
	words := strings.Fields("ну и в короче не на я типа что он с как это по но они к у ты из мы за")
	draw := func(n int) (out []string) {
		for range n {
			var b strings.Builder
			for range 3 + random.IntN(5) {
				b.WriteString(words[random.IntN(len(words))] + " ")
			}
			out = append(out, strings.TrimSpace(b.String())+[]string{"", ".", ")"}[random.IntN(3)])
		}
		return out
	}
	own, others, later := draw(400), [][]string{draw(100), draw(100), draw(100)}, draw(100)
	p := newProfile(of(own...), append([][]string{own}, others...))
	placed := 0
	for _, a := range p.anchor(others, later) {
		if a.missing == "" {
			placed++
		}
	}
	if placed > 1 {
		t.Errorf("%d of %d features place people who write alike", placed, len(features()))
	}
}
