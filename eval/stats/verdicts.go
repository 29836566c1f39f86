package stats

import "slices"

// Verdict is what a judge said of two replies.
type Verdict struct {
	Item    string  // what was replied to
	Cluster string  // verdicts of one are not independent; empty: that of the item
	Trial   string  // of the item, such as a repeat or a turn: the same two replies, in either order
	A, B    string  // subjects
	Score   float64 // of A: 1 better, 0.5 as good, 0 worse
	First   int     // 1: A was shown first; −1: B; 0: not known
	Length  float64 // how much longer A's reply is than B's; 0 throughout where not known
}

func verdictCluster(v Verdict) (cluster, id string) { return v.Cluster, v.Item }

// checkVerdicts says what is wrong with verdicts.
func checkVerdicts(verdicts []Verdict) Why {
	tied := true
	for _, v := range verdicts {
		switch {
		case v.Score != 0 && v.Score != 0.5 && v.Score != 1, v.First < -1, v.First > 1, v.A == v.B:
			return OutOfRange
		case !finite(v.Length):
			return NotFinite
		}
		tied = tied && v.Score == 0.5
	}
	switch {
	case len(verdicts) == 0:
		return NoItems
	case tied:
		return AllTies
	}
	return ""
}

// Components are the groups of subjects that were compared with one another,
// directly or by way of others. More than one: their strengths cannot be put on
// one scale.
func Components(verdicts []Verdict) [][]string {
	group := map[string]string{}
	var root func(string) string
	root = func(s string) string {
		if up, ok := group[s]; ok && up != s {
			group[s] = root(up)
			return group[s]
		}
		group[s] = s
		return s
	}
	for _, v := range verdicts {
		group[root(v.A)] = root(v.B)
	}
	members := map[string][]string{}
	for s := range group {
		members[root(s)] = append(members[root(s)], s)
	}
	var out [][]string
	for _, m := range members {
		slices.Sort(m)
		out = append(out, m)
	}
	slices.SortFunc(out, slices.Compare)
	return out
}

// Flips is how much verdicts depend on the order in which replies are shown.
type Flips struct {
	// Rate is the share of comparisons judged in both orders whose verdicts differ;
	// Reversed of those in which even the winner changed; First of the verdicts that
	// are no ties, how many went to the reply shown first.
	Rate, Reversed, First Estimate
}

// OrderFlips looks at comparisons that were judged in both orders: of the same item
// and trial, and the same two subjects. Where a comparison was judged several times in an
// order, the verdicts are taken two by two as they come.
func OrderFlips(verdicts []Verdict, o Options) Flips {
	type key struct{ item, trial, a, b string }
	waiting := map[key][2][]float64{}
	var differ, reversed, first []Value
	for _, v := range verdicts {
		if v.First == 0 {
			continue
		}
		cluster := v.Cluster
		if cluster == "" {
			cluster = v.Item
		}
		if v.Score != 0.5 {
			first = append(first, Value{v.Item, cluster, indicator((v.Score == 1) == (v.First == 1))})
		}
		a, b, score, shown := v.A, v.B, v.Score, v.First
		if a > b {
			a, b, score, shown = b, a, 1-score, -shown
		}
		k, side := key{v.Item, v.Trial, a, b}, (shown+1)/2
		queues := waiting[k]
		if other := queues[1-side]; len(other) > 0 {
			differ = append(differ, Value{v.Item, cluster, indicator(other[0] != score)})
			reversed = append(reversed, Value{v.Item, cluster, indicator(other[0] == 1-score && score != 0.5)})
			queues[1-side] = other[1:]
		} else {
			queues[side] = append(queues[side], score)
		}
		waiting[k] = queues
	}
	return Flips{Rate: ordered(differ, o), Reversed: ordered(reversed, o), First: ordered(first, o)}
}

func ordered(values []Value, o Options) Estimate {
	if len(values) == 0 {
		return none(Wilson, 0, 0, NoOrder)
	}
	return Share(values, o)
}

func indicator(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}
