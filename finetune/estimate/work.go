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
	// launch is what a batch takes at least, in seconds: the kernels of a small
	// model take as long to be launched as to run.
	launch = 0.1
	// coreTFLOPS of a core of a CPU with AVX2.
	coreTFLOPS = 0.03
)

// densities are how many characters of Russian chats a token has, by a part of
// the model's name and then by profile. Those of Qwen 2 to 3, Llama 3, Mistral
// Nemo and the first Mistral (whose tokens are Llama 2's size) were measured with
// their tokenizers on the 1,337 messages of the shipped chat; YandexGPT's is 1.5
// times Qwen's, by its authors; Gemma's is assumed to be that of Llama 3.
func densities() []struct {
	word  string
	value float64
} {
	const qwen, llama3, nemo, llama2 = 2.31, 2.51, 2.48, 2.05
	return []struct {
		word  string
		value float64
	}{
		{"yandexgpt", 1.5 * qwen}, {"nemo", nemo}, {"qwen", qwen}, {"t-lite", qwen}, {"llama-2", llama2}, {"llama-65b", llama2},
		{"llama-3", llama3}, {"llama3", llama3}, {"gemma", llama3}, {"mistral", llama2}, {"", qwen},
	}
}

// density is that of a model; its profile tells what its name does not.
func density(profile, model string) float64 {
	for _, name := range []string{model, profile} {
		name = strings.ToLower(name[strings.LastIndexAny(name, "/\\")+1:])
		for _, d := range densities() {
			if d.word != "" && strings.Contains(name, d.word) {
				return d.value
			}
		}
	}
	all := densities()
	return all[len(all)-1].value
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
