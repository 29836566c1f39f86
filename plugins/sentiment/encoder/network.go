package encoder

import (
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"sync"

	_ "github.com/gomlx/gomlx/backends/simplego" // what hugot's models run on without cgo
	"github.com/knights-analytics/hugot/backends"
	"github.com/knights-analytics/hugot/options"
)

// network is a model in memory. Hugot's own tokenizer and pipeline are left
// aside: they end the process at a text that they cannot read, and cut the
// closing token off long ones.
type network struct {
	mu       sync.Mutex // runs are one at a time; each uses all cores
	pipeline *backends.BasePipeline
	output   int // which one are the logits
	labels   int
	multi    bool
	lengths  []int // in tokens, to which texts are padded
	counts   []int // of texts, to which batches are padded
}

// load reads the ONNX file and runs it once.
func load(f *folder, labels int, multi bool, limit, batch int) (n *network, err error) {
	defer func() {
		if err != nil {
			err = refuse("%s holds no text classifier that can be run: %v: export it with optimum-cli export onnx --task text-classification", f.path, err)
		}
	}()
	n = &network{labels: labels, multi: multi, lengths: paddedLengths(limit), counts: paddedCounts(batch)}
	defer recovered(&err)
	opts := options.Defaults()
	opts.Backend = "GO"
	opts.GoMLXOptions.SequenceBuckets, opts.GoMLXOptions.BatchBuckets = n.lengths, n.counts
	model := &backends.Model{ID: f.path, Path: filepath.Clean(f.path), OnnxBytes: f.onnx, Pipelines: map[string]backends.Pipeline{}}
	f.onnx = nil // the model's alone: it lets go of them when they are read
	if err := backends.CreateModelBackend(model, opts); err != nil {
		return nil, err
	}
	n.pipeline = &backends.BasePipeline{Model: model, Runtime: opts.Backend}
	if err := n.check(model); err != nil {
		return nil, errors.Join(err, n.close())
	}
	if _, err := n.run([][]uint32{{0, 0}}); err != nil {
		return nil, errors.Join(err, n.close())
	}
	return n, nil
}

// check looks whether inputs and outputs are a text classifier's.
func (n *network) check(model *backends.Model) error {
	for _, in := range model.InputsMeta {
		if !slices.Contains([]string{"input_ids", "attention_mask", "token_type_ids"}, in.Name) {
			return fmt.Errorf("it wants %q as well as a text", in.Name)
		}
	}
	n.output = max(0, slices.IndexFunc(model.OutputsMeta, func(o backends.InputOutputInfo) bool { return o.Name == "logits" }))
	if len(model.InputsMeta) == 0 || len(model.OutputsMeta) == 0 {
		return errors.New("it has no inputs or no outputs")
	}
	shape := model.OutputsMeta[n.output].Dimensions
	switch last := len(shape) - 1; {
	case len(shape) != 2:
		return fmt.Errorf("its output has %d dimensions, not 2", len(shape))
	case shape[last] < 0:
		shape[last] = int64(n.labels)
	case shape[last] != int64(n.labels):
		return fmt.Errorf("it gives %d numbers a text, and config.json names %d labels", shape[last], n.labels)
	}
	return nil
}

// run returns the probabilities of the labels for each text.
func (n *network) run(texts [][]uint32) (out [][]float64, err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	defer recovered(&err)
	b := backends.NewBatch(len(texts))
	for _, tokens := range texts {
		b.MaxSequenceLength = max(b.MaxSequenceLength, len(tokens))
		b.Input = append(b.Input, backends.TokenizedInput{
			TokenIDs: tokens, TypeIDs: make([]uint32, len(tokens)), AttentionMask: slices.Repeat([]uint32{1}, len(tokens)),
		})
	}
	defer func() { err = errors.Join(err, b.Destroy()) }()
	if err := backends.CreateInputTensors(b, n.pipeline.Model, n.pipeline.Runtime); err != nil {
		return nil, err
	}
	if err := backends.RunSessionOnBatch(b, n.pipeline); err != nil {
		return nil, err
	}
	logits, ok := b.OutputValues[n.output].([][]float32)
	if !ok || len(logits) != len(texts) {
		return nil, fmt.Errorf("the model gave %T", b.OutputValues[n.output])
	}
	for _, row := range logits {
		p, err := n.probabilities(row)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

// probabilities of labels: each on its own where several may hold at once.
func (n *network) probabilities(logits []float32) ([]float64, error) {
	out, sum := make([]float64, len(logits)), 0.0
	most := float64(slices.Max(logits))
	for i, x := range logits {
		if out[i] = math.Exp(float64(x) - most); n.multi {
			out[i] = 1 / (1 + math.Exp(-float64(x)))
		}
		if math.IsNaN(out[i]) {
			return nil, errors.New("the model gave what is not a number")
		}
		sum += out[i]
	}
	for i := range out {
		if !n.multi {
			out[i] /= sum
		}
	}
	return out, nil
}

func (n *network) close() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if model := n.pipeline.Model; model.GoMLXModel != nil {
		model.GoMLXModel.Destroy()
		model.GoMLXModel = nil
	}
	return nil
}

// recovered makes an error of a panic: that is how the libraries behind speak of
// files that they cannot read.
func recovered(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("%v", p)
	}
}
