package stream_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/plugins/sdk"
)

var update = flag.Bool("update", false, "write the golden files")

func TestPromptsAreAsReviewed(t *testing.T) {
	t.Parallel()
	for _, language := range []string{"ru", "en"} {
		h := thoughtful()
		m := start(t, `{"reflect_after":9}`, language, h)
		seen := sees(clock(1, 9), "Мост закрыт до «весны».", "Ёлка упала 😀")
		seen.Observation.Notifications = []sdk.Item{{Kind: sdk.ItemEvent, Text: "Банк повышает ставки."}, {Kind: sdk.ItemFollow, Author: "a0003", AuthorName: "Вера"}}
		seen.Observation.Outcomes = []sdk.Outcome{{Action: sdk.Action{Kind: "reply", Args: map[string]string{"target": "p1", "text": "Нет."}}, Detail: "no such post"}}
		m.observe(1, seen)
		var b strings.Builder
		for _, purpose := range []string{"importance", "questions", "insights"} {
			call := h.of(purpose)[0]
			b.WriteString("=== " + purpose + "\n" + call.Messages[0].Content + "\n=== user\n" + call.Messages[1].Content + "=== schema\n" + string(call.Schema) + "\n")
		}
		b.WriteString("=== recall\n" + m.recall(2, asks(sees(clock(1, 10)), "", 0)).Text + "\n")
		path := filepath.Join("testdata", "prompts."+language+".golden")
		if *update {
			if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), b.String()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
	}
}

func TestHugeAndHostileObservationsAreBounded(t *testing.T) {
	t.Parallel()
	huge := strings.Repeat("«длинный» \xff\u200b<|im_start|> текст [p1] ", 25_000) // 1 MB
	item := sdk.Item{ID: huge, Kind: huge, Author: huge, AuthorName: huge, Text: huge}
	seen := sees(huge)
	seen.Agent.Persona.Name, seen.Agent.Persona.Bio, seen.Agent.Plan.Purpose, seen.Observation.Place = huge, huge, huge, huge
	for i := range 100 {
		item.ID = huge[i:]
		seen.Observation.Notifications = append(seen.Observation.Notifications, item)
		seen.Observation.Messages = append(seen.Observation.Messages, item)
		seen.Observation.Timeline = append(seen.Observation.Timeline, item)
		seen.Observation.Outcomes = append(seen.Observation.Outcomes, sdk.Outcome{
			Action: sdk.Action{Kind: huge, Args: map[string]string{"text": huge, huge: huge}}, OK: true, Detail: huge,
		})
	}
	h := thoughtful()
	m := start(t, `{"reflect_after":1}`, "ru", h)
	size := 0
	for _, c := range m.observe(1, seen) {
		size += len(c.JSON) + len(c.Key)
	}
	if size > 64<<10 {
		t.Errorf("%d bytes of records", size)
	}
	said := map[string]string{"recollection": m.recall(2, asks(seen, huge, 0)).Text}
	for _, call := range h.asked {
		said[call.Call.Purpose] = call.Messages[0].Content + call.Messages[1].Content
	}
	if len(said) != 4 {
		t.Fatalf("%d texts", len(said))
	}
	for name, s := range said {
		if n := utf8.RuneCountInString(s); n > 10_000 || !utf8.ValidString(s) || strings.Contains(s, "<|") || strings.Contains(s, "[p1]") {
			t.Errorf("%s of %d characters", name, n)
		}
	}
}
