package groups

import (
	"math"
	"slices"

	"github.com/llm-city/gorod/plugins/metric/internal/stat"
)

// spectrum is what opinions, each in -1…1, look like together.
type spectrum struct {
	mean, variance, entropy float64
	clusters                int
	effective               float64
	polarization            float64
}

// look sorts opinions, at least one, and describes them.
func (c *config) look(opinions []float64) spectrum {
	slices.Sort(opinions)
	var all stat.Mean
	for _, x := range opinions {
		all.Add(x)
	}
	counts, positions := c.histogram(opinions)
	sizes := c.clusters(opinions)
	return spectrum{
		mean: all.Value(), variance: min(all.Variance(), 1), entropy: stat.Evenness(counts, c.Bins),
		clusters: len(sizes), effective: max(1, 1/stat.Simpson(sizes)),
		polarization: polarization(counts, positions, c.Alpha),
	}
}

// rounding is how little lies between opinions that are the same: those on a
// scale may fall on the border of two bins.
const rounding = 1e-9

// histogram is how many opinions fall into each of the bins, and their mean.
func (c *config) histogram(opinions []float64) (counts, means []float64) {
	counts, means = make([]float64, c.Bins), make([]float64, c.Bins)
	for _, x := range opinions {
		bin := min(int((x+1)/2*float64(c.Bins)+rounding), c.Bins-1)
		counts[bin]++
		means[bin] += x
	}
	for i, n := range counts {
		if n > 0 {
			means[i] /= n
		}
	}
	return counts, means
}

// clusters are the sizes of the clusters of sorted opinions.
func (c *config) clusters(opinions []float64) (sizes []float64) {
	for i, x := range opinions {
		if i == 0 || x-opinions[i-1] > c.Gap+rounding {
			sizes = append(sizes, 0)
		}
		sizes[len(sizes)-1]++
	}
	return sizes
}

// polarization is Esteban's and Ray's: K Σᵢ Σⱼ πᵢ^(1+α) πⱼ |yᵢ - yⱼ|, with
// K = 2^α for positions from -1 to 1.
func polarization(counts, positions []float64, alpha float64) float64 {
	total, sum := 0.0, 0.0
	for _, n := range counts {
		total += n
	}
	for i, n := range counts {
		for j, m := range counts {
			sum += math.Pow(n/total, 1+alpha) * m / total * math.Abs(positions[i]-positions[j])
		}
	}
	return min(math.Pow(2, alpha)*sum, 1)
}
