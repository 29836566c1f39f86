package stats_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/llm-city/gorod/eval/stats"
)

// played are verdicts over all pairs of k subjects, each on the same items and in
// both orders, of strengths that go up by a third, with the order effect given
// and ties of log odds −0.5; clustered by item.
func played(k, items int, first, length float64, draw *rand.Rand) []stats.Verdict {
	var out []stats.Verdict
	for item := range items {
		for a := range k {
			for b := a + 1; b < k; b++ {
				for _, order := range []int{1, -1} {
					l := draw.NormFloat64()
					eta := float64(a-b)/3 + first*float64(order) + length*l
					out = append(out, stats.Verdict{
						Item: fmt.Sprint(item), A: fmt.Sprintf("s%d", a), B: fmt.Sprintf("s%d", b),
						First: order, Length: l, Score: outcome(eta, -0.5, draw),
					})
				}
			}
		}
	}
	return out
}

func outcome(eta, tau float64, draw *rand.Rand) float64 {
	win, tie, loss := math.Exp(eta/2), math.Exp(tau), math.Exp(-eta/2)
	switch u := draw.Float64() * (win + tie + loss); {
	case u < win:
		return 1
	case u < win+tie:
		return 0.5
	}
	return 0
}

// baseball is the American League of 1987 (Agresti 2013, table 11.10): home team,
// away team, games that each won.
func baseball() (out []stats.Verdict) {
	const table = `Milwaukee Detroit 4 3 Milwaukee Toronto 4 2 Milwaukee NewYork 4 3 Milwaukee Boston 6 1 Milwaukee Cleveland 4 2 Milwaukee Baltimore 6 0
Detroit Milwaukee 3 3 Detroit Toronto 4 2 Detroit NewYork 4 3 Detroit Boston 6 0 Detroit Cleveland 6 1 Detroit Baltimore 4 3
Toronto Milwaukee 2 5 Toronto Detroit 4 3 Toronto NewYork 2 4 Toronto Boston 4 3 Toronto Cleveland 4 2 Toronto Baltimore 6 0
NewYork Milwaukee 3 3 NewYork Detroit 5 1 NewYork Toronto 2 5 NewYork Boston 4 3 NewYork Cleveland 4 2 NewYork Baltimore 6 1
Boston Milwaukee 5 1 Boston Detroit 2 5 Boston Toronto 3 3 Boston NewYork 4 2 Boston Cleveland 5 2 Boston Baltimore 6 0
Cleveland Milwaukee 2 5 Cleveland Detroit 3 3 Cleveland Toronto 3 4 Cleveland NewYork 4 3 Cleveland Boston 4 2 Cleveland Baltimore 2 4
Baltimore Milwaukee 2 5 Baltimore Detroit 1 5 Baltimore Toronto 1 6 Baltimore NewYork 2 4 Baltimore Boston 1 6 Baltimore Cleveland 3 4`
	fields := strings.Fields(table)
	for i := 0; i < len(fields); i += 4 {
		for side, score := range []float64{1, 0} {
			wins, _ := strconv.Atoi(fields[i+2+side])
			for range wins {
				out = append(out, stats.Verdict{Item: strconv.Itoa(len(out)), A: fields[i], B: fields[i+1], Score: score, First: 1})
			}
		}
	}
	return out
}

// over is how much stronger subjects are than one of them.
func over(t stats.Tournament, base string) map[string]float64 {
	out, zero := map[string]float64{}, 0.0
	for _, s := range t.Strengths {
		out[s.Subject] = s.Value
		if s.Subject == base {
			zero = s.Value
		}
	}
	for name := range out {
		out[name] -= zero
	}
	return out
}

func TestStrengthsAreThoseOfThePublishedBaseballSeason(t *testing.T) {
	t.Parallel()
	o := seeded("baseball")
	o.Resamples = 200
	// R's BradleyTerry2, ?baseball: baseballModel2, Baltimore being 0.
	home := stats.Rank(baseball(), false, o)
	for team, want := range map[string]float64{"Boston": 1.1438, "Cleveland": 0.7047, "Detroit": 1.4754, "Milwaukee": 1.6196, "NewYork": 1.2813, "Toronto": 1.3271} {
		near(t, team, over(home, "Baltimore")[team], want, 0.00006)
	}
	near(t, "being at home", home.First.Value, 0.3023, 0.00006)
	if g := home.Gaps[0]; len(home.Gaps) != 21 || g.Stronger != "Milwaukee" || g.Weaker != "Detroit" || g.Low > 0 || g.High < g.Value {
		t.Errorf("the first of %d gaps is %+v", len(home.Gaps), g)
	}
	near(t, "the gap", home.Gaps[0].Value, 1.6196-1.4754, 0.0001)
	if home.Strengths[0].Subject != "Milwaukee" || home.Method != stats.BradleyTerry || home.Ties.Why != stats.NoTies || home.Penalised {
		t.Errorf("%s first, by %s, ties %q, penalised %t", home.Strengths[0].Subject, home.Method, home.Ties.Why, home.Penalised)
	}
	// The same without home advantage: baseballModel1, and Agresti's table 11.11.
	nowhere := baseball()
	for i := range nowhere {
		nowhere[i].First = 0
	}
	plain := stats.Rank(nowhere, false, o)
	for team, want := range map[string]float64{"Boston": 1.1077, "Cleveland": 0.6839, "Detroit": 1.4364, "Milwaukee": 1.5814, "NewYork": 1.2476, "Toronto": 1.2945} {
		near(t, team, over(plain, "Baltimore")[team], want, 0.00006)
	}
	if plain.First.Why != stats.NoOrder {
		t.Errorf("order: %q", plain.First.Why)
	}
}

// The numbers are those of a likelihood maximised in Python (scipy 1.17, BFGS).
func TestTiesOrderAndLengthAreFittedTogether(t *testing.T) {
	t.Parallel()
	const codes = "wwltwtwwtwwtwwtlwttwwlwwlwwlwtwwtlwtwttwltttwllwlwwwtwlwtwtwwtttlwlwlttlttwwwwwlwwwlltwttwtwtttttwwwwtlwwtwlwwlwwwwwtltl"
	score := map[rune]float64{'w': 1, 't': 0.5, 'l': 0}
	var verdicts []stats.Verdict
	for i, c := range codes {
		pair := []string{"ab", "ac", "bc"}[i%3]
		v := stats.Verdict{Item: strconv.Itoa(i), A: pair[:1], B: pair[1:], Score: score[c], First: 1 - 2*(i/3%2), Length: float64(i*37%23 - 11)}
		if i%2 == 1 { // the same said the other way round
			v.A, v.B, v.Score, v.First, v.Length = v.B, v.A, 1-v.Score, -v.First, -v.Length
		}
		verdicts = append(verdicts, v)
	}
	o := seeded("ties")
	o.Resamples = 200
	got := stats.Rank(verdicts, true, o)
	for _, s := range got.Strengths {
		near(t, s.Subject, s.Value, map[string]float64{"a": 0.73189902, "b": 0.14365061, "c": -0.87554964}[s.Subject], 1e-5)
	}
	near(t, "γ", got.First.Value, 0.24392771, 1e-5)
	near(t, "β", got.Length.Value, 0.32945926, 1e-5)
	near(t, "τ", got.Ties.Value, 0.08809384, 1e-5)
	near(t, "the spread of lengths", got.Spread, 6.640155620666331, 1e-9)
}

