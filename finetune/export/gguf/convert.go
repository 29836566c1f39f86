package gguf

import (
	"context"
	"encoding/hex"
	"fmt"
	"hash"
	"os"
	"path/filepath"
)

// Type is what matrices become.
type Type string

// The types. Vectors are always of 32 bits.
const (
	F16      Type = "f16"    // what every version of Ollama can quantize
	AsStored Type = "stored" // bfloat16 and 32 bits stay what they are
)

// Options say how a model is converted.
type Options struct {
	Type Type   // empty: F16
	Name string // of the model, in the file
	// Template is the chat template in Jinja; empty takes the folder's own.
	Template string
	// AddBOS tells whether the tokenizer begins a prompt with its first token;
	// nil leaves it to the folder.
	AddBOS *bool
	// Pre names the pre-tokenizer where the tokenizer's own is not known.
	Pre string
	// LlamaCPP is the path of convert_hf_to_gguf.py of a checkout of llama.cpp,
	// for what neither gorod nor Ollama's converter know; Python runs it.
	LlamaCPP, Python string
	// Digest asks for the digest, which is computed while the file is written.
	Digest bool
	// Progress is told the bytes of the file that are written, if it is not nil.
	Progress func(done, total int64)
}

// Result is a GGUF file that was written.
type Result struct {
	Path      string
	Size      int64
	Digest    string // sha256:…, as Ollama names blobs; empty where it was not asked for
	Converter string // gorod, ollama or llama.cpp
	Tensors   int
}

// Convert writes the model in a folder of safetensors to a file, which is there
// whole or not at all. Errors are *Error.
func Convert(ctx context.Context, dir, path string, o Options) (Result, error) {
	c, err := readConfig(dir)
	if err != nil {
		return Result{}, fmt.Errorf("convert %s: %w", dir, err)
	}
	a, ok := architectureOf(c)
	if _, missing := os.Stat(filepath.Join(dir, tokenizerFile)); !ok || missing != nil {
		res, err := convertElsewhere(ctx, dir, path, c, o)
		if err != nil {
			return Result{}, fmt.Errorf("convert %s: %w", dir, err)
		}
		return res, nil
	}
	res := Result{Path: path, Converter: "gorod"}
	err = atomically(path, func(f *os.File) error {
		d := newDisk(f, path)
		defer d.close()
		return write(ctx, dir, d, a, c, o, &res)
	})
	if err != nil {
		return Result{}, fmt.Errorf("convert %s: %w", dir, err)
	}
	return res, nil
}

func write(ctx context.Context, dir string, out output, a architecture, c *config, o Options, res *Result) error {
	if err := c.check(); err != nil {
		return err
	}
	f, err := openFolder(dir)
	if err != nil {
		return err
	}
	defer f.close()
	if o.Type == "" {
		o.Type = F16
	}
	kv, err := describe(dir, a, c, o)
	if err != nil {
		return err
	}
	tensors, err := a.plan(c, f, o.Type)
	if err != nil {
		return err
	}
	kv["general.file_type"] = fileType(tensors)
	made, factors := madeTensors(c)
	all := append(made, tensors...)
	data := lay(all)
	head, err := header(kv, all)
	if err != nil {
		return err
	}
	res.Size, res.Tensors = int64(len(head))+int64(data), len(all)
	s := newStreaming(out, append(head, factors...), chunks(tensors, int64(len(head))), res.Size)
	s.digest = o.Digest
	sum, err := s.run(ctx, o.Progress)
	if err != nil {
		return err
	}
	if o.Digest {
		res.Digest = digest(sum)
	}
	return nil
}

// describe gives the keys of a model.
func describe(dir string, a architecture, c *config, o Options) (metadata, error) {
	kv, err := a.keys(c)
	if err != nil {
		return nil, err
	}
	v, t, err := readVocabulary(dir, o.Pre)
	if err != nil {
		return nil, err
	}
	if len(v.tokens) > int(c.Vocab) {
		return nil, fail(Corrupt, tokenizerFile, "", "%d tokens, but the model has %d", len(v.tokens), c.Vocab)
	}
	v.fill(int(c.Vocab))
	v.put(kv)
	if err := putSpecial(kv, dir, c, v, t, o.AddBOS); err != nil {
		return nil, err
	}
	if o.Template != "" {
		kv["tokenizer.chat_template"] = o.Template
	}
	if o.Name != "" {
		kv["general.name"] = o.Name
	}
	return kv, nil
}

// fileType is the code of what most of the file is.
func fileType(tensors []*planned) uint32 {
	for _, t := range tensors {
		switch {
		case len(t.shape()) < 2:
		case t.kind == kindBF16:
			return 32
		default:
			return t.kind
		}
	}
	return kindF32
}

func digest(h hash.Hash) string { return "sha256:" + hex.EncodeToString(h.Sum(nil)) }
