package stats

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Both is an item that a person and a judge looked at.
type Both struct {
	ID, Cluster  string
	Human, Judge float64
}

// Powered is a prediction-powered mean beside the classical one, of the persons'
// values alone.
type Powered struct {
	Powered   Estimate `json:"powered"`
	Classical Estimate `json:"classical"`
	Lambda    float64  `json:"lambda"` // how much the judge counts: 0 not at all, 1 fully
}

// PPI is the mean of what persons would say of all items, of which they saw some
// and a judge all: mean(human) − λ(mean(judge on both) − mean(judge alone)), with
// λ = Cov(human, judge)/((1 + n/N)Var(judge)), held within 0 and 1 (Angelopoulos,
// Bates, Fannjiang, Jordan and Zrnic 2023, Science 382:669; Angelopoulos, Duchi
// and Zrnic 2023, "PPI++", arXiv 2311.01453, eq. 6 and example 6.1). The variance
// is that of sums of clusters, and the quantile Student's by the clusters that
// persons looked at. For a difference of two subjects, give differences. Items of
// both and of alone must be drawn alike, and no cluster may be in both.
func PPI(both []Both, alone []Value, o Options) Powered {
	of, k := index(both, func(b Both) (string, string) { return b.Cluster, b.ID })
	aloneOf, aloneK := index(alone, valueCluster)
	n := len(both)
	p := Powered{Classical: none(Classical, n, k, NoItems), Powered: none(PredictionPowered, n+len(alone), k+aloneK, NoItems)}
	human, judge, rest := make([]float64, n), make([]float64, n), make([]float64, len(alone))
	for i, b := range both {
		human[i], judge[i] = b.Human, b.Judge
	}
	for i, v := range alone {
		rest[i] = v.Value
	}
	switch {
	case n == 0:
		return p
	case !finite(human...) || !finite(judge...) || !finite(rest...):
		p.Classical.Why, p.Powered.Why = NotFinite, NotFinite
		return p
	}
	p.Classical.Value, p.Classical.Why, p.Classical.Open = mean(human), "", ""
	p.Classical = p.Classical.around(clusterVariance(human, of, k), k, o)
	if len(alone) == 0 {
		return p
	}
	p.Lambda = lambda(human, judge, of, k, rest, aloneOf, aloneK)
	rectified := make([]float64, n)
	for i := range human {
		rectified[i] = human[i] - p.Lambda*judge[i]
	}
	variance := clusterVariance(rectified, of, k) + p.Lambda*p.Lambda*clusterVariance(rest, aloneOf, aloneK)
	p.Powered.Value, p.Powered.Why, p.Powered.Open = mean(rectified)+p.Lambda*mean(rest), "", ""
	if aloneK == 1 && p.Lambda > 0 {
		p.Powered.Open = OneCluster
	}
	p.Powered = p.Powered.around(variance, k, o)
	return p
}

// lambda is the weight of the judge that makes the interval shortest. The judge's
// variance is that of all that it saw.
func lambda(human, judge []float64, of []int, k int, rest []float64, restOf []int, restK int) float64 {
	n, total := float64(len(human)), float64(len(human)+len(rest))
	all, allOf := append(append([]float64(nil), judge...), rest...), append([]int(nil), of...)
	for _, c := range restOf {
		allOf = append(allOf, k+c)
	}
	under := (1 + n/float64(len(rest))) * total * clusterVariance(all, allOf, k+restK)
	found := n * clusterCovariance(human, judge, of, k) / under
	if under <= 0 || !finite(found) {
		return 0
	}
	return min(1, max(0, found))
}

// around puts Student's interval around a value.
func (e Estimate) around(variance float64, clusters int, o Options) Estimate {
	switch {
	case e.Open != "":
	case e.N == 1:
		e.Open = OneItem
	case clusters < 2:
		e.Open = OneCluster
	case variance <= 1e-24*e.Value*e.Value:
		e.Open = NoVariance
	default:
		t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(clusters - 1)}.Quantile((1 + o.level()) / 2)
		e.Low, e.High, e.Level = e.Value-t*math.Sqrt(variance), e.Value+t*math.Sqrt(variance), o.level()
	}
	return e.checked()
}

// clusterVariance is the variance of a mean of items in clusters; 0 of one.
func clusterVariance(xs []float64, of []int, k int) float64 { return clusterCovariance(xs, xs, of, k) }

// clusterCovariance is k/(k − 1)·Σ(Σ(x − x̄))(Σ(y − ȳ))/n², the inner sums over the
// items of a cluster (Liang and Zeger 1986, Biometrika 73:13).
func clusterCovariance(xs, ys []float64, of []int, k int) float64 {
	if k < 2 {
		return 0
	}
	mx, my := mean(xs), mean(ys)
	sx, sy := make([]float64, k), make([]float64, k)
	for i := range xs {
		sx[of[i]] += xs[i] - mx
		sy[of[i]] += ys[i] - my
	}
	sum := 0.0
	for c := range k {
		sum += sx[c] * sy[c]
	}
	n := float64(len(xs))
	return float64(k) / float64(k-1) * sum / (n * n)
}
