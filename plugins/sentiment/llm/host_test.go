package llm_test

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/sentiment/llm"
)

// host answers by a function and keeps what it was asked.
type host struct {
	sdk.Host

	answer func(req sdk.GenerateRequest, texts []string) (string, error)

	mu    sync.Mutex
	asked []sdk.GenerateRequest
}

var numbered = regexp.MustCompile(`(?m)^\d+\. «(.*)»$`)

func (h *host) Generate(ctx context.Context, req sdk.GenerateRequest) (sdk.Reply, error) {
	h.mu.Lock()
	h.asked = append(h.asked, req)
	h.mu.Unlock()
	var texts []string
	for _, m := range numbered.FindAllStringSubmatch(req.Messages[len(req.Messages)-1].Content, -1) {
		texts = append(texts, m[1])
	}
	reply, err := h.answer(req, texts)
	if err != nil {
		return sdk.Reply{}, err
	}
	return sdk.Reply{Text: reply}, ctx.Err()
}

// calls so far, by purpose and index.
func (h *host) calls() []sdk.GenerateRequest {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.SortedFunc(slices.Values(h.asked), func(a, b sdk.GenerateRequest) int {
		return cmp.Or(cmp.Compare(a.Call.Purpose, b.Call.Purpose), cmp.Compare(a.Call.Index, b.Call.Index))
	})
}

// sound is what the fake model thinks of a text.
func sound(text string) (valence, arousal float64, emotion string) {
	switch {
	case strings.Contains(text, "рад"):
		return 0.8, 0.6, "joy"
	case strings.Contains(text, "ужас"):
		return -0.9, 0.7, "fear"
	}
	return 0, 0.1, "none"
}

// item is a text's rating as a model writes it.
func item(i int, text string) string {
	v, a, e := sound(text)
	return fmt.Sprintf(`{"i":%d,"valence":%v,"arousal":%v,"emotion":%q}`, i, v, a, e)
}

func ratings(items ...string) string { return `{"ratings":[` + strings.Join(items, ",") + `]}` }

// good rates every text.
func good(_ sdk.GenerateRequest, texts []string) (string, error) {
	var items []string
	for i, t := range texts {
		items = append(items, item(i+1, t))
	}
	return ratings(items...), nil
}

func classifier(t *testing.T, setup sdk.Setup) sdk.Classifier {
	t.Helper()
	made, err := llm.Plugin().New(t.Context(), setup)
	if err != nil {
		t.Fatal(err)
	}
	return made.(sdk.Classifier)
}

func configured(t *testing.T, h *host, config string) sdk.Classifier {
	t.Helper()
	return classifier(t, sdk.Setup{Config: json.RawMessage(config), Language: "ru", Host: h})
}
