package estimate

import (
	"math"
	"slices"
	"strings"

	"github.com/llm-city/gorod/finetune/job"
)

const (
	// perMessage are the tokens that a chat template puts around a message.
	perMessage = 5
	// charactersPerToken of Russian, for vocabularies made for many languages.
	charactersPerToken = 3.0
	// launch is what a batch takes at least, in seconds: the kernels of a small
	// model take as long to be launched as to run.
	launch = 0.1
	// coreTFLOPS of a core of a CPU with AVX2.
	coreTFLOPS = 0.03
)

// density is how many characters of Russian a token has. YandexGPT's tokenizer
// needs 32 thousand tokens where Qwen's needs 48, by its authors.
func density(profile, model string) float64 {
	if profile == "yandexgpt5-lite" || strings.Contains(strings.ToLower(model), "yandexgpt") {
		return 1.5 * charactersPerToken
	}
	return charactersPerToken
}

// Work is how much there is to do.
type Work struct {
	Examples    int     `json:"examples"`
	Tokens      float64 `json:"tokens"` // of one pass, padding included
	Longest     int     `json:"longest"`
	Cut         int     `json:"cut"` // examples that are longer than max_length
	Steps       int     `json:"steps"`
	Batches     int     `json:"batches"` // of one GPU, in all
	Evaluations int     `json:"evaluations"`
	FLOPs       float64 `json:"flops"` // of all GPUs
}

// lengths are examples in tokens, shortest first.
func lengths(s *Split, density float64) []int {
	out := make([]int, len(s.Characters))
	for i, n := range s.Characters {
		out[i] = int(math.Ceil(float64(n)/density)) + perMessage*s.Messages[i]
	}
	slices.Sort(out)
	return out
}

// padded is the mean length of the longest of a random batch: what every example
// of it is padded to. sorted holds lengths, or the one mean of all examples, of
// which the lengths are then taken to fall off exponentially, as those of chats
// do.
func padded(sorted []int, examples, batch, most int, packing bool) float64 {
	if len(sorted) == 0 {
		return 0
	}
	if packing {
		batch = 1
	}
	if len(sorted) == 1 && examples > 1 {
		mean := float64(sorted[0])
		for i := 2; i <= batch; i++ {
			mean += float64(sorted[0]) / float64(i)
		}
		return min(mean, float64(most))
	}
	sum, n, below := 0.0, float64(len(sorted)), 0.0
	for i, length := range sorted {
		upTo := math.Pow(float64(i+1)/n, float64(batch)) // that all of the batch are among the shortest i+1
		sum += float64(min(length, most)) * (upTo - below)
		below = upTo
	}
	return sum
}

// work counts what a job does on a dataset.
func (s *setting) work(j *job.Job, data *Data, density float64) Work {
	t, train := &j.Training, lengths(&data.Train, density)
	w := Work{Examples: data.Train.Examples}
	if w.Examples == 0 {
		return w
	}
	w.Longest = train[len(train)-1]
	for _, n := range train {
		if n > t.MaxLength {
			w.Cut++
		}
	}
	each := padded(train, w.Examples, t.Batch, t.MaxLength, t.Packing)
	w.Tokens = each * float64(w.Examples)
	examples := w.Examples
	if t.Packing { // sequences are what batches hold then
		examples = max(1, int(math.Ceil(w.Tokens/float64(t.MaxLength))))
	}
	batches := ceil(examples, t.Batch*s.world)
	w.Steps = int(math.Ceil(t.Epochs * float64(ceil(batches, t.Accumulate))))
	passes := t.Epochs
	w.Batches = int(math.Ceil(t.Epochs * float64(batches)))
	if t.Steps > 0 {
		w.Steps, w.Batches = t.Steps, t.Steps*t.Accumulate
		passes = float64(w.Batches) / float64(batches)
	}
	n := float64(s.shape.Parameters())
	token := 6 * n
	if s.checkpointing {
		token *= 4.0 / 3
	}
	w.FLOPs = token * w.Tokens * passes
	if data.Validation.Examples > 0 {
		w.Evaluations = w.Steps/t.EvalEvery + 1
		held := padded(lengths(&data.Validation, density), data.Validation.Examples, t.Batch, t.MaxLength, false)
		w.FLOPs += 2 * n * held * float64(data.Validation.Examples) * float64(w.Evaluations)
	}
	return w
}

// seconds is how long work takes on cards.
func (w *Work) seconds(c Card, world int) float64 {
	return w.FLOPs/(float64(world)*c.TFLOPS*1e12*c.Use) + launch*float64(w.Batches)
}

// speed is how many tokens a second one card trains on.
func (s *setting) speed(c Card) float64 {
	token := 6 * float64(s.shape.Parameters())
	if s.checkpointing {
		token *= 4.0 / 3
	}
	return c.TFLOPS * 1e12 * c.Use / token
}

func ceil(a, b int) int { return (a + b - 1) / b }
