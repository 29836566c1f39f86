package encoder_test

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
)

// words of the tiny model, each with what it adds to the three logits.
var words = []struct {
	token  string
	logits [3]float32
}{
	{"[PAD]", [3]float32{50, -50, 0}}, // would show if padding were read
	{"[UNK]", [3]float32{}},
	{"[CLS]", [3]float32{}},
	{"[SEP]", [3]float32{0, 0, 0.5}}, // shows whether it stands there
	{"рад", [3]float32{2, 0, 0}},
	{"##ость", [3]float32{1, 0, 0}},
	{"грустно", [3]float32{0, 2, 0}},
	{"ужас", [3]float32{0, 3, 0}},
	{"стол", [3]float32{0, 0, 1}},
	{"happy", [3]float32{2, 0, 0}},
	{"sad", [3]float32{0, 2, 0}},
	{"##der", [3]float32{0, 1, 0}},
	{"!", [3]float32{0.5, 0, 0}},
	{"еж", [3]float32{0.25, 0, 0}},
	{"中", [3]float32{0, 0.25, 0}},
}

// message helps to write protocol buffers.
type message []byte

func (m message) number(field protowire.Number, v int64) message {
	return protowire.AppendVarint(protowire.AppendTag(m, field, protowire.VarintType), uint64(v))
}

func (m message) bytes(field protowire.Number, v []byte) message {
	return protowire.AppendBytes(protowire.AppendTag(m, field, protowire.BytesType), v)
}

func (m message) text(field protowire.Number, v string) message { return m.bytes(field, []byte(v)) }

const (
	float32Type = 1
	int64Type   = 7
)

// node of a graph; attributes are whole numbers.
func node(op string, inputs []string, output string, attributes map[string]int64) []byte {
	var m message
	for _, in := range inputs {
		m = m.text(1, in)
	}
	m = m.text(2, output).text(3, op+" "+output).text(4, op)
	for name, v := range attributes {
		m = m.bytes(5, message(nil).text(1, name).number(3, v).number(20, 2))
	}
	return m
}

func floats(name string, dims []int64, values []float32) []byte {
	var m message
	for _, d := range dims {
		m = m.number(1, d)
	}
	raw := make([]byte, 0, 4*len(values))
	for _, v := range values {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
	}
	return m.number(2, float32Type).text(8, name).bytes(9, raw)
}

func ints(name string, values ...int64) []byte {
	raw := make([]byte, 0, 8*len(values))
	for _, v := range values {
		raw = binary.LittleEndian.AppendUint64(raw, uint64(v))
	}
	return message(nil).number(1, int64(len(values))).number(2, int64Type).text(8, name).bytes(9, raw)
}

// value describes an input or output; dimensions are names or numbers.
func value(name string, kind int64, dims ...any) []byte {
	var shape message
	for _, d := range dims {
		switch d := d.(type) {
		case int:
			shape = shape.bytes(1, message(nil).number(1, int64(d)))
		case string:
			shape = shape.bytes(1, message(nil).text(2, d))
		}
	}
	tensor := message(nil).number(1, kind).bytes(2, shape)
	return message(nil).text(1, name).bytes(2, message(nil).bytes(1, tensor))
}

// graph of the tiny model: the logits of a text are the sums of its tokens'
// rows, as far as the attention mask goes, and a bias.
func graph(logits []byte, more ...[]byte) []byte {
	var rows []float32
	for _, w := range words {
		rows = append(rows, w.logits[:]...)
	}
	var g message
	for _, n := range [][]byte{
		node("Gather", []string{"rows", "input_ids"}, "tokens", map[string]int64{"axis": 0}),
		node("Cast", []string{"attention_mask"}, "mask", map[string]int64{"to": float32Type}),
		node("Unsqueeze", []string{"mask", "one"}, "weights", nil),
		node("MatMul", []string{"weights", "tokens"}, "summed", nil),
		node("Squeeze", []string{"summed", "one"}, "sums", nil),
		node("MatMul", []string{"sums", "dense"}, "projected", nil),
		node("Add", []string{"projected", "bias"}, "logits", nil),
	} {
		g = g.bytes(1, n)
	}
	g = g.text(2, "tiny")
	for _, t := range [][]byte{
		floats("rows", []int64{int64(len(words)), 3}, rows), ints("one", 1),
		floats("dense", []int64{3, 3}, []float32{1, 0, 0, 0, 1, 0, 0, 0, 1}), floats("bias", []int64{3}, []float32{0, 0, 1}),
	} {
		g = g.bytes(5, t)
	}
	for _, in := range append([][]byte{
		value("input_ids", int64Type, "batch", "length"), value("attention_mask", int64Type, "batch", "length"),
		value("token_type_ids", int64Type, "batch", "length"),
	}, more...) {
		g = g.bytes(11, in)
	}
	return g.bytes(12, logits)
}

func onnxModel(graph []byte) []byte {
	return message(nil).number(1, 8).bytes(7, graph).bytes(8, message(nil).text(1, "").number(2, 14))
}

func tinyModel() []byte {
	return onnxModel(graph(value("logits", float32Type, "batch", 3)))
}

// tokenizerJSON is a WordPiece tokenizer of the tiny model's words.
func tokenizerJSON(edit func(map[string]any)) []byte {
	vocabulary := map[string]int{}
	for id, w := range words {
		vocabulary[w.token] = id
	}
	file := map[string]any{
		"version":       "1.0",
		"normalizer":    map[string]any{"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true, "strip_accents": nil, "lowercase": true},
		"pre_tokenizer": map[string]any{"type": "BertPreTokenizer"},
		"model": map[string]any{
			"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100, "vocab": vocabulary,
		},
	}
	if edit != nil {
		edit(file)
	}
	data, err := json.Marshal(file)
	if err != nil {
		panic(err)
	}
	return data
}

func configJSON(problem string, labels ...string) []byte {
	ids := map[string]string{}
	for id, name := range labels {
		ids[fmt.Sprint(id)] = name
	}
	data, err := json.Marshal(map[string]any{
		"model_type": "bert", "max_position_embeddings": 64, "problem_type": problem, "eos_token_id": 3, "id2label": ids,
	})
	if err != nil {
		panic(err)
	}
	return data
}

// write makes the folder of the tiny model, with some files changed; nil leaves
// one out.
func write(t *testing.T, changed map[string][]byte) string {
	t.Helper()
	files := map[string][]byte{
		"model.onnx": tinyModel(), "tokenizer.json": tokenizerJSON(nil), "config.json": configJSON("", "positive", "negative", "neutral"),
	}
	for name, data := range changed {
		files[name] = data
	}
	folder := t.TempDir()
	for name, data := range files {
		if data == nil {
			continue
		}
		if err := os.WriteFile(filepath.Join(folder, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}
