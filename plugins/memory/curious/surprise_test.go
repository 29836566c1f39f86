package curious_test

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/llm-city/gorod/plugins/sdk"
)

// newWords is a language model to which every word that the prompt does not
// hold costs a nat.
func newWords(prompt, text string) (float64, error) {
	words := strings.Fields(text)
	count := 0.0
	for _, w := range words {
		if !strings.Contains(prompt, strings.Trim(w, "«»:")) {
			count++
		}
	}
	return -count / float64(len(words)), nil
}

type measured struct {
	Surprise float64
	By       string
}

// surprises of an hour of bread and then a ball.
func surprises(t *testing.T, config string, h *host) []measured {
	t.Helper()
	m := start(t, config, "ru", h)
	m.observe(1, sees(clock(1, 10), "хлеб подорожал"))
	m.observe(2, sees(clock(1, 11), "хлеб подорожал", "красный мяч"))
	var out []measured
	for _, r := range m.memories("memory") {
		out = append(out, measured{r.Surprise, r.By})
	}
	return out
}

func TestSurpriseByEachMethod(t *testing.T) {
	t.Parallel()
	rating := func(req sdk.GenerateRequest) (string, error) {
		if req.Call.Tick == 1 {
			return `{"surprise":[4]}`, nil
		}
		return `{"surprise":[0,9.5]}`, nil
	}
	foreseeing := func(req sdk.GenerateRequest) (string, error) { return `{"expected":"красный мяч"}`, nil }
	embedded := []measured{{1, "embedding"}, {0, "embedding"}, {1, "embedding"}}
	tests := map[string]struct {
		config string
		host   *host
		want   []measured
	}{
		"embedding":                {`{"surprise":"embedding"}`, &host{score: newWords}, embedded},
		"log-probabilities":        {`{"surprise":"logprob"}`, &host{score: newWords}, []measured{{1, "logprob"}, {0, "logprob"}, {0.5, "logprob"}}},
		"what there is":            {``, &host{score: newWords}, []measured{{1, "logprob"}, {0, "logprob"}, {0.5, "logprob"}}},
		"rating":                   {`{"surprise":"rating"}`, &host{reply: rating}, []measured{{4, "rating"}, {0, "rating"}, {9.5, "rating"}}},
		"no log-probabilities":     {`{"surprise":"logprob"}`, &host{}, embedded},
		"what there is not":        {``, &host{}, embedded},
		"a model's expectation":    {`{"surprise":"embedding","expectation":"model"}`, &host{reply: foreseeing}, []measured{{1, "embedding"}, {1, "embedding"}, {0, "embedding"}}},
		"an expectation, scored":   {`{"expectation":"model"}`, &host{reply: foreseeing, score: newWords}, []measured{{1, "logprob"}, {1, "logprob"}, {0.5, "logprob"}}},
		"no expectation came":      {`{"surprise":"embedding","expectation":"model"}`, &host{reply: func(sdk.GenerateRequest) (string, error) { return `{"expected":""}`, nil }}, []measured{{1, "embedding"}, {1, "embedding"}, {1, "embedding"}}},
		"count knows no surprise":  {`{"priority":"count"}`, &host{score: newWords}, []measured{{}, {}, {}}},
		"plain recall knows none":  {`{"priority":"none"}`, &host{score: newWords}, []measured{{}, {}, {}}},
		"the adversarial ablation": {`{"priority":"adversarial","surprise":"embedding"}`, &host{}, embedded},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := surprises(t, tt.config, tt.host)
			// "Борис пишет:" is known only from memories.
			if diff := cmp.Diff(tt.want, got, cmpopts.EquateApprox(0, 1e-6)); diff != "" {
				t.Errorf("surprise (-want +got):\n%s\nscored %q", diff, tt.host.scored)
			}
		})
	}
}

// What is not like it, among the most relevant as there is nothing else, does
// not make it new.
func TestWhatIsRememberedOnceIsExpected(t *testing.T) {
	t.Parallel()
	m := start(t, `{"surprise":"embedding"}`, "ru", &host{})
	m.observe(1, sees(clock(1, 10), "хлеб подорожал", "красный мяч", "мост закрыт", "идёт дождь"))
	m.observe(2, sees(clock(1, 11), "красный мяч", "красный шар"))
	got := m.memories("memory")
	if same, like := got[4].Surprise, got[5].Surprise; same > 1e-6 || math.Abs(like-0.5) > 1e-6 {
		t.Errorf("surprise of the same %v, want 0; of half the same %v, want 0.5", same, like)
	}
}

