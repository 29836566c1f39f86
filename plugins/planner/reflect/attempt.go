package reflect

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/text"
)

const maxThought = 300 // runes, the scores included

// verdict is a critic's on one dimension.
type verdict struct {
	Critic string `json:"critic"`
	Score  int    `json:"score"` // 0 to 9
	Why    string `json:"why"`
}

// attempt is a decision with what the critic says of it.
type attempt struct {
	number   int // from 1
	decision sdk.Decision
	verdicts []verdict // one a dimension, in the order of the config
	accepted bool
}

// unscored reports whether the critic failed, or there was nothing to criticise.
func (a *attempt) unscored() bool { return len(a.verdicts) == 0 }

// better compares what was accepted, then the lowest score, then the sum. What
// nobody scored is worse than what somebody did.
func (a *attempt) better(b *attempt) bool {
	return cmp.Or(
		compare(a.accepted, b.accepted), cmp.Compare(a.lowest(), b.lowest()), cmp.Compare(a.sum(), b.sum()),
	) > 0
}

func compare(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

func (a *attempt) lowest() int {
	if a.unscored() {
		return -1
	}
	return slices.MinFunc(a.verdicts, func(x, y verdict) int { return cmp.Compare(x.Score, y.Score) }).Score
}

func (a *attempt) sum() int {
	sum := 0
	for _, v := range a.verdicts {
		sum += v.Score
	}
	return sum
}

// signed is the decision with the scores behind its thought, as in
// "… [2/3 persona 8, consistency 7, fluency 9]": the second of three attempts.
func (a *attempt) signed(attempts int) sdk.Decision {
	d := a.decision
	if a.unscored() {
		return d
	}
	scores := make([]string, len(a.verdicts))
	for i, v := range a.verdicts {
		scores[i] = fmt.Sprintf("%s %d", v.Critic, v.Score)
	}
	mark := fmt.Sprintf("[%d/%d %s]", a.number, attempts, strings.Join(scores, ", "))
	d.Thought = strings.TrimSpace(text.Cut(d.Thought, maxThought-len(mark)-1) + " " + mark)
	return d
}
