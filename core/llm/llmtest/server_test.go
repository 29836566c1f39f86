package llmtest_test

import (
	"encoding/json"
	"math"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/llm/llmtest"
	"github.com/llm-city/gorod/core/schema"
)

func post(t *testing.T, url, body string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var answer json.RawMessage
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(answer)
}

func TestNoMoreAreWorkedOnThanThereAreSlots(t *testing.T) {
	t.Parallel()
	const slots, calls = 4, 40
	s := llmtest.Start(llmtest.Options{Slots: slots, Mean: 5 * time.Millisecond, Seed: 1})
	defer s.Close()
	var group sync.WaitGroup
	for range calls {
		group.Go(func() {
			post(t, s.URL+"/v1/chat/completions", `{"model":"m","messages":[{"role":"user","content":"a"}]}`)
		})
	}
	group.Wait()
	stats := s.Stats()
	if stats.Requests != calls || stats.Peak <= slots {
		t.Errorf("%+v: all came at once, some had to wait", stats)
	}
	if least := calls * 5 * time.Millisecond; s.Busy() < least || s.Busy() > slots*s.Wall() {
		t.Errorf("busy for %v in %v, want at least %v and at most %d times the wall time", s.Busy(), s.Wall(), least, slots)
	}
}

func TestDelaysHaveTheMeanAsked(t *testing.T) {
	t.Parallel()
	const calls = 400
	s := llmtest.Start(llmtest.Options{Slots: calls, Mean: 20 * time.Millisecond, Sigma: 0.5, Seed: 1})
	defer s.Close()
	var group sync.WaitGroup
	for range calls {
		group.Go(func() { post(t, s.URL+"/api/chat", `{"model":"m"}`) })
	}
	group.Wait()
	// Timers are late, never early.
	if mean := s.Busy() / calls; mean < 18*time.Millisecond {
		t.Errorf("the mean is %v", mean)
	}
}

func TestAnswersFitTheUsualSchemas(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`{"type":"object","required":["a","b","c","d","e"],"additionalProperties":false,"properties":{
			"a":{"type":"string","minLength":80},"b":{"type":"integer","minimum":3},"c":{"type":"array","minItems":2,"maxItems":2,"items":{"type":"boolean"}},
			"d":{"enum":["x","y"]},"e":{"$ref":"#/$defs/e"}},"$defs":{"e":{"type":["string","null"],"maxLength":3}}}`,
		`{"type":"object","required":["actions"],"properties":{"actions":{"type":"array","minItems":1,"items":{"anyOf":[
			{"type":"object","required":["kind"],"properties":{"kind":{"const":"post"}}},{"type":"null"}]}}}}`,
		`{"type":"number"}`, `{}`,
	} {
		s, err := schema.Compile([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		answer := llmtest.AnswerBySchema(llmtest.Request{Schema: []byte(text)})
		if wrong := s.Validate([]byte(answer)); wrong != nil {
			t.Errorf("%s breaks %s: %v", answer, text, wrong)
		}
	}
}

func TestTheSameQuestionHasTheSameAnswer(t *testing.T) {
	t.Parallel()
	ask := func(content string) string {
		return llmtest.AnswerBySchema(llmtest.Request{Messages: []llmtest.Message{{Role: "user", Content: content}}})
	}
	first, again, other := ask("раз"), ask("раз"), ask("два")
	if first != again || first == other {
		t.Errorf("%q, %q; %q", first, again, other)
	}
}

func TestEmbeddingsOfLikeTextsAreAlike(t *testing.T) {
	t.Parallel()
	cosine := func(a, b string) (sum float64) {
		x, y := llmtest.Embedding(a), llmtest.Embedding(b)
		for i := range x {
			sum += float64(x[i] * y[i])
		}
		return sum
	}
	if same := cosine("кот спит", "Кот спит"); math.Abs(same-1) > 1e-5 {
		t.Errorf("the same text: %v", same)
	}
	if like, other := cosine("кот спит дома", "кот спит днём"), cosine("кот спит дома", "биржа закрылась ростом"); like <= other {
		t.Errorf("like %v, unlike %v", like, other)
	}
}

func TestAServerCanBeReplaced(t *testing.T) {
	t.Parallel()
	first := llmtest.Start(llmtest.Options{Models: []string{"a"}})
	first.Close()
	first.Close() // twice is fine
	second, err := llmtest.StartAt(first.Address(), llmtest.Options{Models: []string{"b"}})
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	if status, answer := post(t, first.URL+"/api/chat", `{"model":"a"}`); status != http.StatusNotFound || !strings.Contains(answer, "not found") {
		t.Errorf("%d %s", status, answer)
	}
	if status, _ := post(t, first.URL+"/api/chat", `{"model":"b"}`); status != http.StatusOK {
		t.Errorf("%d", status)
	}
	if status, _ := post(t, first.URL+"/api/chat", `{`); status != http.StatusBadRequest {
		t.Errorf("broken JSON gives %d", status)
	}
}
