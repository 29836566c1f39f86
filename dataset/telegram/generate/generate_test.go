package generate_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/llm-city/gorod/dataset/chat"
	"github.com/llm-city/gorod/dataset/telegram"
	"github.com/llm-city/gorod/dataset/telegram/generate"
)

func write(t *testing.T, o generate.Options) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := generate.Write(t.Context(), &b, o); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// texts are those of an export by chat and id.
type texts struct {
	chat string
	all  map[key]string
	list []string
}

type key struct {
	chat string
	id   int64
}

func (s *texts) Chat(c chat.Chat) error {
	s.chat = c.ID
	return nil
}

func (s *texts) Message(m *chat.Message) error {
	s.all[key{s.chat, m.ID}] = m.Text
	s.list = append(s.list, m.Text)
	return nil
}

func read(t *testing.T, file []byte) (*texts, chat.Report, telegram.About) {
	t.Helper()
	s := &texts{all: map[key]string{}}
	e := telegram.New(bytes.NewReader(file), telegram.Options{})
	report, err := e.Read(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return s, report, e.About()
}

func TestSameSeedGivesTheSameBytes(t *testing.T) {
	t.Parallel()
	a, b := write(t, generate.Options{Seed: 7, Messages: 3000, Traps: true}), write(t, generate.Options{Seed: 7, Messages: 3000, Traps: true})
	if !bytes.Equal(a, b) || bytes.Equal(a, write(t, generate.Options{Seed: 8, Messages: 3000, Traps: true})) {
		t.Error("the seed does not decide")
	}
}

func TestExportHasEveryKindOfMessageAndIsValidJSON(t *testing.T) {
	t.Parallel()
	file := write(t, generate.Options{Seed: 1, Messages: 2000})
	_, report, about := read(t, file)
	if report.Messages != 2000 || !json.Valid(file) || len(file) < 2000*350 || len(file) > 2000*550 {
		t.Errorf("%d messages in %d bytes, valid: %t", report.Messages, len(file), json.Valid(file))
	}
	for _, kind := range []chat.Kind{
		chat.Text, chat.Sticker, chat.Photo, chat.Video, chat.VideoNote, chat.Voice, chat.Audio, chat.Animation, chat.File,
		chat.Poll, chat.Contact, chat.Location, chat.Game, chat.Invoice, chat.Service, chat.Unsupported,
	} {
		if report.Kinds[kind] == 0 {
			t.Errorf("none of kind %s", kind)
		}
	}
	if about.Owner != generate.Owner || len(about.People) < 15 {
		t.Errorf("owner %s, %d people", about.Owner, len(about.People))
	}
}

func TestPlantsStandWhereTheyAreSaidToStand(t *testing.T) {
	t.Parallel()
	var plants []generate.Plant
	file := write(t, generate.Options{Seed: 3, Messages: 20_000, Planted: func(p generate.Plant) { plants = append(plants, p) }})
	s, _, _ := read(t, file)
	kinds := map[string]int{}
	for _, p := range plants {
		kinds[p.Kind]++
		text, ok := s.all[key{p.Chat, p.ID}]
		if !ok || !strings.Contains(text, p.Value) || text == "" {
			t.Fatalf("%+v is not in %q", p, text)
		}
		if p.Kind == "exact" {
			if i := slices.Index(s.list, text); i == len(s.list)-1 || !slices.Contains(s.list[i+1:], text) {
				t.Fatalf("%q does not come twice", text)
			}
		}
	}
	for _, kind := range []string{
		"exact", "near", "phone", "email", "card", "inn", "snils", "ogrn", "ogrnip", "passport", "account", "username", "telegram", "url", "address", "name",
	} {
		if kinds[kind] < 5 {
			t.Errorf("%d plants of kind %s", kinds[kind], kind)
		}
	}
}

func TestTrapsAreReadAndEachIsCounted(t *testing.T) {
	t.Parallel()
	file := write(t, generate.Options{Seed: 5, Messages: 100, Traps: true})
	_, report, about := read(t, file)
	if json.Valid(file) {
		t.Error("an export with traps is valid JSON")
	}
	for _, what := range []string{
		`control characters written as \x`, "document_id without quotes", "local dates taken as UTC", "chats that may be cut at 10000 messages",
		"messages from before a group became a supergroup", "groups that became a supergroup", "old numeric ids", "edit times that may be those of a reaction",
		"messages without a date", "invalid characters replaced", "texts cut at the limit", "messages with more entities than are kept", "ids that repeat",
		"dates that run backwards", "chats without messages", "unknown field: hologram", "unknown type of media: hologram", "unknown type of a message: prophecy",
		"unknown type of a chat: holo_chat", "unknown field of a chat: mood",
	} {
		if report.Counts[what] == 0 {
			t.Errorf("nothing is counted as %s", what)
		}
	}
	if len(about.Moves) != 1 || len(report.Warnings) != 2 {
		t.Errorf("moves %v, warnings %v", about.Moves, report.Warnings)
	}
}

func TestWritingEndsWithTheContextAndWithTheDisk(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := generate.Write(ctx, &bytes.Buffer{}, generate.Options{Messages: 100_000}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	full := errors.New("disk full")
	if err := generate.Write(t.Context(), failing{full}, generate.Options{Messages: 100_000}); !errors.Is(err, full) {
		t.Error(err)
	}
	if err := generate.Write(t.Context(), &bytes.Buffer{}, generate.Options{}); err == nil {
		t.Error("no messages are no error")
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }
