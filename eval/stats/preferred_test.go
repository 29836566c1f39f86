package stats_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/llm-city/gorod/eval/stats"
)

// preferred are verdicts on pairs of replies in dialogues of three: what people
// would say of all, and what a judge says who likes the first subject too much.
// People judged some of the dialogues.
func preferred(labelled, dialogues int, draw *rand.Rand) (both []stats.Both, alone, judged []stats.Value) {
	for d := range dialogues {
		better := 0.35 + 0.3*draw.Float64() // 0.5 on average
		for k := range 3 {
			id, cluster := fmt.Sprintf("%d/%d", d, k), fmt.Sprint(d)
			human := verdict(better, draw)
			judge := human
			if draw.Float64() < 0.3 { // otherwise they agree
				judge = verdict(0.8, draw)
			}
			v := stats.Value{ID: id, Cluster: cluster, Value: judge}
			if judged = append(judged, v); d < labelled {
				both = append(both, stats.Both{ID: id, Cluster: cluster, Human: human, Judge: judge})
			} else {
				alone = append(alone, v)
			}
		}
	}
	return both, alone, judged
}

// verdict is a win of the first with a probability less half of that of a tie.
func verdict(better float64, draw *rand.Rand) float64 {
	switch x := draw.Float64(); {
	case x < 0.2:
		return 0.5
	case draw.Float64() < better:
		return 1
	}
	return 0
}

// A judge who is not people is sure of what is not so; a few answers of people
// put it right, and with its help need fewer than alone.
func TestPeoplePutABiasedJudgeOfPairsRight(t *testing.T) {
	t.Parallel()
	const cases, truth = 2000 / fewer, 0.5
	draw := stats.Stream(1, "preferred")
	held, misled, narrower := 0, 0, 0
	for range cases {
		both, alone, judged := preferred(40, 240, draw)
		p := stats.PPI(both, alone, stats.Options{})
		held += int(one(p.Powered.Low <= truth && truth <= p.Powered.High))
		narrower += int(one(p.Powered.High-p.Powered.Low < p.Classical.High-p.Classical.Low))
		only := stats.PPI(asIfHuman(judged), nil, stats.Options{}).Classical
		misled += int(one(only.Low > truth))
	}
	t.Logf("coverage %.2f %%; judge alone misses %.2f %%; narrower than people alone %.2f %%", 100*float64(held)/cases, 100*float64(misled)/cases, 100*float64(narrower)/cases)
	near(t, "coverage", float64(held)/cases, 0.95, 0.015+slack)
	if float64(misled)/cases < 0.9 || float64(narrower)/cases < 0.95 {
		t.Errorf("the judge alone misses %d of %d; the interval is narrower in %d", misled, cases, narrower)
	}
}

func asIfHuman(values []stats.Value) (out []stats.Both) {
	for _, v := range values {
		out = append(out, stats.Both{ID: v.ID, Cluster: v.Cluster, Human: v.Value, Judge: v.Value})
	}
	return out
}
