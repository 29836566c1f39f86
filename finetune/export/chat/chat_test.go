package chat_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/llm-city/gorod/finetune/export/chat"
)

// script answers each request with the next of its replies, in pieces.
type script struct {
	replies []string
	asked   []chat.Request
	size    int
}

func (s *script) Stream(_ context.Context, req chat.Request, part func(string) error) error {
	s.asked = append(s.asked, req)
	runes := []rune(s.replies[min(len(s.asked), len(s.replies))-1])
	for len(runes) > 0 {
		n := min(s.size, len(runes))
		if err := part(string(runes[:n])); err != nil {
			return err
		}
		runes = runes[n:]
	}
	return nil
}

func (s *script) Bias(context.Context, string, map[string]float64) (map[string]float64, error) {
	return nil, chat.ErrNoBias
}

// screen is what stands on a screen in the end, and all that ever stood there.
type screen struct{ now, ever string }

func (s *screen) show(p chat.Part) {
	if p.Restart {
		s.now = ""
	}
	s.now += p.Text
	s.ever += p.Text
}

func open(t *testing.T, b chat.Backend, o chat.Options) *chat.Session {
	t.Helper()
	s, err := chat.Open(t.Context(), b, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestBannedPhrasesAreNeverShown(t *testing.T) {
	t.Parallel()
	for _, size := range []int{1, 3, 100} {
		s := &script{size: size, replies: []string{"Да, ЁЛКИ\nпалки!", "Нет: елки палки", "Ёлки стоят, елочки-палки."}}
		var seen screen
		reply, err := open(t, s, chat.Options{Model: "m", Banned: []string{"ёлки палки", " "}, Seed: 5}).Say(t.Context(), "что?", nil, seen.show)
		if err != nil || reply != s.replies[2] || seen.now != reply {
			t.Fatalf("%q on the screen %q, %v", reply, seen.now, err)
		}
		if strings.Contains(strings.ToLower(seen.ever), "палки!") || len(s.asked) != 3 || s.asked[0].Seed == s.asked[1].Seed {
			t.Errorf("shown %q in %d attempts", seen.ever, len(s.asked))
		}
	}
}

func TestOnlyWholeWordsAreBanned(t *testing.T) {
	t.Parallel()
	for text, free := range map[string]bool{"который час": true, "скот": true, "кот": false, "Кот!": false, "мой кот, да": false, "кот2": true} {
		s := &script{size: 2, replies: []string{text}}
		_, err := open(t, s, chat.Options{Banned: []string{"кот"}, Attempts: 1}).Say(t.Context(), "?", nil, func(chat.Part) {})
		if (err == nil) != free {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestAModelThatSaysNothingElseIsGivenUp(t *testing.T) {
	t.Parallel()
	s := &script{size: 5, replies: []string{"ну как ИИ я"}}
	var seen screen
	_, err := open(t, s, chat.Options{Banned: []string{"как ии"}, Attempts: 3}).Say(t.Context(), "?", nil, seen.show)
	if b, ok := errors.AsType[*chat.Banned](err); !ok || b.Attempts != 3 || b.Phrase != "как ии" || seen.now != "" || len(s.asked) != 3 {
		t.Errorf("%v, %q", err, seen.now)
	}
}

func TestTheConversationGoesOnWithWhatIsRetrieved(t *testing.T) {
	t.Parallel()
	s := &script{size: 9, replies: []string{"раз", "два"}}
	session := open(t, s, chat.Options{System: "Ты — Маша."})
	for i, retrieved := range [][]string{{"— Как ты?\n— Норм."}, nil} {
		if _, err := session.Say(t.Context(), fmt.Sprint("вопрос ", i), retrieved, func(chat.Part) {}); err != nil {
			t.Fatal(err)
		}
	}
	if got := fmt.Sprint(s.asked[0].Messages); got != "[{system Ты — Маша.\n\n— Как ты?\n— Норм.} {user вопрос 0}]" {
		t.Errorf("%s", got)
	}
	if got := fmt.Sprint(s.asked[1].Messages); got != "[{system Ты — Маша.} {user вопрос 0} {assistant раз} {user вопрос 1}]" {
		t.Errorf("%s", got)
	}
}

func TestABiasGoesToAServerThatHasIt(t *testing.T) {
	t.Parallel()
	var asked struct {
		Bias map[string]float64 `json:"logit_bias"`
		Seed int
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/tokenize":
			io.WriteString(w, `{"tokens":[7,8]}`)
		case "/v1/chat/completions":
			if err := json.NewDecoder(r.Body).Decode(&asked); err != nil || r.Header.Get("Authorization") != "Bearer secret" {
				t.Errorf("%v, %q", err, r.Header.Get("Authorization"))
			}
			io.WriteString(w, ": ping\n\ndata: {\"choices\":[{\"delta\":{\"content\":\"при\"}}]}\n\ndata: {\"choices\":[{\"delta\":{\"content\":\"вет\"}}]}\n\ndata: {\"choices\":[]}\n\ndata: [DONE]\n\n")
		}
	}))
	defer s.Close()
	b, err := chat.NewOpenAI(s.URL+"/v1", "secret")
	if err != nil {
		t.Fatal(err)
	}
	reply, err := open(t, b, chat.Options{Model: "m", LogitBias: map[string]float64{"ИИ": -100}, Seed: 3}).Say(t.Context(), "?", nil, func(chat.Part) {})
	if err != nil || reply != "привет" || asked.Bias["7"] != -100 || asked.Bias["8"] != -100 || asked.Seed != 3 {
		t.Errorf("%q, %v, %+v", reply, err, asked)
	}
}

func TestOllamaStreamsAndHasNoBias(t *testing.T) {
	t.Parallel()
	reply := `{"message":{"content":"а"}}` + "\n" + `{"message":{"content":"б"},"done":true}` + "\n"
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, reply) }))
	defer s.Close()
	b, err := chat.NewOllama(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := chat.Open(t.Context(), b, chat.Options{LogitBias: map[string]float64{"а": 1}}); !errors.Is(err, chat.ErrNoBias) {
		t.Errorf("%v", err)
	}
	got, err := open(t, b, chat.Options{}).Say(t.Context(), "?", nil, func(chat.Part) {})
	if err != nil || got != "аб" {
		t.Errorf("%q, %v", got, err)
	}
	reply = `{"message":{"content":"а"}}` + "\n"
	if _, err := open(t, b, chat.Options{}).Say(t.Context(), "?", nil, func(chat.Part) {}); err == nil || !strings.Contains(err.Error(), "broke off") {
		t.Errorf("a reply that breaks off: %v", err)
	}
	if _, err := chat.NewOllama("host:1"); err == nil {
		t.Error("an address that is none passes")
	}
}
