package gguf

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
)

// Info is what a GGUF file says of itself.
type Info struct {
	Architecture string
	Kind         string // model or adapter
	Name         string
	FileType     uint32 // of llama.cpp: 0 is 32 bits, 1 is 16, 32 is bfloat16; more are quantized
	Tensors      int
	Parameters   uint64
	Context      uint64
	Template     string // chat template in Jinja; empty for none
	License      string
	AddBOS       bool
	BOS, EOS     string // texts of the tokens
}

// Bounds of what a file may claim.
const (
	maxText  = 16 << 20
	maxItems = 1 << 24
	maxDepth = 4
)

// Inspect reads what a GGUF file says of itself. Errors are *Error.
func Inspect(path string) (Info, error) {
	f, err := os.Open(path)
	if err != nil {
		return Info{}, failedIO(path, "", err)
	}
	defer f.Close()
	stat, err := f.Stat()
	if err != nil {
		return Info{}, failedIO(path, "", err)
	}
	info, err := inspect(f, stat.Size())
	if err != nil {
		return Info{}, fail(Corrupt, path, "", "%w", err)
	}
	return info, nil
}

var errMagic = errors.New("no GGUF file")

func inspect(from io.Reader, size int64) (Info, error) {
	r := &reader{r: bufio.NewReaderSize(from, 1<<16)}
	if magic := r.bytes(4); string(magic) != "GGUF" {
		return Info{}, errMagic
	}
	if v := r.u32(); v != 2 && v != version {
		return Info{}, fmt.Errorf("version %d of GGUF", v)
	}
	tensors, keys := r.u64(), r.u64()
	if tensors > maxItems || keys > maxItems {
		return Info{}, fmt.Errorf("%d tensors and %d keys", tensors, keys)
	}
	kv := map[string]any{}
	for range keys {
		key := r.text()
		value := r.value(r.u32(), 0)
		if r.err != nil {
			return Info{}, fmt.Errorf("key %q: %w", clip(key), r.err)
		}
		kv[key] = value
	}
	info := infoOf(kv)
	info.Tensors = int(tensors)
	end := uint64(0)
	for range tensors {
		n, last := r.tensor()
		if r.err != nil {
			return Info{}, r.err
		}
		info.Parameters += n
		end = max(end, last)
	}
	if data := aligned(uint64(r.at)); size < int64(data) || end > uint64(size)-data {
		return Info{}, fmt.Errorf("it is cut off at byte %d: copy it again", size)
	}
	return info, nil
}

func infoOf(kv map[string]any) Info {
	text := func(key string) string { s, _ := kv[key].(string); return s }
	number := func(key string) uint64 { n, _ := kv[key].(uint64); return n }
	token := func(key string) string {
		tokens, _ := kv["tokenizer.ggml.tokens"].([]string)
		if id, ok := kv[key].(uint64); ok && id < uint64(len(tokens)) {
			return tokens[id]
		}
		return ""
	}
	arch := text("general.architecture")
	info := Info{
		Architecture: arch, Kind: text("general.type"), Name: text("general.name"), License: text("general.license"),
		FileType: uint32(number("general.file_type")), Context: number(arch + ".context_length"), Template: text("tokenizer.chat_template"),
		BOS: token("tokenizer.ggml.bos_token_id"), EOS: token("tokenizer.ggml.eos_token_id"),
	}
	if info.Kind == "" {
		info.Kind = "model"
	}
	add, said := kv["tokenizer.ggml.add_bos_token"].(bool)
	// SentencePiece begins with it unless told otherwise, as llama.cpp has it.
	info.AddBOS = add || !said && text("tokenizer.ggml.model") == "llama"
	return info
}

// reader reads values until the first error.
type reader struct {
	r   *bufio.Reader
	at  int64
	err error
}

func (r *reader) bytes(n int) []byte {
	if r.err != nil {
		return make([]byte, min(n, 8))
	}
	// A claim is believed as its bytes come.
	out := make([]byte, 0, min(n, 1<<16))
	for len(out) < n && r.err == nil {
		part := make([]byte, min(n-len(out), 1<<20))
		var got int
		got, r.err = io.ReadFull(r.r, part)
		r.at += int64(got)
		out = append(out, part[:got]...)
	}
	if r.err != nil {
		return make([]byte, min(n, 8))
	}
	return out
}

func (r *reader) u32() uint32 { return binary.LittleEndian.Uint32(r.bytes(4)) }
func (r *reader) u64() uint64 { return binary.LittleEndian.Uint64(r.bytes(8)) }

func (r *reader) text() string {
	n := r.u64()
	if n > maxText {
		r.fail("a text of %d bytes", n)
	}
	if r.err != nil {
		return ""
	}
	return string(r.bytes(int(n)))
}

func (r *reader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf(format, args...)
	}
}

// value reads one of a type: whole numbers as uint64, texts as string, lists of
// texts as []string; other lists are passed over.
func (r *reader) value(kind uint32, depth int) any {
	switch kind {
	case typeUint8, typeInt8:
		return uint64(r.bytes(1)[0])
	case typeBool:
		return r.bytes(1)[0] != 0
	case typeUint16, typeInt16:
		return uint64(binary.LittleEndian.Uint16(r.bytes(2)))
	case typeUint32, typeInt32:
		return uint64(r.u32())
	case typeFloat32:
		return math.Float32frombits(r.u32())
	case typeUint64, typeInt64:
		return r.u64()
	case typeFloat64:
		return math.Float64frombits(r.u64())
	case typeString:
		return r.text()
	case typeArray:
		return r.array(depth + 1)
	}
	r.fail("type %d", kind)
	return nil
}

func (r *reader) array(depth int) any {
	kind, n := r.u32(), r.u64()
	if n > maxItems || depth > maxDepth {
		r.fail("a list of %d", n)
	}
	var texts []string
	for i := uint64(0); i < n && r.err == nil; i++ {
		if v, ok := r.value(kind, depth).(string); ok {
			texts = append(texts, v)
		}
	}
	return texts
}

// tensor reads an entry: how many numbers it has, and where its data ends.
func (r *reader) tensor() (n, end uint64) {
	name := r.text()
	dims := r.u32()
	if dims > 8 {
		r.fail("tensor %q has %d dimensions", clip(name), dims)
		return 0, 0
	}
	shape := make([]uint64, dims)
	for i := range shape {
		shape[i] = r.u64()
	}
	kind, offset := r.u32(), r.u64()
	n, ok := elements(shape)
	if !ok || offset > 1<<60 {
		r.fail("tensor %q of shape %v at %d", clip(name), shape, offset)
		return 0, 0
	}
	if kind == kindF32 || kind == kindF16 || kind == kindBF16 {
		return n, offset + n*width(kind)
	}
	return n, offset // a quantized one takes some bytes, too
}

func clip(s string) string { return s[:min(len(s), 80)] }
