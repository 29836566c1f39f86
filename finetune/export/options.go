// Package export brings a model home: from what a trainer wrote, or from a file
// that somebody else made, to a model in Ollama that is talked to as it was
// trained.
package export

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/llm-city/gorod/finetune/export/gguf"
	"github.com/llm-city/gorod/finetune/export/ollama"
	"github.com/llm-city/gorod/finetune/export/template"
)

// Options say what is imported, and as what. One of Run, Dir, GGUF and Adapter
// is given.
type Options struct {
	Run     string // folder run/ of a job: merged/, template.jinja and rendered.jsonl
	Dir     string // folder of safetensors
	GGUF    string // file that somebody made
	Adapter string // adapter as GGUF, or a folder of PEFT's; goes on From
	From    string // model in Ollama that the adapter is for

	Name     string // of the model in Ollama
	Out      string // folder for the GGUF, the Modelfile and the model card
	Quantize []string

	Profile  string // chat template; empty or auto: by Template, or by the marks in the Jinja template
	Template string // in Ollama's language, instead of the profile's
	Jinja    string // file of the Jinja template; empty: that of Run, or of the model
	Rendered string // file of rendered dialogues; empty: that of Run
	// Unproved imports without rendered dialogues: nothing then proves that the
	// server's prompts are those of the training.
	Unproved bool

	System     string
	Parameters map[string]any
	License    []string
	Notes      []Note // for the model card

	Convert  gguf.Options // LlamaCPP, Python, Pre and Type
	Progress ollama.Progress
}

// Note is a line of the model card.
type Note struct{ Title, Text string }

// Result is a model that was imported.
type Result struct {
	Models    []string `json:"models"` // names in Ollama, the first of Quantize first
	GGUF      string   `json:"gguf"`   // the file; empty for an adapter
	Digest    string   `json:"digest"`
	Converter string   `json:"converter"` // gorod, ollama or llama.cpp; empty where nothing was converted
	Profile   string   `json:"profile"`
	Proof     Proof    `json:"proof"`
	Dialogues int      `json:"dialogues"` // that prove it
	Server    string   `json:"server"`    // version of Ollama
	Modelfile string   `json:"modelfile"`
	Card      string   `json:"card"`
}

// Proof is how the template was proved equal to the trainer's.
type Proof string

// The proofs, the strongest first.
const (
	ByServer  Proof = "prompts rendered by the server"       // _debug_render_only
	ByReplies Proof = "replies of the server to fixed seeds" // and prompts rendered by Ollama's engine here
	None      Proof = "none"
)

// fill checks the options and fills what follows from others.
func (o *Options) fill() error {
	given := 0
	for _, s := range []string{o.Run, o.Dir, o.GGUF, o.Adapter} {
		if s != "" {
			given++
		}
	}
	switch {
	case given != 1:
		return errors.New("name one of: a job's run folder, a folder of safetensors, a GGUF file, an adapter")
	case o.Name == "" || strings.ContainsAny(o.Name, " \t\n"):
		return fmt.Errorf("%q is no name for a model in Ollama", o.Name)
	case o.Adapter != "" && o.From == "":
		return errors.New("an adapter goes on a model: name the one in Ollama that it was trained on")
	case o.Adapter != "" && len(o.Quantize) > 0:
		return errors.New("an adapter is not quantized: merge it into its base first")
	}
	if o.Run != "" {
		o.Dir = filepath.Join(o.Run, "merged")
		o.Jinja = cmp.Or(o.Jinja, filepath.Join(o.Run, "template.jinja"))
		o.Rendered = cmp.Or(o.Rendered, filepath.Join(o.Run, "rendered.jsonl"))
		o.Out = cmp.Or(o.Out, o.Run)
	}
	o.Out = cmp.Or(o.Out, ".")
	if o.Profile == "auto" {
		o.Profile = ""
	}
	if o.Progress == nil {
		o.Progress = func(string, int64, int64) {}
	}
	return nil
}

// names are the models that are created, and how each is quantized.
func (o *Options) names() []named {
	if len(o.Quantize) < 2 {
		return []named{{o.Name, strings.Join(o.Quantize, "")}}
	}
	tag := o.tag()
	var out []named
	if tag == "" {
		out = append(out, named{o.base(), o.Quantize[0]})
	} else {
		tag += "-"
	}
	for _, q := range o.Quantize {
		out = append(out, named{o.base() + ":" + tag + q, q})
	}
	return out
}

// base is the name without its tag.
func (o *Options) base() string { return strings.TrimSuffix(o.Name, ":"+o.tag()) }

// tag is what follows the name's colon; a colon before a slash is that of a port.
func (o *Options) tag() string {
	if i := strings.LastIndex(o.Name, ":"); i > strings.LastIndex(o.Name, "/") {
		return o.Name[i+1:]
	}
	return ""
}

type named struct{ name, quantize string }

// chatTemplate chooses the template for Ollama. It is empty where nothing says
// which: the server then guesses.
func (o *Options) chatTemplate(jinja string) (text string, p template.Profile, err error) {
	name := cmp.Or(o.Profile, template.Guess(jinja))
	if name != "" {
		if p, err = template.Of(name); err != nil {
			return "", p, err
		}
	}
	return cmp.Or(o.Template, p.Text), p, nil
}
