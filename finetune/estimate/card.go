package estimate

import "strings"

// Card is a GPU that fine-tunings run on.
type Card struct {
	Name   string  `json:"name"`
	GB     float64 `json:"memory_gb"`
	TFLOPS float64 `json:"tflops"` // dense, 16 bits with sums in 32
	// Use is the share of TFLOPS that training with 4-bit weights reaches.
	Use float64 `json:"use"`
}

// a100Use follows from the 2,415 tokens a second that LLaMA-Factory measured
// with LLaMA 2 7B, see Measured; others are set beside it: cards without
// bfloat16 and those whose arithmetic outruns their memory reach less.
const a100Use = 0.41

// Cards are the cards that are known, by memory and then by speed.
func Cards() []Card {
	return []Card{
		{"RTX 3060", 12, 26, 0.40},
		{"T4", 16, 65, 0.25},
		{"RTX A4000", 16, 77, 0.35},
		{"V100 16GB", 16, 125, 0.25},
		{"RTX 3090", 24, 71, 0.45},
		{"A5000", 24, 111, 0.38},
		{"L4", 24, 121, 0.25},
		{"A10", 24, 125, 0.30},
		{"RTX 4090", 24, 165, 0.42},
		{"V100 32GB", 32, 125, 0.25},
		{"RTX 5090", 32, 210, 0.40},
		{"A100 40GB", 40, 312, a100Use},
		{"A40", 48, 150, 0.35},
		{"RTX A6000", 48, 155, 0.38},
		{"L40S", 48, 362, 0.30},
		{"A100 80GB", 80, 312, a100Use},
		{"H100 80GB", 80, 989, 0.30},
		{"H200", 141, 989, 0.32},
		{"B200", 192, 2250, 0.25},
	}
}

// Measurement is a speed that somebody measured.
type Measurement struct {
	Model      string  `json:"model"`
	Parameters int64   `json:"parameters"`
	Card       string  `json:"card"`
	Tokens     float64 `json:"tokens_per_second"` // of one GPU
	Setting    string  `json:"setting"`
	Source     string  `json:"source"`
}

// Measured are measured speeds, for comparison.
func Measured() []Measurement {
	return []Measurement{{
		Model: "LLaMA 2 7B", Parameters: 6_738_415_616, Card: "A100 40GB", Tokens: 2415,
		Setting: "4-bit LoRA, length 1024, batch 4", Source: "LLaMA-Factory wiki, performance comparison",
	}}
}

// find is the card of a name, or of a word in it that a cluster may use as a
// constraint: "a100" is the first A100.
func find(word string) (Card, bool) {
	plain := func(s string) string {
		return strings.NewReplacer(" ", "", "-", "", "_", "").Replace(strings.ToLower(s))
	}
	want := plain(word)
	if want == "" {
		return Card{}, false
	}
	for _, c := range Cards() {
		if name := plain(c.Name); name == want || strings.TrimPrefix(name, "rtx") == want {
			return c, true
		}
	}
	for _, c := range Cards() {
		if strings.HasPrefix(strings.TrimPrefix(plain(c.Name), "rtx"), strings.TrimPrefix(want, "rtx")) {
			return c, true
		}
	}
	return Card{}, false
}
