package export

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// describe writes the Modelfile and the model card.
func (o *Options) describe(s *source, res *Result) error {
	base := filepath.Join(o.Out, fileName(o.Name))
	res.Modelfile, res.Card = base+".Modelfile", base+".md"
	if err := os.WriteFile(res.Modelfile, []byte(o.modelfile(s, res)), 0o644); err != nil { //nolint:gosec // for others to read
		return fmt.Errorf("write the Modelfile: %w", err)
	}
	if err := os.WriteFile(res.Card, []byte(o.card(s, res)), 0o644); err != nil { //nolint:gosec // for others to read
		return fmt.Errorf("write the model card: %w", err)
	}
	return nil
}

// modelfile makes the same model with `ollama create -f`.
func (o *Options) modelfile(s *source, res *Result) string {
	var b strings.Builder
	switch {
	case o.Adapter != "":
		fmt.Fprintf(&b, "FROM %s\nADAPTER %s\n", o.From, absolute(o.Adapter))
	default:
		fmt.Fprintf(&b, "FROM %s\n", absolute(res.GGUF))
	}
	block := func(word, text string) {
		if text != "" {
			fmt.Fprintf(&b, "%s \"\"\"%s\"\"\"\n", word, strings.ReplaceAll(text, `"""`, `""\"`))
		}
	}
	block("TEMPLATE", s.text)
	block("SYSTEM", o.System)
	parameters := o.parameters(s)
	for _, key := range slices.Sorted(maps.Keys(parameters)) {
		for _, v := range values(parameters[key]) {
			fmt.Fprintf(&b, "PARAMETER %s %s\n", key, v)
		}
	}
	for _, l := range o.License {
		block("LICENSE", l)
	}
	return b.String()
}

func absolute(path string) string {
	full, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	return full
}

// values are what a parameter is set to: lists are set one by one.
func values(v any) []string {
	var out []string
	switch v := v.(type) {
	case []string:
		for _, s := range v {
			out = append(out, fmt.Sprintf("%q", s))
		}
	case []any:
		for _, s := range v {
			out = append(out, values(s)...)
		}
	case string:
		out = append(out, fmt.Sprintf("%q", v))
	default:
		out = append(out, fmt.Sprint(v))
	}
	return out
}

func (o *Options) card(s *source, res *Result) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n", o.Name)
	row := func(title, text string) {
		if text != "" {
			fmt.Fprintf(&b, "| %s | %s |\n", title, strings.NewReplacer("|", `\|`, "\n", " ").Replace(text))
		}
	}
	b.WriteString("| | |\n|---|---|\n")
	row("models in Ollama", strings.Join(res.Models, ", "))
	row("architecture", s.info.Architecture)
	if s.info.Parameters > 0 {
		row("parameters", fmt.Sprintf("%.3g billion", float64(s.info.Parameters)/1e9))
	}
	row("made of", cmp.Or(o.GGUF, o.Adapter, o.Dir))
	row("goes on", o.From)
	row("converted by", res.Converter)
	row("file", filepath.Base(res.GGUF))
	row("digest", res.Digest)
	row("chat template", cmp.Or(res.Profile, "given"))
	proof := string(res.Proof)
	if res.Dialogues > 0 {
		proof = fmt.Sprintf("%d dialogues render byte for byte as in training; %s", res.Dialogues, proof)
	}
	row("proof of it", proof)
	row("system message", o.System)
	for _, n := range o.Notes {
		row(n.Title, n.Text)
	}
	fmt.Fprintf(&b, "\nTalk to it: `ollama run %s`. `ollama create -f %s %s` makes it again.\n", res.Models[0], filepath.Base(res.Modelfile), o.Name)
	return b.String()
}
