package export

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// table is a part of the model card: rows of which empty ones are left out.
type table struct {
	strings.Builder
	rows int
}

func (t *table) title(title string) {
	fmt.Fprintf(t, "\n## %s\n\n", title)
	t.rows = 0
}

func (t *table) row(title, text string) {
	if text == "" {
		return
	}
	if t.rows++; t.rows == 1 {
		t.WriteString("| | |\n|---|---|\n")
	}
	fmt.Fprintf(t, "| %s | %s |\n", title, strings.NewReplacer("|", `\|`, "\r", "", "\n", "<br>").Replace(text))
}

func (o *Options) card(s *source, res *Result) (string, error) {
	trained, err := o.trained()
	if err != nil {
		return "", err
	}
	t := &table{}
	fmt.Fprintf(t, "# %s\n", o.Name)
	t.title("Model")
	t.row("in Ollama", strings.Join(res.Models, ", "))
	t.row("quantized", strings.Join(o.Quantize, ", "))
	t.row("architecture", s.info.Architecture)
	t.row("parameters", count(s.info.Parameters))
	if s.info.Context > 0 {
		t.row("context", fmt.Sprintf("%d tokens", s.info.Context))
	}
	if o.Run == "" {
		t.row("made of", cmp.Or(o.GGUF, o.Adapter, o.Dir))
	}
	t.row("goes on", o.From)
	if res.GGUF != "" {
		t.row("file", filepath.Base(res.GGUF))
	}
	t.row("its digest", res.Digest)
	t.row("converted by", res.Converter)
	t.row("chat template", templateOf(s, res))
	t.row("system message", o.System)
	t.row("licence", o.licence(s))
	if len(o.Notes)+len(trained) > 0 {
		t.title("Training")
		for _, n := range slices.Concat(o.Notes, trained) {
			t.row(n.Title, n.Text)
		}
	}
	fmt.Fprintf(t, "\n## Does it read what it was trained on?\n\n%s\n", evidence(o, res))
	fmt.Fprintf(t, "\n## Use\n\n    gorod finetune chat %[1]s     # in the terminal, with the phrases banned that the job bans\n    ollama run %[1]s\n    %[2]s     # makes it again\n", res.Models[0], o.again(res))
	t.WriteString("\nOllama serves it at /api/chat, and as OpenAI does at /v1/chat/completions.\n")
	return t.String(), nil
}

func templateOf(s *source, res *Result) string {
	switch {
	case res.Profile != "":
		return res.Profile
	case s.text != "":
		return "given"
	}
	return "none given: Ollama guesses it"
}

func (o *Options) licence(s *source) string {
	if len(o.License) > 0 {
		first, _, _ := strings.Cut(strings.TrimSpace(o.License[0]), "\n")
		return first
	}
	return cmp.Or(s.info.License, "that of the base model, whose files do not name it: look it up before you pass this model on")
}

// evidence says how it was proved that the server's prompts are the trainer's.
func evidence(o *Options, res *Result) string {
	from := " (Ollama " + res.Server + ")"
	equal := fmt.Sprintf("The chat template, run by Ollama's own engine, renders %d dialogues byte for byte as the trainer did.", res.Dialogues)
	switch {
	case res.Proof == ByServer:
		return equal + " So does the server itself, which showed each of these prompts" + from + "."
	case res.Proof == ByReplies:
		return equal + fmt.Sprintf(" The server%s cannot show its prompts. To the %d shortest of them it replied, with the same seed, just as it did to the trainer's text of them. Both replies are of the model %s: they prove the prompts, and not that quantizing changes nothing.",
			from, asked, res.Models[0])
	case o.Adapter != "":
		return "Not proved: no rendered dialogues came with the adapter. It loads on its model" + from + "."
	}
	return "Not proved: no rendered dialogues came with the model. It loads" + from + "."
}

// count writes a number of parameters as people do: 8.03 B.
func count(n uint64) string {
	for _, unit := range []struct {
		size uint64
		name string
	}{{1e9, "B"}, {1e6, "M"}, {1e3, "K"}} {
		if n >= unit.size {
			return fmt.Sprintf("%.3g %s", float64(n)/float64(unit.size), unit.name)
		}
	}
	return ""
}
