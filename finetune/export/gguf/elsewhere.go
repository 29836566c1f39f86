package gguf

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"

	"github.com/ollama/ollama/convert"
)

// convertElsewhere hands a model that this package does not know to Ollama's
// converter, and what that does not know to llama.cpp's. Both take more memory
// than Convert does.
func convertElsewhere(ctx context.Context, dir, path string, c *config, o Options) (Result, error) {
	class := "none"
	if len(c.Architectures) > 0 {
		class = c.Architectures[0]
	}
	res := Result{Path: path, Converter: "ollama"}
	err := atomically(path, func(f *os.File) error {
		err := byOllama(dir, f)
		if err != nil && strings.Contains(err.Error(), "unsupported architecture") {
			res.Converter = "llama.cpp"
			return byLlamaCPP(ctx, dir, f, class, o)
		}
		return err
	})
	if err != nil {
		return Result{}, err
	}
	return res, res.weigh()
}

// byOllama runs Ollama's converter, which panics on some configurations.
func byOllama(dir string, f *os.File) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fail(Unsupported, configFile, "", "by the converter of Ollama: %v", r)
		}
	}()
	err = convert.ConvertModel(os.DirFS(dir), f)
	if err == nil {
		return nil
	}
	return &Error{Kind: kindOfOthers(err), File: dir, Err: fmt.Errorf("by the converter of Ollama: %w", err)}
}

func kindOfOthers(err error) Kind {
	var own *Error
	errors.As(failedIO("", "", err), &own)
	switch {
	case own.Kind != Failed:
		return own.Kind
	case strings.Contains(err.Error(), "unsupported"), strings.Contains(err.Error(), "unknown"):
		return Unsupported
	}
	return Corrupt
}

// byLlamaCPP runs llama.cpp's converter where one is configured.
func byLlamaCPP(ctx context.Context, dir string, f *os.File, class string, o Options) error {
	if o.LlamaCPP == "" {
		return fail(Unsupported, configFile, "", "neither gorod nor Ollama convert %s: check llama.cpp out and name its convert_hf_to_gguf.py", class)
	}
	if _, err := os.Stat(o.LlamaCPP); err != nil {
		return &Error{Kind: Missing, File: o.LlamaCPP, Err: fmt.Errorf("llama.cpp's converter: %w", err)}
	}
	python := o.Python
	if python == "" {
		python = "python3"
	}
	kind := "f16"
	if o.Type == AsStored {
		kind = "auto"
	}
	cmd := exec.CommandContext(ctx, python, o.LlamaCPP, dir, "--outfile", f.Name(), "--outtype", kind)
	out, err := cmd.CombinedOutput()
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	text := strings.TrimSpace(string(out))
	return &Error{Kind: Unsupported, File: o.LlamaCPP, Err: fmt.Errorf("convert %s: %w: %s", class, err, text[max(len(text)-2000, 0):])}
}

// weigh tells a file's size and digest.
func (r *Result) weigh() error {
	f, err := os.Open(r.Path)
	if err != nil {
		return failedIO(r.Path, "", err)
	}
	defer f.Close()
	sum := sha256.New()
	if r.Size, err = io.Copy(sum, f); err != nil {
		return failedIO(r.Path, "", err)
	}
	r.Digest = digest(sum)
	return nil
}
