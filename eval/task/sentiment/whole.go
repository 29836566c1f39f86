package sentiment

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"github.com/llm-city/gorod/eval/sample"
	"github.com/llm-city/gorod/eval/stats"
	"github.com/llm-city/gorod/eval/task/items"
	"github.com/llm-city/gorod/eval/task/pseudo"
)

// Whole implements task.Task: macro-F1, the calibration error and the speed.
func (*asked) Whole(_ context.Context, _ string, samples []sample.Sample) ([]sample.Score, error) {
	readings, all := make([]reading, len(samples)), make([]int, len(samples))
	for i := range samples {
		readings[i], all[i] = parse(samples[i].Reply), i
	}
	scores := pseudo.Scores(samples, all, []string{macroF1, speed}, func(kept []int) []pseudo.Value {
		kept = slices.DeleteFunc(kept, func(i int) bool { return samples[i].Error != "" })
		return []pseudo.Value{f1(samples, readings, kept), perSecond(samples, kept)}
	})
	return append(scores, calibration(samples, readings)...), nil
}

// f1 is the mean of the F1 scores of the classes that occur among the truth
// (Sokolova and Lapalme 2009, Information Processing and Management 45:427). A
// reply that names no class is a miss.
func f1(samples []sample.Sample, readings []reading, kept []int) pseudo.Value {
	hits, truths, said := map[string]int{}, map[string]int{}, map[string]int{}
	for _, i := range kept {
		truth, label := samples[i].Reference, readings[i].label
		truths[truth]++
		said[label]++
		if truth == label {
			hits[truth]++
		}
	}
	if len(truths) == 0 {
		return pseudo.Value{Missing: "no replies"}
	}
	sum := 0.0
	for _, l := range labels() {
		if truths[l] > 0 {
			sum += 2 * float64(hits[l]) / float64(truths[l]+said[l])
		}
	}
	return pseudo.Value{X: sum / float64(len(truths))}
}

// bins of the calibration error.
const bins = 10

// calibration is the expected calibration error over bins of equal mass (Naeini,
// Cooper and Hauskrecht 2015, AAAI) as a row for each reply: right or not less
// confidence, turned round where the bin is overconfident. Their mean is the
// error, Σ n/N·|accuracy − confidence|, and their spread its own with the bins
// and the signs as they are. The jackknife does not hold where it is near 0.
func calibration(samples []sample.Sample, readings []reading) []sample.Score {
	var forecasts []stats.Forecast
	var of []int // samples
	for i := range samples {
		if p := readings[i].p; p != nil && samples[i].Error == "" {
			forecasts = append(forecasts, stats.Forecast{ID: samples[i].Item, P: p, Truth: slices.Index(labels(), samples[i].Reference)})
			of = append(of, i)
		}
	}
	found, why := stats.Reliability(forecasts, bins)
	switch {
	case len(samples) == 0:
		return nil
	case len(forecasts) == 0:
		return []sample.Score{row(samples, 0, 0, noProbabilities)}
	case why != "":
		return []sample.Score{row(samples, 0, 0, why.Error())}
	}
	order := make([]int, len(of)) // by confidence, as the bins are
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(slices.Max(forecasts[i].P), slices.Max(forecasts[j].P)) })
	out := make([]sample.Score, len(of))
	for _, bin := range found {
		for _, i := range order[:bin.N] {
			p := forecasts[i].P
			gap := items.Binary(slices.Index(p, slices.Max(p)) == forecasts[i].Truth) - slices.Max(p)
			if bin.Accuracy < bin.Confidence {
				gap = -gap
			}
			out[i] = row(samples, of[i], gap, "")
		}
		order = order[bin.N:]
	}
	return out
}

func row(samples []sample.Sample, at int, value float64, missing string) sample.Score {
	return sample.Score{Sample: strconv.Itoa(at), Item: samples[at].Item, Cluster: samples[at].Cluster, Measure: ece, Value: value, Missing: missing}
}

// perSecond is texts by the time that the answering requests took.
func perSecond(samples []sample.Sample, kept []int) pseudo.Value {
	seconds := 0.0
	for _, i := range kept {
		seconds += samples[i].Latency
	}
	if seconds == 0 {
		return pseudo.Value{Missing: "replies were not timed"}
	}
	return pseudo.Value{X: float64(len(kept)) / seconds}
}
