package gguf

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math/bits"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Bounds of what is read into memory.
const (
	maxHeader  = 64 << 20
	maxTensors = 1 << 18   // in a file
	maxJSON    = 256 << 20 // a tokenizer.json of 250 000 tokens is about 35 MB
)

// source is a tensor in a safetensors file.
type source struct {
	name   string
	dtype  string
	shape  []uint64
	file   *os.File
	offset int64 // in the file
	size   int64
}

func (s *source) path() string { return s.file.Name() }

// folder is a model of safetensors that is open.
type folder struct {
	files   []*os.File
	tensors map[string]*source
}

func (f *folder) close() {
	for _, file := range f.files {
		file.Close()
	}
}

// openFolder reads the headers of a model's shards and checks them against the
// files and the index.
func openFolder(dir string) (_ *folder, err error) {
	shards, weights, err := shardsOf(dir)
	if err != nil {
		return nil, err
	}
	f := &folder{tensors: map[string]*source{}}
	defer func() {
		if err != nil {
			f.close()
		}
	}()
	for _, shard := range shards {
		if err := f.add(filepath.Join(dir, shard)); err != nil {
			return nil, err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(weights)) {
		if s := f.tensors[name]; s == nil || filepath.Base(s.path()) != weights[name] {
			return nil, fail(Missing, weights[name], name, "the index names it, but the file does not hold it: copy the shard again")
		}
	}
	return f, nil
}

const indexFile = "model.safetensors.index.json"

// shardsOf names the files of a model, and which holds which tensor where an
// index says so.
func shardsOf(dir string) (shards []string, weights map[string]string, err error) {
	var index struct {
		Weights map[string]string `json:"weight_map"`
	}
	switch err := readJSON(filepath.Join(dir, indexFile), &index); {
	case err == nil:
		for name, file := range index.Weights {
			if file != filepath.Base(file) || !strings.HasSuffix(file, ".safetensors") {
				return nil, nil, fail(Corrupt, indexFile, name, "%q is no name of a shard", file)
			}
		}
		return slices.Compact(slices.Sorted(maps.Values(index.Weights))), index.Weights, nil
	case !errors.Is(err, fs.ErrNotExist):
		return nil, nil, err
	}
	if _, err := os.Stat(filepath.Join(dir, "model.safetensors")); err != nil {
		return nil, nil, failedIO(filepath.Join(dir, "model.safetensors"), "", err)
	}
	return []string{"model.safetensors"}, nil, nil
}

func (f *folder) add(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return failedIO(path, "", err)
	}
	f.files = append(f.files, file)
	header, start, err := readHeader(file)
	if err != nil {
		return err
	}
	info, err := file.Stat()
	if err != nil {
		return failedIO(path, "", err)
	}
	for name, h := range header {
		s, err := h.source(name, file, start, info.Size())
		if err != nil {
			return err
		}
		if twin := f.tensors[name]; twin != nil {
			return fail(Corrupt, path, name, "%s holds it too", filepath.Base(twin.path()))
		}
		f.tensors[name] = s
	}
	if one, other := overlap(header); one != "" {
		return fail(Corrupt, path, other, "it lies over %s", clip(one))
	}
	return nil
}

// entry is what a header says of a tensor.
type entry struct {
	DType   string   `json:"dtype"`
	Shape   []uint64 `json:"shape"`
	Offsets []int64  `json:"data_offsets"`
}

func readHeader(file *os.File) (map[string]entry, int64, error) {
	var n uint64
	if err := binary.Read(file, binary.LittleEndian, &n); err != nil {
		return nil, 0, fail(Corrupt, file.Name(), "", "the header is cut off: %w", err)
	}
	if n < 2 || n > maxHeader {
		return nil, 0, fail(Corrupt, file.Name(), "", "no safetensors file: a header of %d bytes", n)
	}
	raw := make([]byte, n)
	if _, err := io.ReadFull(file, raw); err != nil {
		return nil, 0, fail(Corrupt, file.Name(), "", "the header of %d bytes is cut off: %w", n, err)
	}
	entries, err := parseHeader(raw)
	if err != nil {
		return nil, 0, fail(Corrupt, file.Name(), "", "the header: %w", err)
	}
	return entries, int64(8 + n), nil
}

