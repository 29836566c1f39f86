package runner

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"

	"github.com/llm-city/gorod/eval/suite"
)

// File is one that an evaluation read or wrote.
type File struct {
	Key    string `json:"key,omitempty"` // of the suite, such as tasks[0].dialogue.dataset
	Path   string `json:"path"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

func hashed(inputs []suite.Input) ([]File, error) {
	out := make([]File, 0, len(inputs))
	known := map[string]File{}
	for _, in := range inputs {
		f, ok := known[in.Path]
		if !ok {
			var err error
			if f, err = sumOf(in.Path); err != nil {
				return nil, fmt.Errorf("%s: %w", in.Key, err)
			}
			known[in.Path] = f
		}
		f.Key = in.Key
		out = append(out, f)
	}
	return out, nil
}

func sumOf(path string) (File, error) {
	f, err := os.Open(path)
	if err != nil {
		return File{}, err
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.Copy(h, f)
	if err != nil {
		return File{}, fmt.Errorf("read %s: %w", path, err)
	}
	return File{Path: path, Bytes: n, SHA256: hex.EncodeToString(h.Sum(nil))}, nil
}