func TestSubjectsThatNeverMetAreNamed(t *testing.T) {
	t.Parallel()
	got := stats.Rank([]stats.Verdict{
		{Item: "1", A: "a", B: "b", Score: 1}, {Item: "2", A: "c", B: "d", Score: 0}, {Item: "3", A: "d", B: "e", Score: 1},
	}, false, seeded("x"))
	if want := [][]string{{"a", "b"}, {"c", "d", "e"}}; got.Why != stats.Disconnected || !slices.EqualFunc(got.Groups, want, slices.Equal) {
		t.Errorf("%q: %v", got.Why, got.Groups)
	}
}

func TestSomebodyWhoWinsAllIsPenalisedAndSaidToBe(t *testing.T) {
	t.Parallel()
	var verdicts []stats.Verdict
	for i := range 20 {
		verdicts = append(verdicts, stats.Verdict{Item: strconv.Itoa(i), A: "strong", B: "weak", Score: 1},
			stats.Verdict{Item: strconv.Itoa(i), A: "weak", B: "other", Score: float64(i % 2)})
	}
	got := stats.Rank(verdicts, false, seeded("all"))
	if !got.Penalised || got.Why != "" || got.Strengths[0].Subject != "strong" {
		t.Fatalf("%+v", got)
	}
	if top := got.Strengths[0].Value; top < 1 || top > 6 {
		t.Errorf("the strongest is at %.2f", top)
	}
	for _, s := range got.Strengths {
		if s.Open != stats.Unbounded || s.Low != 0 || s.High != 0 {
			t.Errorf("an interval that only the prior gives: %+v", s)
		}
	}
}

func TestOrderThatCannotBeToldFromStrengthIsSaid(t *testing.T) {
	t.Parallel()
	var verdicts []stats.Verdict
	for i := range 40 { // a is always shown first
		verdicts = append(verdicts, stats.Verdict{Item: strconv.Itoa(i), A: "a", B: "b", Score: float64(i % 3 / 2), First: 1})
	}
	got := stats.Rank(verdicts, false, seeded("order"))
	if got.First.Why != stats.Confounded || got.Why != "" {
		t.Errorf("order: %q; %q", got.First.Why, got.Why)
	}
}

func TestFlipsAreCountedAmongComparisonsInBothOrders(t *testing.T) {
	t.Parallel()
	got := stats.OrderFlips([]stats.Verdict{
		{Item: "1", A: "x", B: "y", Score: 1, First: 1}, {Item: "1", A: "x", B: "y", Score: 0, First: -1}, // the winner changes: the first each time
		{Item: "2", A: "x", B: "y", Score: 1, First: 1}, {Item: "2", A: "y", B: "x", Score: 0, First: 1}, // the same said the other way round
		{Item: "3", A: "x", B: "y", Score: 0.5, First: 1}, {Item: "3", A: "x", B: "y", Score: 1, First: -1}, // a tie, then not
		{Item: "4", A: "x", B: "y", Score: 1, First: 1}, // one order only
		{Item: "5", A: "x", B: "y", Score: 1},           // order not known
	}, stats.Options{})
	if got.Rate.N != 3 || got.First.N != 6 {
		t.Errorf("%d comparisons, %d winners", got.Rate.N, got.First.N)
	}
	near(t, "flips", got.Rate.Value, 2.0/3, 1e-12)
	near(t, "reversed", got.Reversed.Value, 1.0/3, 1e-12)
	near(t, "to the first", got.First.Value, 4.0/6, 1e-12)
}

func TestStrengthsOfFewClustersHaveNoInterval(t *testing.T) {
	t.Parallel()
	var verdicts []stats.Verdict
	for i := range 60 { // of 3 dialogues: resamples of them are 10 different ones
		verdicts = append(verdicts, stats.Verdict{Item: fmt.Sprint(i), Cluster: fmt.Sprint(i % 3), A: "a", B: "b", Score: float64(i/3%3) / 2})
	}
	got := stats.Rank(verdicts, false, stats.Options{Resamples: 999})
	if s := got.Strengths[0]; s.Why != "" || s.Open != stats.FewClusters {
		t.Errorf("%+v", s)
	}
}