// parseHeader reads the entries one by one: a header is small, and what it says
// may be much.
func parseHeader(raw []byte) (map[string]entry, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return nil, fmt.Errorf("it is no JSON object: %w", cmp.Or(err, errHeader))
	}
	out := map[string]entry{}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, err
		}
		name, _ := key.(string)
		var e entry
		var into any = &e
		if name == metadataKey {
			into = &json.RawMessage{}
		}
		if err := d.Decode(into); err != nil {
			return nil, fmt.Errorf("tensor %q: %w", clip(name), err)
		}
		if name == metadataKey {
			continue
		}
		if _, twice := out[name]; twice {
			return nil, fmt.Errorf("tensor %q twice", clip(name))
		}
		if out[name] = e; len(out) > maxTensors {
			return nil, fmt.Errorf("more than %d tensors", maxTensors)
		}
	}
	_, err := d.Token()
	return out, err
}

const metadataKey = "__metadata__"

var errHeader = errors.New("no object")

// overlap names two tensors that share bytes; empty for none.
func overlap(header map[string]entry) (one, other string) {
	names := slices.DeleteFunc(slices.Sorted(maps.Keys(header)), func(name string) bool {
		return header[name].Offsets[0] == header[name].Offsets[1]
	})
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(header[a].Offsets[0], header[b].Offsets[0]) })
	for i := 1; i < len(names); i++ {
		if header[names[i]].Offsets[0] < header[names[i-1]].Offsets[1] {
			return names[i-1], names[i]
		}
	}
	return "", ""
}

// source checks an entry against its file.
func (e entry) source(name string, file *os.File, start, size int64) (*source, error) {
	if len(e.Offsets) != 2 || e.Offsets[0] < 0 || e.Offsets[1] < e.Offsets[0] {
		return nil, fail(Corrupt, file.Name(), name, "offsets %v", e.Offsets)
	}
	s := &source{name: name, dtype: e.DType, shape: e.Shape, file: file, offset: start + e.Offsets[0], size: e.Offsets[1] - e.Offsets[0]}
	if e.Offsets[1] > size-start {
		return nil, fail(Corrupt, file.Name(), name, "it ends at byte %d of a file of %d: the shard is cut off, copy it again", start+e.Offsets[1], size)
	}
	n, ok := elements(e.Shape)
	if width := widths()[e.DType]; width != 0 && (!ok || n*width != uint64(s.size)) {
		return nil, fail(Corrupt, file.Name(), name, "%s of shape %v in %d bytes", e.DType, e.Shape, s.size)
	}
	return s, nil
}

// widths are the bytes of an element, of the types that can be converted.
func widths() map[string]uint64 { return map[string]uint64{"F32": 4, "F16": 2, "BF16": 2} }

// elements multiplies a shape; it is not ok beyond 2⁵⁶.
func elements(shape []uint64) (n uint64, ok bool) {
	n = 1
	for _, d := range shape {
		hi, lo := bits.Mul64(n, d)
		if hi != 0 || lo > 1<<56 {
			return 0, false
		}
		n = lo
	}
	return n, true
}

// readJSON decodes a file of the model's folder.
func readJSON(path string, into any) error {
	raw, err := readSmall(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return fail(Corrupt, path, "", "%w", err)
	}
	return nil
}

func readSmall(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, failedIO(path, "", err)
	}
	defer file.Close()
	raw, err := io.ReadAll(io.LimitReader(file, maxJSON+1))
	if err != nil {
		return nil, failedIO(path, "", err)
	}
	if len(raw) > maxJSON {
		return nil, fail(Corrupt, path, "", "more than %d MB", maxJSON>>20)
	}
	return raw, nil
}
