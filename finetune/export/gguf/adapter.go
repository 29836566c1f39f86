package gguf

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
)

// Shape is what an adapter asks of the model that it goes on; 0 and empty where
// it is not known.
type Shape struct {
	Architecture string
	Width        uint64 // of the embeddings
	Layers       uint64 // for an adapter the most that it must have
	PEFT         bool   // a folder of PEFT's, which Ollama converts itself
}

const adapterFile = "adapter_model.safetensors"

// InspectAdapter reads what an adapter was trained on: a GGUF file, or a folder
// of PEFT's, whose files are checked. Errors are *Error.
func InspectAdapter(path string) (Shape, error) {
	info, err := os.Stat(path)
	if err != nil {
		return Shape{}, failedIO(path, "", err)
	}
	if !info.IsDir() {
		said, err := Inspect(path)
		return Shape{Architecture: said.Architecture}, err
	}
	var config struct {
		Type string `json:"peft_type"`
	}
	if err := readJSON(filepath.Join(path, "adapter_config.json"), &config); err != nil {
		return Shape{}, err
	}
	if config.Type != "LORA" {
		return Shape{}, fail(Unsupported, "adapter_config.json", "", "an adapter of the type %q: only LORA can be imported; merge it into its base and import that", config.Type)
	}
	f := &folder{tensors: map[string]*source{}}
	defer f.close()
	if err := f.add(filepath.Join(path, adapterFile)); err != nil {
		return Shape{}, err
	}
	return shapeOf(f)
}

// shapeOf reads the shape off the names and shapes of LoRA's matrices.
func shapeOf(f *folder) (Shape, error) {
	shape := Shape{PEFT: true}
	layer := regexp.MustCompile(`\.layers\.(\d{1,6})\..*\.lora_[AB]\.weight$`)
	wide := regexp.MustCompile(`\.(q_proj|k_proj|v_proj|gate_proj|up_proj)\.lora_A\.weight$`) // these read the embeddings
	for _, name := range slices.Sorted(maps.Keys(f.tensors)) {
		m := layer.FindStringSubmatch(name)
		if m == nil {
			return Shape{}, fail(Unsupported, adapterFile, name, "not a matrix of LoRA in a layer: merge the adapter into its base and import that")
		}
		n, err := strconv.ParseUint(m[1], 10, 32)
		if err != nil {
			return Shape{}, fail(Corrupt, adapterFile, name, "%w", err)
		}
		shape.Layers = max(shape.Layers, n+1)
		s := f.tensors[name]
		if len(s.shape) != 2 {
			return Shape{}, fail(Corrupt, adapterFile, name, "shape %v", s.shape)
		}
		if wide.MatchString(name) {
			shape.Width = s.shape[1]
		}
	}
	if shape.Layers == 0 {
		return Shape{}, fail(Corrupt, adapterFile, "", "no matrices of LoRA")
	}
	return shape, nil
}

// Fits checks an adapter against the model that it is to go on.
func (s Shape) Fits(base Shape) error {
	switch {
	case s.PEFT && base.Architecture != "llama" && base.Architecture != "gemma2":
		return fmt.Errorf("adapters of PEFT go into Ollama for llama and gemma2 only, and not for %s: merge it into its base and import that", base.Architecture)
	case s.Architecture != "" && s.Architecture != base.Architecture:
		return fmt.Errorf("the adapter is for a model of the architecture %s, and not %s", s.Architecture, base.Architecture)
	case s.Width != 0 && s.Width != base.Width:
		return fmt.Errorf("the adapter was trained on a model %d wide, and this one is %d wide", s.Width, base.Width)
	case s.Layers > base.Layers:
		return fmt.Errorf("the adapter has %d layers, and the model %d", s.Layers, base.Layers)
	}
	return nil
}
