package export

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"

	"github.com/llm-city/gorod/finetune/export/gguf"
	"github.com/llm-city/gorod/finetune/export/ollama"
	"github.com/llm-city/gorod/finetune/export/template"
)

// source is what is imported.
type source struct {
	files     []ollama.File
	info      gguf.Info
	converted gguf.Result
	jinja     string
	dialogues []template.Rendered
	text      string // the template in Ollama's language
	profile   template.Profile
}

// Import makes models in Ollama of what the options name, and writes a Modelfile
// and a model card. A template that renders otherwise than the trainer's is
// refused with a *template.Mismatch, before anything is uploaded or, where only
// the server shows it, before a model has its name: what fails leaves the models
// that were there as they were.
func Import(ctx context.Context, client *ollama.Client, o Options) (Result, error) {
	if err := o.fill(); err != nil {
		return Result{}, fmt.Errorf("import: %w", err)
	}
	s, err := o.prepare(ctx)
	if err != nil {
		return Result{}, fmt.Errorf("import %s: %w", o.Name, err)
	}
	res := Result{GGUF: s.converted.Path, Digest: s.converted.Digest, Converter: s.converted.Converter, Profile: s.profile.Name}
	if o.GGUF != "" {
		res.GGUF = o.GGUF
	}
	if err := o.bring(ctx, client, s, &res); err != nil {
		return Result{}, fmt.Errorf("import %s: %w", o.Name, err)
	}
	if err := o.describe(s, &res); err != nil {
		return res, fmt.Errorf("import %s: %w", o.Name, err)
	}
	return res, nil
}

// prepare makes the file and proves the template, all that needs no server.
func (o *Options) prepare(ctx context.Context) (*source, error) {
	s := &source{}
	var err error
	if s.dialogues, err = o.rendered(); err != nil {
		return nil, err
	}
	if s.jinja, err = optional(o.Jinja); err != nil {
		return nil, err
	}
	if err := o.locate(ctx, s); err != nil {
		return nil, err
	}
	if s.jinja == "" {
		s.jinja = s.info.Template
	}
	if s.text, s.profile, err = o.chatTemplate(s.jinja); err != nil {
		return nil, err
	}
	if len(s.dialogues) == 0 {
		return s, nil
	}
	if s.text == "" {
		return nil, errors.New("the chat template is of no profile that is known: name a profile, or give the template in Ollama's language")
	}
	return s, template.Check(s.text, s.dialogues, s.server())
}

// server is what the tokenizer and the model add to the template.
func (s *source) server() template.Server {
	out := template.Server{BOS: s.info.BOS, AddBOS: s.info.AddBOS && s.info.BOS != "", End: s.info.EOS}
	if s.profile.End != "" {
		out.End = s.profile.End
	}
	return out
}

// rendered reads the dialogues that prove the template.
func (o *Options) rendered() ([]template.Rendered, error) {
	if o.Rendered == "" {
		if o.Unproved {
			return nil, nil
		}
		return nil, errors.New("nothing proves that the chat template is the trainer's: name its rendered dialogues, or ask for an import without a proof")
	}
	f, err := os.Open(o.Rendered)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return template.Read(f)
}

func optional(path string) (string, error) {
	if path == "" {
		return "", nil
	}
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return string(raw), err
}

// locate finds or makes the files that are uploaded.
func (o *Options) locate(ctx context.Context, s *source) (err error) {
	switch {
	case o.GGUF != "":
		s.files = []ollama.File{{Path: o.GGUF}}
		if s.info, err = gguf.Inspect(o.GGUF); err == nil && s.info.Kind != "model" {
			err = fmt.Errorf("%s is an %s: name it so, with the model that it goes on", o.GGUF, s.info.Kind)
		}
		return err
	case o.Adapter != "":
		s.files, err = adapterFiles(o.Adapter)
		return err
	}
	path := filepath.Join(o.Out, fileName(o.Name)+".gguf")
	if s.converted, err = gguf.Convert(ctx, o.Dir, path, o.convertOptions(s)); err != nil {
		return err
	}
	s.files = []ollama.File{{Path: path, Digest: s.converted.Digest}}
	s.info, err = gguf.Inspect(path)
	return err
}

func (o *Options) convertOptions(s *source) gguf.Options {
	c := o.Convert
	c.Name, c.Digest = o.Name, true
	c.Template = template.Plain(s.jinja)
	c.Progress = func(done, total int64) { o.Progress("converting", done, total) }
	if len(s.dialogues) > 0 && c.AddBOS == nil {
		// The trainer's template puts the first token, the server's must not.
		if bos, err := gguf.BOS(o.Dir); err == nil {
			begins := template.StartsWithBOS(s.dialogues, bos)
			c.AddBOS = &begins
		}
	}
	return c
}

// adapterFiles are a GGUF adapter, or those of PEFT.
func adapterFiles(path string) ([]ollama.File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		said, err := gguf.Inspect(path)
		if err == nil && said.Kind != "adapter" {
			err = fmt.Errorf("%s is a %s, and no adapter", path, said.Kind)
		}
		return []ollama.File{{Path: path}}, err
	}
	var files []ollama.File
	for _, name := range []string{"adapter_config.json", "adapter_model.safetensors"} {
		file := filepath.Join(path, name)
		if _, err := os.Stat(file); err != nil {
			return nil, fmt.Errorf("no adapter of PEFT: %w", err)
		}
		files = append(files, ollama.File{Path: file})
	}
	return files, nil
}

// parameters are those given, and the profile's stops where none are.
func (o *Options) parameters(s *source) map[string]any {
	out := maps.Clone(o.Parameters)
	if out == nil {
		out = map[string]any{}
	}
	if _, ok := out["stop"]; !ok && len(s.profile.Stop) > 0 {
		out["stop"] = s.profile.Stop
	}
	return out
}

// fileName makes a file's name of a model's.
func fileName(model string) string {
	return strings.NewReplacer("/", "-", ":", "-", `\`, "-").Replace(model)
}
