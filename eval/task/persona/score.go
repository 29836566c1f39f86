package persona

import (
	"math"

	"gonum.org/v1/gonum/stat"
)

// score compares the answers with what the persona states, with one another and
// with the anchors.
func (t *talk) score() {
	for _, p := range t.probed {
		t.stated(p)
		t.placed(p)
	}
	lost := []string{traitError, viewError, adherence, overNeutral, drift}
	if len(t.probed) > 0 {
		t.changed()
	} else {
		lost = append(lost, slope, broken)
	}
	if t.broke != "" { // probes are missing; the last sample is the reply that was none
		for _, m := range lost {
			t.tally.Missing(len(t.tally.Outcome.Samples)-1, m, t.broke)
		}
	}
}

// stated scores how far answers are from what the persona states.
func (t *talk) stated(p asked) {
	for _, kind := range []struct {
		measure string
		view    bool
		none    string
	}{{traitError, false, "the persona states no traits"}, {viewError, true, "the persona states no views"}} {
		sum, n := 0.0, 0
		for i, d := range t.who.form.dimensions {
			if d.view == kind.view && p.given != nil {
				sum += math.Abs(p.given.dimensions[i] - d.stated)
				n++
			}
		}
		switch {
		case p.given == nil:
			t.tally.Missing(p.sample, kind.measure, p.why)
		case n == 0:
			t.tally.Missing(p.sample, kind.measure, kind.none)
		default:
			t.tally.Score(p.sample, kind.measure, sum/float64(n))
		}
	}
}

// placed scores where answers lie between those of the contrary and what is
// stated, and how much of the way to what is stated from who has no persona.
func (t *talk) placed(p asked) {
	t.place(p, t.opposite, adherence, func(own, other, _ float64) (float64, string) {
		if own+other == 0 {
			return 0, "the contrary of the persona answers as the persona is stated"
		}
		return other / (own + other), ""
	})
	t.place(p, t.neutral, overNeutral, func(own, _, anchor float64) (float64, string) {
		if anchor == 0 {
			return 0, "the model answers as the persona is stated without being told it"
		}
		return (anchor - own) / anchor, ""
	})
}

// place scores answers by their distance from what is stated, by that from an
// anchor's answers, and by the anchor's from what is stated.
func (t *talk) place(p, anchor asked, measure string, of func(own, other, anchor float64) (float64, string)) {
	switch {
	case p.given == nil:
		t.tally.Missing(p.sample, measure, p.why)
	case anchor.given == nil:
		t.tally.Missing(p.sample, measure, "nothing to compare with: "+anchor.why)
	default:
		stated := t.who.form.stated()
		x, why := of(apart(p.given.dimensions, stated), apart(p.given.dimensions, anchor.given.dimensions), apart(anchor.given.dimensions, stated))
		if why != "" {
			t.tally.Missing(p.sample, measure, why)
			return
		}
		t.tally.Score(p.sample, measure, x)
	}
}

// changed scores how answers move away from those of the first probe.
func (t *talk) changed() {
	first, last := t.probed[0], t.probed[len(t.probed)-1]
	if first.given == nil {
		for _, m := range []string{drift, slope, broken} {
			t.tally.Missing(last.sample, m, "no answers to compare with: "+first.why)
		}
		return
	}
	turns, drifts := []float64{float64(first.turn)}, []float64{0}
	breaks := []float64{}
	for _, p := range t.probed[1:] {
		if p.given == nil {
			t.tally.Missing(p.sample, drift, p.why)
			continue
		}
		d := apart(p.given.dimensions, first.given.dimensions)
		t.tally.Score(p.sample, drift, d)
		turns, drifts = append(turns, float64(p.turn)), append(drifts, d)
		for i, x := range p.given.questions {
			breaks = append(breaks, math.Abs(x-first.given.questions[i])/2)
		}
	}
	if len(drifts) < 2 {
		for _, m := range []string{slope, broken} {
			t.tally.Missing(last.sample, m, "asked at one turn only")
		}
		return
	}
	_, perTurn := stat.LinearRegression(turns, drifts, nil, false)
	t.tally.Score(last.sample, slope, 10*perTurn)
	// Half the worst, so that one break among many answers is not lost in them.
	worst := 0.0
	for _, b := range breaks {
		worst = max(worst, b)
	}
	t.tally.Score(last.sample, broken, 0.5*worst+0.5*stat.Mean(breaks, nil))
}

// apart is the mean distance of two answers.
func apart(a, b []float64) float64 {
	sum := 0.0
	for i := range a {
		sum += math.Abs(a[i] - b[i])
	}
	return sum / float64(len(a))
}
