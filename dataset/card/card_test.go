package card_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/dataset/card"
	"github.com/llm-city/gorod/dataset/chat"
	"github.com/llm-city/gorod/dataset/format"
	"github.com/llm-city/gorod/dataset/manifest"
)

func facts() card.Facts {
	return card.Facts{
		Manifest: &manifest.Manifest{
			Name: "mine", Gorod: manifest.Gorod{Version: "1.2", Revision: "a1b2"}, Digest: "abc", Messages: 1_234_567, From: 1_700_000_000, To: 1_700_086_400,
			Sources: []manifest.Source{{Kind: "telegram", File: "result.json", SHA256: "def", Report: chat.Report{Messages: 1_234_567}}},
			People:  manifest.People{Targets: 1, Consented: 2, Pseudonymised: 30, Dropped: 4},
			Chats:   []manifest.Chat{{Chat: "chat-1", Type: "a|b<c", Messages: 5, Speakers: 2, Examples: 3}},
			Stages: []manifest.Stage{
				{Name: "clean", Unit: "messages", In: 1000, Out: 7, Drop: []manifest.Drop{{Reason: "media", Count: 990}, {Reason: "in en", Count: 3}}},
				{Name: "dedup", Unit: "examples", In: 7, Out: 7},
			},
			PII:     map[string]int64{"PHONE": 1000, "NAME": 5},
			Splits:  []manifest.Split{{Name: "train", Examples: 2000, Turns: 5000, Chars: 99_999, From: 1_700_000_000, To: 1_700_050_000}, {Name: "validation"}, {Name: "test", Examples: 3, Turns: 6, Chars: 100, From: 1, To: 2}},
			Figures: []manifest.Histogram{{Name: "turns", Title: "Turns", Unit: "turns", Edges: []int64{2, 3}, Counts: []int64{1, 2}}},
		},
		Title: `He said: "no" #1 \ ü`, About: "Two people talk.", License: "other", Language: "no", System: "Be | brief <b>", Styles: []format.Style{format.Messages, format.Alpaca}, Largest: 0.25, Bound: 0.8,
	}
}

// front is the YAML at the head of a card.
type front struct {
	License    string   `yaml:"license"`
	Language   []string `yaml:"language"`
	Name       string   `yaml:"pretty_name"`
	Categories []string `yaml:"task_categories"`
	Tags       []string `yaml:"tags"`
	Sizes      []string `yaml:"size_categories"`
	Configs    []struct {
		Name  string `yaml:"config_name"`
		Files []struct {
			Split string `yaml:"split"`
			Path  string `yaml:"path"`
		} `yaml:"data_files"`
	} `yaml:"configs"`
}

func written(t *testing.T, f card.Facts) (string, front) {
	t.Helper()
	var b bytes.Buffer
	if err := card.Write(&b, f); err != nil {
		t.Fatal(err)
	}
	parts := strings.SplitN(b.String(), "---\n", 3)
	if len(parts) != 3 || parts[0] != "" {
		t.Fatalf("no front matter: %.200s", &b)
	}
	var head front
	if _, problems := spec.Decode("card", []byte(parts[1]), &head); len(problems) > 0 {
		t.Fatalf("%v\n%s", problems, parts[1])
	}
	return parts[2], head
}

func TestACardHasTheFrontMatterOfHuggingFace(t *testing.T) {
	t.Parallel()
	f := facts()
	_, head := written(t, f)
	if head.License != "other" || head.Language[0] != "no" || head.Name != f.Title || head.Sizes[0] != "1K<n<10K" || head.Categories[0] != "text-generation" {
		t.Errorf("%+v", head)
	}
	files := head.Configs[0].Files // an empty split has no file
	if len(files) != 2 || files[0].Split != "train" || files[0].Path != "data/train.parquet" || files[1].Split != "test" {
		t.Errorf("%+v", files)
	}
	for n, want := range map[int64]string{1: "n<1K", 999: "n<1K", 1000: "1K<n<10K", 99_999: "10K<n<100K", 1_000_000: "1M<n<10M", 99_000_000: "10M<n<100M"} {
		f.Splits[0].Examples, f.Splits[2].Examples = n, 0
		if _, head := written(t, f); head.Sizes[0] != want {
			t.Errorf("%d examples: %q, want %q", n, head.Sizes[0], want)
		}
	}
	for _, title := range []string{"", "a\nb: [", "'\"\\", "\u2028", "yes", "---"} {
		f.Title = title
		if _, head := written(t, f); head.Name != title {
			t.Errorf("%q became %q", title, head.Name)
		}
	}
}

