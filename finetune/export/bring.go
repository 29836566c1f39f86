package export

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/finetune/export/gguf"
	"github.com/llm-city/gorod/finetune/export/ollama"
)

// bring makes the models under names for the time being, has the first load and
// prove its template, and only then gives them their names.
func (o *Options) bring(ctx context.Context, client *ollama.Client, s *source, res *Result) error {
	if quantized := s.info.FileType > 1 && s.info.FileType != 32; quantized && len(o.Quantize) > 0 {
		return fmt.Errorf("%s is quantized already: leave quantize empty", o.GGUF)
	}
	if err := o.fits(ctx, client); err != nil {
		return err
	}
	stages := o.stages()
	defer func() {
		for _, st := range stages { // one that is left is replaced by the next import
			_ = client.Delete(context.WithoutCancel(ctx), st.name)
		}
	}()
	for i, st := range stages {
		blobs, err := client.Make(ctx, s.files, func(b []ollama.Blob) ollama.Model { return o.model(st.name, st.quantize, s, b) }, o.Progress)
		if err != nil {
			return err
		}
		if res.Digest == "" {
			res.Digest = blobs[len(blobs)-1].Digest
		}
		if i > 0 {
			continue // the template and the tokenizer are those of the first
		}
		if err := o.try(ctx, client, st.name, s, res); err != nil {
			return err
		}
	}
	for _, n := range o.names() {
		at := slices.IndexFunc(stages, func(st named) bool { return st.quantize == n.quantize })
		if err := client.Again(ctx, o.Progress, func() error { return client.Copy(ctx, stages[at].name, n.name) }); err != nil {
			return err
		}
		res.Models = append(res.Models, n.name)
	}
	return nil
}

// stages are the models as they are named until all is well: one for each way of
// quantizing.
func (o *Options) stages() []named {
	var out []named
	for _, n := range o.names() {
		if !slices.ContainsFunc(out, func(st named) bool { return st.quantize == n.quantize }) {
			parts := slices.DeleteFunc([]string{"importing", o.tag(), n.quantize}, func(part string) bool { return part == "" })
			out = append(out, named{o.base() + ":" + strings.Join(parts, "-"), n.quantize})
		}
	}
	return out
}

// try has a model load, answer, and prove its template.
func (o *Options) try(ctx context.Context, client *ollama.Client, model string, s *source, res *Result) error {
	return client.Again(ctx, o.Progress, func() (err error) {
		o.Progress("loading it", 0, 0)
		if err := client.Load(ctx, model); err != nil {
			return o.unfit(err)
		}
		if res.Server, err = client.Version(ctx); err != nil {
			return err
		}
		o.Progress("proving the template", 0, 0)
		res.Proof, err = o.prove(ctx, client, model, s)
		res.Dialogues = len(s.dialogues)
		return err
	})
}

// unfit says what a model that does not load may mean.
func (o *Options) unfit(err error) error {
	if llm.IsKind(err, llm.Unavailable) || o.Adapter == "" {
		return err
	}
	return fmt.Errorf("%s on %s does not load: is that the model that it was trained on? %w", o.Adapter, o.From, err)
}

// fits checks an adapter against the model that it goes on. Ollama itself would
// fetch a model that it does not have, and make one that cannot be loaded.
func (o *Options) fits(ctx context.Context, client *ollama.Client) error {
	if o.Adapter == "" {
		return nil
	}
	var shown ollama.Shown
	err := client.Again(ctx, o.Progress, func() (err error) {
		shown, err = client.Show(ctx, o.From)
		return err
	})
	if llm.IsKind(err, llm.ModelMissing) {
		return fmt.Errorf("there is no model %s in Ollama for the adapter to go on: import it first, or fetch it with: gorod model pull %s", o.From, o.From)
	}
	if err != nil {
		return err
	}
	adapter, err := gguf.InspectAdapter(o.Adapter)
	if err != nil {
		return err
	}
	base := gguf.Shape{Architecture: shown.Text("general.architecture")}
	base.Width, base.Layers = shown.Number(base.Architecture+".embedding_length"), shown.Number(base.Architecture+".block_count")
	if err := adapter.Fits(base); err != nil {
		return fmt.Errorf("the adapter does not fit %s: %w", o.From, err)
	}
	return nil
}

func (o *Options) model(name, quantize string, s *source, blobs []ollama.Blob) ollama.Model {
	m := ollama.Model{Name: name, Template: s.text, System: o.System, License: o.License, Parameters: o.parameters(s)}
	if !strings.EqualFold(quantize, "f16") {
		m.Quantize = quantize
	}
	if o.Adapter != "" {
		m.From, m.Adapters = o.From, ollama.FilesOf(blobs...)
	} else {
		m.Files = ollama.FilesOf(blobs...)
	}
	return m
}
