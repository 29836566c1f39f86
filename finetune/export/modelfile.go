package export

import (
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
	card, err := o.card(s, res)
	if err != nil {
		return fmt.Errorf("write the model card: %w", err)
	}
	if err := os.WriteFile(res.Card, []byte(card), 0o644); err != nil { //nolint:gosec // for others to read
		return fmt.Errorf("write the model card: %w", err)
	}
	return nil
}

// modelfile makes the same model with `ollama create -f`.
func (o *Options) modelfile(s *source, res *Result) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n", o.again(res))
	switch {
	case o.Adapter != "":
		fmt.Fprintf(&b, "FROM %s\nADAPTER %s\n", o.From, absolute(o.Adapter))
	case filepath.Dir(absolute(res.GGUF)) == absolute(o.Out): // they are moved together
		fmt.Fprintf(&b, "FROM ./%s\n", filepath.Base(res.GGUF))
	default:
		fmt.Fprintf(&b, "FROM %s\n", absolute(res.GGUF))
	}
	block := func(word, text string) {
		switch quotes := strings.Contains(text, `"""`) || strings.HasSuffix(text, `"`); {
		case text == "":
		case quotes && !strings.HasPrefix(text, `"`) && !strings.Contains(text, "\n"):
			fmt.Fprintf(&b, "%s %s\n", word, text)
		default: // a Modelfile cannot quote three quotes
			fmt.Fprintf(&b, "%s \"\"\"%s\"\"\"\n", word, strings.ReplaceAll(text, `"""`, `"" "`))
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

// again is the command that makes the first model from the Modelfile.
func (o *Options) again(res *Result) string {
	quantize := ""
	if q := o.names()[0].quantize; q != "" && !strings.EqualFold(q, "f16") {
		quantize = " --quantize " + q
	}
	return fmt.Sprintf("ollama create%s -f %s %s", quantize, filepath.Base(res.Modelfile), res.Models[0])
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