func TestOneGetsUsedToWhatComesAgain(t *testing.T) {
	t.Parallel()
	m := start(t, `{"surprise":"embedding"}`, "ru", &host{})
	m.observe(1, sees(clock(1, 9), "хлеб опять свежий", "хлеб опять чёрный", "хлеб опять белый", "хлеб опять вкусный"))
	before := 2.0
	for hour := 10; hour < 14; hour++ {
		m.observe(int64(hour), sees(clock(1, hour), "хлеб опять подорожал"))
		all := m.memories("memory")
		now := all[len(all)-1].Surprise
		if now >= before {
			t.Errorf("at %d o'clock the surprise is %v, an hour before %v", hour, now, before)
		}
		before = now
	}
}

func TestTheServerIsAskedForLogProbabilitiesOnce(t *testing.T) {
	t.Parallel()
	for config, level := range map[string]string{`{"surprise":"logprob"}`: "level=WARN", ``: "level=INFO"} {
		h := &host{}
		m := start(t, config, "en", h)
		m.observe(1, sees(clock(1, 10), "a", "b", "c"))
		m.observe(2, sees(clock(1, 11), "d"))
		if len(h.scored) != 1 {
			t.Errorf("asked %d times: %q", len(h.scored), h.scored)
		}
		if log := m.log.String(); strings.Count(log, "\n") != 1 || !strings.Contains(log, level) || !strings.Contains(log, "no log-probabilities") {
			t.Errorf("log: %s", log)
		}
	}
}

func TestWhatOneDidOneselfIsNoSurprise(t *testing.T) {
	t.Parallel()
	h := &host{score: newWords}
	m := start(t, "", "en", h)
	seen := sees(clock(1, 10))
	for _, ok := range []bool{true, false} {
		seen.Observation.Outcomes = append(seen.Observation.Outcomes, sdk.Outcome{Action: sdk.Action{Kind: "post", Args: map[string]string{"text": "Hello"}}, OK: ok})
	}
	m.observe(1, seen)
	got := m.memories("memory")
	if len(got) != 2 || got[0].By != "" || got[0].Surprise != 0 || got[1].By != "logprob" || len(h.scored) != 1 {
		t.Errorf("%+v, scored %q", got, h.scored)
	}
}

func TestAtNightSurpriseIsMeasuredAgainstTheLesson(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		config string
		change func(h *host)
		want   measured
	}{
		"log-probabilities": {``, func(h *host) { h.score = newWords }, measured{0.5, "logprob"}},
		"rating": {`{"surprise":"rating"}`, func(h *host) {
			inner := h.reply
			h.reply = func(req sdk.GenerateRequest) (string, error) {
				switch req.Call.Purpose {
				case "surprise":
					return `{"surprise":[8]}`, nil
				case "relearn":
					return `{"surprise":[2]}`, nil
				}
				return inner(req)
			}
		}, measured{2, "rating"}},
		"embedding": {`{"surprise":"embedding"}`, func(*host) {}, measured{1 - math.Sqrt(2./3), "embedding"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := teaching("красный мяч катится")
			tt.change(h)
			m := start(t, tt.config, "ru", h)
			m.observe(1, sees(clock(1, 10), "красный мяч"))
			m.observe(2, sees(clock(2, 3)))
			got := m.memories("memory")[0]
			if diff := cmp.Diff(tt.want, measured{got.Surprise, got.By}, cmpopts.EquateApprox(0, 1e-6)); diff != "" {
				t.Errorf("surprise after the lesson (-want +got):\n%s", diff)
			}
			if got.Importance != 1 {
				t.Errorf("importance %v after a lesson that explains", got.Importance)
			}
		})
	}
}

