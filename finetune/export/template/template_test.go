package template_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/llm-city/gorod/finetune/export/template"
)

// server is what renders besides a profile's template.
func server(p template.Profile) template.Server {
	bos := map[string]string{"llama3": "<|begin_of_text|>", "gemma": "<bos>", "mistral": "<s>", "yandexgpt5-lite": "<s>"}[p.Name]
	return template.Server{BOS: bos, AddBOS: bos != "", End: p.End}
}

func dialogues(t *testing.T, name string) []template.Rendered {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", name+".jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	out, err := template.Read(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func profile(t *testing.T, name string) template.Profile {
	t.Helper()
	p, err := template.Of(name)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestEveryProfileRendersAsTheTrainerDoes(t *testing.T) {
	t.Parallel()
	for _, name := range template.Names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, all := profile(t, name), dialogues(t, name)
			if len(all) < 8 {
				t.Fatalf("%d dialogues", len(all))
			}
			if err := template.Check(p.Text, all, server(p)); err != nil {
				t.Error(err)
			}
			if len(p.Stop) == 0 || p.End == "" {
				t.Errorf("%+v", p)
			}
			if bos := server(p).BOS; template.StartsWithBOS(all, bos) != (bos != "") {
				t.Error("the first token of the prompts is not seen")
			}
		})
	}
}

func TestTheTrainersTemplatesAreThoseRendered(t *testing.T) {
	t.Parallel()
	sums, err := os.ReadFile(filepath.Join("testdata", "templates.sha256"))
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.FromSlash("../../trainer/gorod_trainer/templates/*.jinja"))
	if err != nil || len(files) != len(template.Names()) {
		t.Fatalf("%d templates, %v", len(files), err)
	}
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(raw)
		if !strings.Contains(string(sums), hex.EncodeToString(sum[:])+"  "+filepath.Base(f)) {
			t.Errorf("%s has changed: run testdata/render.py, and see whether the template here still agrees", filepath.Base(f))
		}
		want := strings.TrimSuffix(filepath.Base(f), ".jinja")
		same := []string{"chatml", "qwen2.5", "t-lite"}
		if got := template.Guess(string(raw)); got != want && (got != "chatml" || !slices.Contains(same, want)) {
			t.Errorf("%s is taken for %q", want, got)
		}
	}
}

func TestAMismatchIsShownWhereItBegins(t *testing.T) {
	t.Parallel()
	p := profile(t, "chatml")
	all := dialogues(t, "chatml")
	for name, test := range map[string]struct {
		text string
		all  []template.Rendered
		want []string
	}{
		"another family": {profile(t, "llama3").Text, all, []string{"dialogue 1 differs at byte 2", "<|im_start|>", "<|start_header_id|>"}},
		"a space more":   {strings.Replace(p.Text, "assistant\n", "assistant \n", 1), all, []string{"differs at byte", `assistant \n`}},
		"neighbours of one role": {p.Text, []template.Rendered{{
			Messages: []template.Message{{Role: "user", Content: "а"}, {Role: "user", Content: "б"}}, Prompt: true,
			Text: "<|im_start|>user\nа<|im_end|>\n<|im_start|>user\nб<|im_end|>\n<|im_start|>assistant\n",
		}}, []string{"joins neighbouring messages"}},
		"a reply that does not end": {p.Text, []template.Rendered{{
			Messages: []template.Message{{Role: "user", Content: "а"}, {Role: "assistant", Content: "б"}},
			Text:     "<|im_start|>user\nа<|im_end|>\n<|im_start|>assistant\nб<|end|>",
		}}, []string{"<|end|>"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := template.Check(test.text, test.all, server(p))
			if m, ok := errors.AsType[*template.Mismatch](err); !ok || m.Dialogue != 1 {
				t.Fatalf("%v", err)
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q is not in: %v", want, err)
				}
			}
		})
	}
}

func TestTwoFirstTokensAreAMismatch(t *testing.T) {
	t.Parallel()
	p := profile(t, "llama3")
	s := server(p)
	s.AddBOS = false
	err := template.Check(p.Text, dialogues(t, "llama3"), s)
	if err == nil || !strings.Contains(err.Error(), "add_bos_token") {
		t.Errorf("without it: %v", err)
	}
	s.AddBOS = true
	if err := template.Check("<|begin_of_text|>"+p.Text, dialogues(t, "llama3"), s); err == nil {
		t.Error("twice it passes")
	}
}

func TestBadInputIsAnError(t *testing.T) {
	t.Parallel()
	for name, in := range map[string]string{
		"no dialogue": "\n", "no JSON": "{", "no messages": `{"text":"а"}`,
	} {
		if _, err := template.Read(strings.NewReader(in)); err == nil {
			t.Errorf("%s passes", name)
		}
	}
	if _, err := template.Render("{{ .Messages", nil); err == nil {
		t.Error("a broken template renders")
	}
	if _, err := template.Of("gpt-5"); err == nil || !strings.Contains(err.Error(), "chatml") {
		t.Errorf("an unknown profile: %v", err)
	}
	if got := template.Guess("{{ messages }}"); got != "" {
		t.Errorf("nothing is taken for %s", got)
	}
}
