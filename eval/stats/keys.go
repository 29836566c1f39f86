package stats

// Why is why something cannot be computed; empty where it can. It is a key, for
// a report to put into words.
type Why string

// Error makes a reason an error.
func (w Why) Error() string { return string(w) }

// Reasons.
const (
	NoItems       Why = "no items"
	OneItem       Why = "one item"
	OneCluster    Why = "one cluster"
	FewClusters   Why = "few clusters" // fewer than any interval of resamples needs for its level
	NoVariance    Why = "no variance"
	AllTies       Why = "all ties"          // nothing differs
	Disconnected  Why = "disconnected"      // some subjects were never compared with the others, not even by way of third ones
	NotFinite     Why = "not a number"      // among the values
	NotBinary     Why = "not binary"        // values other than 0 and 1
	OneSided      Why = "one-sided"         // all that differs does so in one direction: an odds ratio without end
	Unbounded     Why = "unbounded"         // somebody won, or lost, all there was: no finite strength is the likeliest
	Undefined     Why = "undefined"         // the statistic has no value on these items
	Unstable      Why = "unstable"          // undefined in more than one resample of twenty
	OneValue      Why = "one value"         // all ratings are the same: agreement by chance is certain
	TooManyValues Why = "too many values"   // of a scale, or classes
	Unpairable    Why = "unpairable"        // no unit was rated twice
	OutOfRange    Why = "out of range"      // a parameter outside of what the formula allows
	NoOrder       Why = "no order"          // nothing tells which reply was shown first
	NoLengths     Why = "no lengths"        // all replies are of one length
	NotFitted     Why = "not fitted"        // the search for the likeliest parameters did not end
	Unreachable   Why = "unreachable"       // no effect, or no number of items, has the power
	NotTested     Why = "not asked for"     // left out by who asked
	Confounded    Why = "confounded"        // cannot be told from something else, such as order where one was always first
	NoTies        Why = "no ties"           // among verdicts
	BeyondBounds  Why = "outside of bounds" // values beyond those that the measure can take
)

// Method names how a number was computed; a key.
type Method string

// Methods.
const (
	BCa               Method = "bca"          // bias-corrected and accelerated bootstrap
	BCaExpanded       Method = "bca-expanded" // the same with Student's quantile: below 200 clusters
	Jackknife         Method = "jackknife"    // Student's interval by its variance: below 6 clusters, at 95 %
	Percentile        Method = "bootstrap-percentile"
	McNemarExact      Method = "mcnemar-exact"
	McNemarMid        Method = "mcnemar-mid-p"
	WilcoxonExact     Method = "wilcoxon-exact"
	WilcoxonNormal    Method = "wilcoxon-normal"
	SignFlipExact     Method = "sign-flip-exact"
	SignFlipRandom    Method = "sign-flip" // Monte Carlo
	ClusterFlipExact  Method = "cluster-sign-flip-exact"
	ClusterFlipRandom Method = "cluster-sign-flip"
	Durkalski         Method = "durkalski"
	StudentPaired     Method = "student-paired"
	StudentCluster    Method = "student-cluster"
	Welch             Method = "welch"
	PermutationExact  Method = "permutation-exact"
	PermutationRandom Method = "permutation"
	SwapExact         Method = "swap-exact" // approximate randomisation, of all ways to swap
	SwapRandom        Method = "swap"
	Newcombe          Method = "newcombe-paired"
	ConditionalOdds   Method = "conditional-odds-ratio"
	Wilson            Method = "wilson"
	WilsonCluster     Method = "wilson-cluster"
	CliffDelta        Method = "cliff-delta"
	Davidson          Method = "bradley-terry-davidson"
	BradleyTerry      Method = "bradley-terry"
	PredictionPowered Method = "ppi++"
	Classical         Method = "classical"
	Betting           Method = "betting" // confidence sequence
)
