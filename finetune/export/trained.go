package export

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// report is what the trainer says of a training, in report.json.
type report struct {
	Steps    int               `json:"steps"`
	Before   *float64          `json:"eval_loss_before"`
	After    *float64          `json:"eval_loss"`
	Seconds  float64           `json:"seconds"`
	Tokens   int64             `json:"tokens"`
	Restarts int               `json:"restarts"`
	Memory   float64           `json:"memory_gb"`
	Versions map[string]string `json:"versions"`
}

// settings are those of a job.json that a reader of the card asks for.
type settings struct {
	Training struct {
		Epochs        float64 `json:"epochs"`
		LR            float64 `json:"lr"`
		Batch         int     `json:"batch"`
		Accumulate    int     `json:"accumulate"`
		MaxLength     int     `json:"max_length"`
		AssistantOnly bool    `json:"assistant_only_loss"`
		Seed          uint64  `json:"seed"`
	} `json:"training"`
	Export struct {
		MergeBase string `json:"merge_base"`
	} `json:"export"`
}

// trained says what a job's folder tells of its training; what is not there is
// left out.
func (o *Options) trained() ([]Note, error) {
	if o.Run == "" {
		return nil, nil
	}
	var notes []Note
	var job settings
	found, err := readOptional(filepath.Join(o.Run, "..", "job.json"), &job)
	if err != nil {
		return nil, err
	}
	if t := job.Training; found {
		learned := "whole dialogues"
		if t.AssistantOnly {
			learned = "replies only"
		}
		notes = append(notes, Note{"settings", fmt.Sprintf("%v epochs, learning rate %v, batch %d × %d, at most %d tokens, %s, seed %d",
			t.Epochs, t.LR, t.Batch, t.Accumulate, t.MaxLength, learned, t.Seed)}, Note{"merged into", map[string]string{
			"w16": "the base's weights of 16 bits", "dequantized": "the base's weights as they were trained against"}[job.Export.MergeBase]})
	}
	var r report
	found, err = readOptional(filepath.Join(o.Run, "report.json"), &r)
	if err != nil || !found {
		return notes, err
	}
	return append(notes, r.notes()...), nil
}

func (r report) notes() []Note {
	var notes []Note
	if r.Before != nil && r.After != nil {
		notes = append(notes, Note{"held-out loss", fmt.Sprintf("%.4g before, %.4g after (perplexity %.4g → %.4g)", *r.Before, *r.After, math.Exp(*r.Before), math.Exp(*r.After))})
	}
	took := fmt.Sprintf("%d steps, %d tokens, %s", r.Steps, r.Tokens, time.Duration(r.Seconds*float64(time.Second)).Round(time.Second))
	if r.Restarts > 0 {
		took += fmt.Sprintf(", resumed %d times", r.Restarts)
	}
	if r.Memory > 0 {
		took += fmt.Sprintf(", %.3g GB of GPU memory at most", r.Memory)
	}
	var with []string
	for _, name := range slices.Sorted(maps.Keys(r.Versions)) {
		with = append(with, name+" "+r.Versions[name])
	}
	return append(notes, Note{"took", took}, Note{"with", strings.Join(with, ", ")})
}

// readOptional decodes a file that need not be there.
func readOptional(path string, into any) (bool, error) {
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err == nil {
		err = json.Unmarshal(raw, into)
	}
	if err != nil {
		return false, fmt.Errorf("read %s: %w", filepath.Base(path), err)
	}
	return true, nil
}