func TestACardTellsWhatTheManifestHolds(t *testing.T) {
	t.Parallel()
	text, _ := written(t, facts())
	for _, want := range []string{
		"2,003 examples of dialogue, made from 1,234,567 messages of 1 chat between 2023-11-14 and 2023-11-15 (UTC)",
		"| train | 2,000 | 5,000 | 99,999 | 2023-11-14 | 2023-11-15 |", "| validation | 0 | 0 | 0 | – | – |",
		"Jaccard similarity of 0.250", "held under 0.80", "| clean | messages | 1,000 | 7 | media | 990 |", "|  |  |  |  | in en | 3 |", "| dedup | examples | 7 | 7 | | 0 |",
		"1,005 places of texts", "| PHONE | 1,000 |", "Of the other participants 2 have recorded consent", "30 have not and are pseudonymised; the words of 4 are left out",
		"Licence: other. No licence is granted", "Telegram's terms restrict", "![Turns](figures/turns.svg)", `| chat-1 | a\|b&lt;c | 5 | 2 | 3 |`,
		"| `turns[].text` | string |", "`messages/` `alpaca/`", `Be \| brief &lt;b>`, "SHA-256 `abc`", "1.2 (revision `a1b2`) from", "| telegram | `def` | 1,234,567 |", "gorod dataset verify", "Two people talk.",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the card lacks %q", want)
		}
	}
	if strings.Contains(text, "result.json") {
		t.Error("the card names a file of the machine")
	}
	columns := -1
	for line := range strings.Lines(text) { // the rows of a table are as wide as its head
		if !strings.HasPrefix(line, "|") {
			columns = -1
			continue
		}
		n := strings.Count(strings.ReplaceAll(line, `\|`, ""), "|")
		if columns >= 0 && n != columns {
			t.Errorf("%d columns, not %d: %s", n, columns, line)
		}
		columns = n
	}
	f := facts()
	if !strings.Contains(text, "not those of others whom they speak of") {
		t.Error("the card does not tell whose names may remain")
	}
	f.License, f.System, f.Styles, f.AllNames = "cc0-1.0", "", nil, true
	if text, _ = written(t, f); strings.Contains(text, "No licence is granted") || strings.Contains(text, "System message") || strings.Contains(text, "JSON Lines") || strings.Contains(text, "whom they speak of") {
		t.Error("the card tells of what is not there")
	}
}

func TestAFigureIsWellFormedAndHoldsTheCounts(t *testing.T) {
	t.Parallel()
	for name, h := range map[string]manifest.Histogram{
		"ordinary": {Title: "Length & <more>", Unit: "characters", Edges: []int64{0, 5, 10, 11}, Counts: []int64{3, 1_500_000, 0, 1}},
		"empty":    {Title: "Turns", Unit: "turns", Edges: []int64{0, 1}, Counts: []int64{0, 0}},
		"labels":   {Title: "Days", Unit: "day", Edges: []int64{0, 1}, Counts: []int64{1, 9}, Labels: []string{"Mon", "Tue"}},
		"huge":     {Title: "Days", Unit: "day", Edges: []int64{0}, Counts: []int64{1 << 60}},
	} {
		svg := card.Figure(h)
		d := xml.NewDecoder(bytes.NewReader(svg))
		bars, lines := 0, 0
		for {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v\n%s", name, err, svg)
			}
			if e, ok := token.(xml.StartElement); ok && e.Name.Local == "rect" {
				bars++
				for _, a := range e.Attr {
					var x float64
					if _, err := fmt.Sscan(a.Value, &x); err != nil || x < 0 || x > 640 {
						t.Errorf("%s: %s of a bar is %s", name, a.Name.Local, a.Value)
					}
				}
			} else if ok && e.Name.Local == "line" {
				lines++
			}
		}
		if bars != len(h.Counts) || lines < 2 && name != "empty" || lines > 8 || !bytes.Contains(svg, []byte("prefers-color-scheme:dark")) {
			t.Errorf("%s: %d bars, %d lines", name, bars, lines)
		}
		for i := range h.Counts {
			if !bytes.Contains(svg, []byte(">"+h.Label(i)+"<")) {
				t.Errorf("%s lacks the label %s", name, h.Label(i))
			}
		}
	}
	if svg := string(card.Figure(manifest.Histogram{Title: "T", Unit: "u", Edges: []int64{0}, Counts: []int64{1_500_000}})); !strings.Contains(svg, "1,500,000") {
		t.Error("a count is not told in groups")
	}
}

func TestFactsAreThoseOfAManifestAsItIsWritten(t *testing.T) {
	t.Parallel()
	text, err := facts().Marshal()
	if err != nil || !json.Valid(text) || bytes.Contains(text, []byte(`\u003c`)) {
		t.Errorf("%v: %s", err, text)
	}
}
