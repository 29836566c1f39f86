package estimate

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/llm-city/gorod/finetune/job"
)

// ErrUnmeasured says that a dataset is in a form that is not measured here.
var ErrUnmeasured = errors.New("examples are counted in messages/*.jsonl, in JSON Lines of messages or in manifest.json; there are none")

// Split is the size of one split.
type Split struct {
	Characters []int // of each example; one mean where only a sum is known
	Messages   []int // likewise
	Examples   int
}

// Data is the size of a dataset.
type Data struct{ Train, Validation Split }

// maxLine bounds a line of JSON, in bytes.
const maxLine = 16 << 20

// Measure counts a dataset: a folder that gorod dataset build wrote, or a file
// of JSON Lines, or of Parquet beside its manifest. An absent validation split is
// empty.
func Measure(d *job.Dataset) (*Data, error) {
	info, err := os.Stat(d.Path)
	if err != nil {
		return nil, fmt.Errorf("measure the dataset: %w", err)
	}
	data := &Data{}
	if !info.IsDir() && filepath.Ext(d.Path) == ".parquet" { // that of a split: DIR/data/train.parquet
		whole := *d
		whole.Path = filepath.Dir(d.Path)
		if filepath.Base(whole.Path) == "data" {
			whole.Path = filepath.Dir(whole.Path)
		}
		data.Train, err = fromManifest(&whole, strings.TrimSuffix(filepath.Base(d.Path), ".parquet"))
		return data, err
	}
	if !info.IsDir() {
		data.Train, err = countFile(d.Path, d.Limit)
		return data, err
	}
	for _, part := range []struct {
		name string
		into *Split
	}{{d.Train, &data.Train}, {d.Validation, &data.Validation}} {
		if part.name == "" {
			continue
		}
		if *part.into, err = count(d, part.name); err != nil && (part.into == &data.Train || !errors.Is(err, os.ErrNotExist)) {
			return nil, err
		}
	}
	return data, nil
}

// count is the size of a split of a folder.
func count(d *job.Dataset, split string) (Split, error) {
	for _, path := range []string{filepath.Join(d.Path, "messages", split+".jsonl"), filepath.Join(d.Path, split+".jsonl")} {
		if s, err := countFile(path, d.Limit); !errors.Is(err, os.ErrNotExist) {
			return s, err
		}
	}
	return fromManifest(d, split)
}

// fromManifest knows sums only.
func fromManifest(d *job.Dataset, split string) (Split, error) {
	var m struct {
		Splits []struct {
			Split      string `json:"split"`
			Examples   int    `json:"examples"`
			Turns      int    `json:"turns"`
			Characters int    `json:"characters"`
		} `json:"splits"`
	}
	text, err := os.ReadFile(filepath.Join(d.Path, "manifest.json"))
	if err != nil {
		return Split{}, fmt.Errorf("%w: %w", ErrUnmeasured, err)
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return Split{}, fmt.Errorf("manifest of the dataset: %w", err)
	}
	for _, s := range m.Splits {
		if s.Split == split && s.Examples > 0 {
			n := s.Examples
			if d.Limit > 0 {
				n = min(n, d.Limit)
			}
			return Split{[]int{s.Characters / s.Examples}, []int{s.Turns / s.Examples}, n}, nil
		}
	}
	return Split{}, fmt.Errorf("split %s: %w", split, os.ErrNotExist)
}

func countFile(path string, limit int) (Split, error) {
	f, err := os.Open(path)
	if err != nil {
		return Split{}, fmt.Errorf("measure the dataset: %w", err)
	}
	defer f.Close()
	s, err := countLines(f, limit)
	if err != nil {
		return Split{}, fmt.Errorf("measure %s: %w", path, err)
	}
	return s, nil
}

// example is a line of TRL's formats.
type example struct {
	Messages, Prompt, Completion []struct {
		Content string `json:"content"`
	}
}

func countLines(r io.Reader, limit int) (Split, error) {
	var s Split
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	for n := 1; lines.Scan(); n++ {
		if len(lines.Bytes()) == 0 {
			continue
		}
		var e example
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			return Split{}, fmt.Errorf("line %d: %w", n, err)
		}
		characters := 0
		all := slices.Concat(e.Messages, e.Prompt, e.Completion)
		for _, m := range all {
			characters += utf8.RuneCountInString(m.Content)
		}
		s.Characters, s.Messages = append(s.Characters, characters), append(s.Messages, len(all))
		if s.Examples++; s.Examples == limit {
			break
		}
	}
	return s, lines.Err()
}
