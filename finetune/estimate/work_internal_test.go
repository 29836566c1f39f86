package estimate

import (
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/llm-city/gorod/finetune/job"
)

func TestTheLengthOfABatchIsWhatRandomBatchesHave(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	sizes := make([]int, 200)
	for i := range sizes {
		sizes[i] = 1 + int(random.ExpFloat64()*100)
	}
	slices.Sort(sizes)
	for _, batch := range []int{1, 4, 16} {
		sum := 0.0
		const draws = 20000
		for range draws {
			longest := 0
			for range batch {
				longest = max(longest, min(sizes[random.IntN(len(sizes))], 250))
			}
			sum += float64(longest)
		}
		if got := padded(sizes, len(sizes), batch, 250, false); math.Abs(got/(sum/draws)-1) > 0.02 {
			t.Errorf("batches of %d: %.1f, drawn %.1f", batch, got, sum/draws)
		}
	}
	mean := 0
	for _, n := range sizes {
		mean += n
	}
	if got := padded([]int{mean / 200}, 200, 4, 1024, false); math.Abs(got/padded(sizes, 200, 4, 1024, false)-1) > 0.1 {
		t.Errorf("by the mean alone: %.1f", got)
	}
	if padded(nil, 0, 4, 10, false) != 0 || padded(sizes, 200, 16, 1024, true) != padded(sizes, 200, 1, 1024, false) {
		t.Error("packing pads")
	}
}

func TestStepsAreTheTrainers(t *testing.T) {
	t.Parallel()
	shape, err := lookup("Qwen/Qwen3-0.6B")
	if err != nil {
		t.Fatal(err)
	}
	hundred := &Data{Train: Split{Characters: slices.Repeat([]int{300}, 101), Messages: slices.Repeat([]int{2}, 101), Examples: 101}, Validation: Split{[]int{30}, []int{2}, 10}}
	for _, c := range []struct {
		epochs                          float64
		steps, world, wantSteps, wanted int // batches of a GPU
	}{{1, 0, 1, 7, 26}, {2, 0, 1, 14, 52}, {2, 0, 2, 8, 26}, {0.5, 0, 1, 4, 13}, {2, 5, 1, 5, 20}} {
		s := setting{shape: shape, world: c.world}
		w := s.work(&job.Job{Training: job.Training{Epochs: c.epochs, Steps: c.steps, Batch: 4, Accumulate: 4, MaxLength: 1024, EvalEvery: 5}}, hundred, 3)
		if w.Steps != c.wantSteps || w.Batches != c.wanted || w.Longest != 110 || w.Evaluations != w.Steps/5+1 || w.Cut != 0 {
			t.Errorf("%+v: %+v", c, w)
		}
		if want := 6 * float64(shape.Parameters()) * 110 * 101 * c.epochs; c.steps == 0 && (w.FLOPs < want || w.FLOPs > 1.2*want) {
			t.Errorf("%.3g FLOPs, want %.3g and some for evaluation", w.FLOPs, want)
		}
	}
}

func TestADatasetIsMeasured(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	line := `{"messages":[{"role":"user","content":"Привет, ёж!"},{"role":"assistant","content":"да"}]}` + "\n"
	for name, text := range map[string]string{
		"messages/train.jsonl":    line + "\n" + line + `{"prompt":[{"content":"а"}],"completion":[{"content":"бв"}]}` + "\n",
		"manifest.json":           `{"splits":[{"split":"validation","examples":4,"turns":8,"characters":40}]}`,
		"bad.jsonl":               line + "{\n",
		"lone/x.parquet":          "PAR1",
		"data/validation.parquet": "PAR1",
		"validation.parquet":      "PAR1",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	d, err := Measure(&job.Dataset{Path: dir, Train: "train", Validation: "validation"})
	if err != nil || !slices.Equal(d.Train.Characters, []int{13, 13, 3}) || !slices.Equal(d.Train.Messages, []int{2, 2, 2}) || d.Validation.Examples != 4 || d.Validation.Characters[0] != 10 {
		t.Errorf("%+v %v", d, err)
	}
	if d, err = Measure(&job.Dataset{Path: dir, Train: "train", Limit: 2}); err != nil || d.Train.Examples != 2 {
		t.Errorf("%+v %v", d, err)
	}
	for path, want := range map[string]string{"bad.jsonl": "line 2", "lone/x.parquet": "manifest.json", "data/train.parquet": "no such file", "none": "no such file"} {
		if _, err := Measure(&job.Dataset{Path: filepath.Join(dir, path), Train: "train"}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", path, err)
		}
	}
	for _, path := range []string{"data/validation.parquet", "validation.parquet"} {
		d, err := Measure(&job.Dataset{Path: filepath.Join(dir, path), Train: "train", Limit: 3})
		if err != nil || d.Train.Examples != 3 || !slices.Equal(d.Train.Characters, []int{10}) || !slices.Equal(d.Train.Messages, []int{2}) {
			t.Errorf("%s: %+v %v", path, d, err)
		}
	}
	if _, err := Measure(&job.Dataset{Path: dir, Train: "other"}); err == nil {
		t.Error("a split that there is not")
	}
}

func TestTokensAreThoseOfTheModelsVocabulary(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		profile, model string
		want           float64
	}{
		{"auto", "yandex/YandexGPT-5-Lite-8B-pretrain", 3.465}, {"yandexgpt5-lite", "/models/mine", 3.465},
		{"mistral", "Vikhrmodels/Vikhr-Nemo-12B-Instruct-R-21-09-24", 2.48}, {"mistral", "mistralai/Mistral-7B-v0.3", 2.05},
		{"auto", "meta-llama/Llama-3.1-8B", 2.51}, {"auto", "meta-llama/Llama-2-7b-hf", 2.05}, {"llama3", "./mine", 2.51},
		{"auto", "Qwen/Qwen3-8B", 2.31}, {"t-lite", "/models/mine", 2.31}, {"auto", "/yandexgpt/tiny", 2.31},
	} {
		if got := density(c.profile, c.model); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%s, %s: %g, want %g", c.profile, c.model, got, c.want)
		}
	}
}

func FuzzAnyConfigGivesAShapeOrAnError(f *testing.F) {
	f.Add([]byte(`{"num_hidden_layers": 2, "hidden_size": 8, "intermediate_size": 8, "num_attention_heads": 3, "vocab_size": 9, "text_config": null}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		if s, err := parseConfig(text); err == nil && (s.Parameters() <= 0 || s.Layers < 1) {
			t.Errorf("%+v", s)
		}
	})
}
