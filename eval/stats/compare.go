package stats

// Comparison is all that is said of a measure between two subjects.
type Comparison struct {
	A          Estimate  `json:"a"` // the mean of each, or its share
	B          Estimate  `json:"b"`
	Difference Estimate  `json:"difference"` // of A from B
	Test       Test      `json:"test"`       // the one that counts, and goes to Holm
	Also       []Test    `json:"also"`       // others, to be shown beside it
	Effects    []Effect  `json:"effects"`
	Unmatched  Unmatched `json:"unmatched"`
	Paired     bool      `json:"paired"`
}

// Effect is an effect size.
type Effect struct {
	Name string `json:"name"` // a key
	Estimate
}

// Names of effects.
const (
	EffectDz          = "cohen-dz"
	EffectG           = "hedges-g-av"
	EffectSuperiority = "superiority"
	EffectOdds        = "odds-ratio"
	EffectCliff       = "cliff-delta"
)

// manyMeans is from how many clusters on the mean of a single subject has Student's
// interval: the bootstrap's is the same then, and takes its time.
const manyMeans = 1000

// Compare compares two subjects on the same items. The rule:
//   - binary values of independent items: McNemar's exact test, Newcombe's interval
//     of the difference, the odds ratio of pairs;
//   - binary values in clusters: signs flipped by cluster, BCa over clusters;
//     Durkalski's test beside it;
//   - other values of independent items: Wilcoxon's signed ranks, BCa; signs flipped
//     beside it;
//   - other values in clusters: signs flipped by cluster, BCa over clusters.
//
// What a single subject has is shown by Share or Mean, by ClusterMean from 1,000
// clusters on.
func Compare(a, b []Value, binary bool, o Options) Comparison {
	pairs, unmatched := Match(a, b)
	_, clusters, _ := checkPairs(pairs)
	c := Comparison{Unmatched: unmatched, Paired: true}
	left, right := sides(pairs)
	table, why := Cross(pairs)
	binary = binary && why != NotBinary
	average := Mean
	switch {
	case binary:
		average = Share
	case clusters >= manyMeans:
		average = ClusterMean
	}
	c.A, c.B = average(left, o), average(right, o)
	effects := pairedEffects(pairs, o, ofDifference, ofSuperiority, ofDz, ofG)
	c.Difference = effects[0]
	switch independent := clusters == len(pairs); {
	case binary && independent:
		c.Difference = table.RiskDifference(o)
		c.Test, c.Also = table.McNemar(), []Test{table.McNemarMid()}
		c.Effects = []Effect{{EffectOdds, table.OddsRatio(o)}}
	case binary:
		c.Test, c.Also = SignFlip(pairs, o), []Test{DurkalskiTest(pairs)}
	case independent:
		c.Test, c.Also = Wilcoxon(pairs), []Test{SignFlip(pairs, o)}
	default:
		c.Test = SignFlip(pairs, o)
	}
	c.Effects = append(c.Effects, Effect{EffectSuperiority, effects[1]})
	if !binary {
		c.Effects = append(c.Effects, Effect{EffectDz, effects[2]}, Effect{EffectG, effects[3]})
	}
	return c
}

// sides are the values of A and of B of pairs.
func sides(pairs []Pair) (a, b []Value) {
	for _, p := range pairs {
		a, b = append(a, Value{p.ID, p.Cluster, p.A}), append(b, Value{p.ID, p.Cluster, p.B})
	}
	return a, b
}

// CompareRuns compares the runs of two conditions, of which the ids are seeds.
// Where both have the same seeds, runs are paired: Student's interval and test,
// signs flipped beside it. Otherwise Welch's, values permuted beside it, and
// Cliff's delta.
func CompareRuns(a, b []Value, o Options) Comparison {
	pairs, unmatched := Match(a, b)
	c := Comparison{A: Mean(a, o), B: Mean(b, o)}
	if len(pairs) > 1 && len(pairs) == len(a) && len(pairs) == len(b) {
		c.Paired, c.Unmatched = true, unmatched
		c.Difference, c.Test = Student(pairs, o)
		c.Also = []Test{SignFlip(pairs, o)}
		c.Effects = []Effect{{EffectDz, CohenDz(pairs, o)}, {EffectG, HedgesG(pairs, o)}}
		return c
	}
	c.Difference, c.Test = WelchTest(a, b, o)
	c.Also = []Test{Permutation(a, b, o)}
	c.Effects = []Effect{{EffectCliff, Cliff(a, b, o)}}
	return c
}