func TestBadRepliesAreSkippedWithALineInTheLog(t *testing.T) {
	t.Parallel()
	saying := func(text string) *host {
		return &host{reply: func(sdk.GenerateRequest) (string, error) { return text, nil }}
	}
	scoring := func(mean float64) *host {
		return &host{score: func(string, string) (float64, error) { return mean, nil }}
	}
	vectors := func(made ...[]float32) *host {
		return &host{embed: func([]string) ([][]float32, error) { return made, nil }}
	}
	embedded := measured{1, "embedding"}
	tests := map[string]struct {
		config string
		host   *host
		want   measured
	}{
		"too few ratings":           {`{"surprise":"rating"}`, saying(`{"surprise":[]}`), embedded},
		"too many ratings":          {`{"surprise":"rating"}`, saying(`{"surprise":[1,2,3]}`), embedded},
		"a rating off the scale":    {`{"surprise":"rating"}`, saying(`{"surprise":[11]}`), embedded},
		"a rating in words":         {`{"surprise":"rating"}`, saying(`{"surprise":["very"]}`), embedded},
		"no JSON":                   {`{"surprise":"rating"}`, saying(`I am surprised!`), embedded},
		"an expectation of nothing": {`{"expectation":"model","surprise":"embedding"}`, saying(`[]`), embedded},
		"a model that fails":        {`{"surprise":"rating"}`, &host{reply: func(sdk.GenerateRequest) (string, error) { return "", sdk.Errorf(sdk.ErrModel, "no") }}, embedded},
		"likelier than certain":     {``, scoring(0.1), embedded},
		"not a number":              {``, scoring(math.NaN()), embedded},
		"beyond numbers":            {``, scoring(math.Inf(-1)), embedded},
		"a score that fails":        {``, &host{score: func(string, string) (float64, error) { return 0, sdk.Errorf(sdk.ErrModel, "no") }}, embedded},
		"no vectors":                {``, vectors(), measured{}},
		"vectors without direction": {``, vectors(make([]float32, 8)), measured{}},
		"vectors of no numbers":     {``, vectors([]float32{float32(math.NaN()), 1}), measured{}},
		"empty vectors":             {``, vectors(nil), measured{}},
		"no embedding model":        {``, &host{embed: func([]string) ([][]float32, error) { return nil, sdk.Errorf(sdk.ErrUnsupported, "none") }}, measured{}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := start(t, tt.config, "ru", tt.host)
			m.observe(1, sees(clock(1, 10), "красный мяч"))
			got := m.memories("memory")
			if len(got) != 1 || (measured{got[0].Surprise, got[0].By}) != tt.want {
				t.Errorf("%+v, want %+v", got, tt.want)
			}
			if !strings.Contains(m.log.String(), "level=WARN") {
				t.Errorf("log: %s", m.log)
			}
			found := m.recall(2, asks(sees(clock(1, 11)), "", 0))
			if len(found.Items) != 1 || !strings.Contains(found.Text, "красный мяч") {
				t.Errorf("it is not remembered: %+v", found)
			}
		})
	}
}

func TestVectorsOfAnotherLengthAreLeftOut(t *testing.T) {
	t.Parallel()
	size := 8
	h := &host{embed: func(texts []string) ([][]float32, error) {
		v := make([]float32, size)
		v[0] = 1
		return slices.Repeat([][]float32{v}, len(texts)), nil
	}}
	m := start(t, `{"surprise":"embedding"}`, "ru", h)
	m.observe(1, sees(clock(1, 10), "а"))
	size = 4
	m.observe(2, sees(clock(1, 11), "б"))
	if got := m.memories("memory"); got[1].By != "" || len(m.recall(3, asks(sees(clock(1, 12)), "а", 0)).Items) != 2 {
		t.Errorf("%+v", got)
	}
}

func TestOtherFailuresOfTheHostAreTheRunsOwn(t *testing.T) {
	t.Parallel()
	spent := sdk.Errorf(sdk.ErrBudget, "spent")
	for name, tt := range map[string]struct {
		config string
		host   *host
	}{
		"ratings":      {`{"surprise":"rating"}`, &host{reply: func(sdk.GenerateRequest) (string, error) { return "", spent }}},
		"expectations": {`{"expectation":"model"}`, &host{reply: func(sdk.GenerateRequest) (string, error) { return "", spent }}},
		"scores":       {``, &host{score: func(string, string) (float64, error) { return 0, spent }}},
		"vectors":      {``, &host{embed: func([]string) ([][]float32, error) { return nil, spent }}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := start(t, tt.config, "ru", tt.host).Observe(t.Context(), 1, []sdk.Seen{sees(clock(1, 10), "а")})
			if !errors.Is(err, spent) {
				t.Errorf("error %v", err)
			}
		})
	}
}
