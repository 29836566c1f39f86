package telegram_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/llm-city/gorod/dataset/chat"
	"github.com/llm-city/gorod/dataset/telegram"
)

func TestWhatIsNoExportIsRefusedWithWhatWasExpected(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"", "  \n", "<!DOCTYPE html>", "[1, 2]", `"text"`, "{}", `{"name": "x", "version": "1.0", "dependencies": {"a": "b"}}`, "\x1f\x8b\x08", "{garbage"} {
		_, err := telegram.New(strings.NewReader(file), telegram.Options{}).Read(t.Context(), &kept{})
		if !telegram.IsKind(err, telegram.NotExport) || !strings.Contains(err.Error(), "machine-readable JSON") {
			t.Errorf("%q: %v", file, err)
		}
	}
}

func TestTruncatedFileIsReadUpToItsEnd(t *testing.T) {
	t.Parallel()
	whole := "\xEF\xBB\xBF" + inChat(message(`"text": "а\x0B"`), message(`"text": ["б", {"type": "bold", "text": "в"}]`), message(`"text": "г"`)) + "\n"
	for cut := range len(whole) - 2 {
		var k kept
		report, err := telegram.New(strings.NewReader(whole[:cut]), telegram.Options{}).Read(t.Context(), &k)
		var broken *telegram.Error
		if cut > 3 && (!errors.As(err, &broken) || broken.Kind != telegram.Truncated || broken.Offset != int64(cut)) {
			t.Fatalf("cut at %d: %v", cut, err)
		}
		if want := int64(strings.Count(whole[:cut], "\"}") + strings.Count(whole[:cut], "]}")); report.Messages > want || report.Bytes != int64(cut) || int(report.Messages) != len(k.messages) {
			t.Errorf("cut at %d: %+v", cut, report)
		}
	}
}

func TestMalformedPlaceIsNamedByItsOffsetAndNotQuoted(t *testing.T) {
	t.Parallel()
	for file, offset := range map[string]int64{
		`{"messages": 5}`:                   13,
		`{"messages": [{"id" 5}]}`:          20,
		`{"messages": [{"id": }]}`:          21,
		`{"messages": [{id: 1}]}`:           15,
		`{"messages": [{"members": [1}}]}`:  28,
		`{"messages": []} {"messages": []}`: 17,
		`{"messages": []}` + "\x00\x00":     16,
	} {
		_, err := telegram.New(strings.NewReader(file), telegram.Options{}).Read(t.Context(), &kept{})
		var broken *telegram.Error
		if !errors.As(err, &broken) || broken.Kind != telegram.Malformed || broken.Offset != offset {
			t.Errorf("%s: %v, want offset %d", file, err, offset)
		}
	}
}

func TestNestingIsBounded(t *testing.T) {
	t.Parallel()
	deep := inChat(message(`"members": ` + strings.Repeat("[", 1_000_000)))
	if _, err := telegram.New(strings.NewReader(deep), telegram.Options{}).Read(t.Context(), &kept{}); !telegram.IsKind(err, telegram.TooDeep) {
		t.Error(err)
	}
}

func TestInvalidUTF8IsReplacedAndCounted(t *testing.T) {
	t.Parallel()
	got, report := one(t, `"text": "а`+"\xff\xd0"+`б\ud800\udc"`)
	if want := "а\uFFFD\uFFFDб\uFFFD\uFFFD"; !strings.HasPrefix(got.Text, "а\uFFFD\uFFFDб\uFFFD") || report.Counts["invalid characters replaced"] != 3 {
		t.Errorf("%q, want %q; %v", got.Text, want, report.Counts)
	}
}

func TestLongTextIsCutAtAWholeCharacter(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`"` + strings.Repeat("ы", 200_000) + `"`, `"\n` + strings.Repeat("ы", 200_000) + `"`, `["` + strings.Repeat("ы", 5) + `", {"type": "bold", "text": "` + strings.Repeat("ы", 200_000) + `"}, "ы", {"type": "bold", "text": "ы"}]`} {
		var k kept
		e := telegram.New(strings.NewReader(inChat(message(`"text": `+text), message(`"text": "ы"`))), telegram.Options{TextLimit: 1001})
		report, err := e.Read(t.Context(), &k)
		if err != nil || report.Counts["texts cut at the limit"] != 1 || len(k.messages) != 2 {
			t.Fatalf("%v, %v", err, report.Counts)
		}
		if n := len(k.messages[0].Text); n < 1000 || n > 1001 || strings.Trim(k.messages[0].Text, "ы\n") != "" || k.messages[1].Text != "ы" {
			t.Errorf("%d bytes are left", n)
		}
		for _, s := range k.messages[0].Entities {
			if s.To > len(k.messages[0].Text) || s.From >= s.To {
				t.Errorf("span %+v", s)
			}
		}
	}
}

func TestEntitiesAndReactionsBeyondTheBoundAreCounted(t *testing.T) {
	t.Parallel()
	got, report := one(t, `"text": [`+strings.Repeat(`{"type": "bold", "text": "x"},`, 50_000)+`], "reactions": [`+strings.Repeat(`{"type": "emoji", "count": 1, "emoji": "👍"},`, 500)+`]`)
	if len(got.Text) != 50_000 || len(got.Entities) != 1000 || len(got.Reactions) != 100 {
		t.Errorf("%d bytes, %d entities, %d reactions", len(got.Text), len(got.Entities), len(got.Reactions))
	}
	same(t, report.Counts, map[string]int{"messages with more entities than are kept": 1, "messages with more reactions than are kept": 1})
}

func TestRepeatedIdsAndDatesThatRunBackwardsAreCountedAndPassedOn(t *testing.T) {
	t.Parallel()
	k, report, _ := read(t, inChat(
		`{"id": 1, "type": "message", "date_unixtime": "5"}`, `{"id": 3, "type": "message", "date_unixtime": "6"}`,
		`{"id": 3, "type": "message", "date_unixtime": "4"}`, `{"id": 2, "type": "message", "date_unixtime": "7"}`))
	if len(k.messages) != 4 {
		t.Errorf("%d messages", len(k.messages))
	}
	same(t, report.Counts, map[string]int{"ids that repeat": 1, "ids out of order": 1, "dates that run backwards": 1})
}

func TestValuesOfAnotherFormArePassedOver(t *testing.T) {
	t.Parallel()
	k, report, _ := read(t, `{"personal_information": null, "contacts": [{"user_id": "user5", "first_name": {"a": 1}}], "left_chats": null, "chats": [
		{"id": {"a": 1}, "name": 5, "type": null, "messages": null},
		{"id": "7", "type": "private_group", "messages": [{"id": [1], "type": ["x"], "date_unixtime": {}, "date": 5, "from": 5, "from_id": true, "text": {"a": 1}, "text_entities": 5, "reactions": {"a": []}, "file": {}, "media_type": null, "via_bot": []}]}]}`)
	if len(k.chats) != 2 || len(k.messages) != 1 || k.chats[1].ID != "chat7" || report.Counts["values of another form than expected"] < 5 {
		t.Errorf("%+v, %v", k, report.Counts)
	}
}

func TestEmptyChatsAndExportsAreSaid(t *testing.T) {
	t.Parallel()
	_, report, _ := read(t, inChat())
	same(t, report.Counts, map[string]int{"chats without messages": 1})
	if _, report, _ = read(t, `{"about": "x", "contacts": {"list": []}}`); len(report.Warnings) != 1 {
		t.Errorf("%+v", report)
	}
}

func TestChatThatIsDescribedAfterItsMessagesIsRead(t *testing.T) {
	t.Parallel()
	k, report, _ := read(t, `{"messages": [{"id": 1, "type": "message", "date_unixtime": "5"}], "id": 7, "name": "Двор", "type": "private_group"}`)
	if len(k.messages) != 1 || k.chats[0].ID != "at0" || report.Counts["chats described after their messages"] == 0 {
		t.Errorf("%+v, %v", k, report.Counts)
	}
}

// A file that comes a byte at a time parts every token at every place.
func TestTokensMayEndAnywhereInTheBuffer(t *testing.T) {
	t.Parallel()
	file := inChat(message(`"text": ["а\x0B\ud83d\ude00\n", {"type" : "bold", "text": "б", "document_id": stickers/a.tgs` + "\n" + `}], "width": 1280, "members": [1, "\\", null, true]`))
	want, _, _ := read(t, file)
	var got kept
	if _, err := telegram.New(iotest.OneByteReader(strings.NewReader(file)), telegram.Options{}).Read(t.Context(), &got); err != nil {
		t.Fatal(err)
	}
	same(t, got.messages, want.messages)
}

func TestReadingEndsWithTheContextAndWithTheSink(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	big := endless(`"text": "а", "width": 1`)
	report, err := telegram.New(big, telegram.Options{Progress: func(n int64) {
		if n > 4<<20 {
			cancel()
		}
	}}).Read(ctx, nobody{})
	if !errors.Is(err, context.Canceled) || report.Messages == 0 || report.Bytes > 6<<20 {
		t.Errorf("%v after %d bytes", err, report.Bytes)
	}
	full := errors.New("disk full")
	report, err = telegram.New(endless(`"text": "а"`), telegram.Options{}).Read(t.Context(), refusing{full})
	if !errors.Is(err, full) || report.Messages != 1 {
		t.Errorf("%v, %+v", err, report)
	}
	if _, err = telegram.New(iotest.ErrReader(full), telegram.Options{}).Read(t.Context(), nobody{}); !errors.Is(err, full) || !telegram.IsKind(err, telegram.Unreadable) {
		t.Error(err)
	}
	if _, err = telegram.Open(t.TempDir()+"/none.json", telegram.Options{}).Read(t.Context(), nobody{}); !telegram.IsKind(err, telegram.Unreadable) {
		t.Error(err)
	}
}

type nobody struct{}

func (nobody) Chat(chat.Chat) error        { return nil }
func (nobody) Message(*chat.Message) error { return nil }

type refusing struct{ err error }

func (refusing) Chat(chat.Chat) error          { return nil }
func (r refusing) Message(*chat.Message) error { return r.err }

// repeated is a text again and again.
type repeated struct {
	text string
	at   int
}

func newRepeated(text string) *repeated {
	return &repeated{text: strings.Repeat(text, 1+bufferful/len(text))}
}

const bufferful = 256 << 10

func (r *repeated) Read(p []byte) (int, error) {
	n := copy(p, r.text[r.at:])
	r.at = (r.at + n) % len(r.text)
	return n, nil
}

func endless(fields string) io.Reader {
	head, _, _ := strings.Cut(inChat(), "]}")
	return io.MultiReader(strings.NewReader(head), newRepeated(message(fields)+","))
}

// Not parallel: it measures what is allocated.
func TestMemoryDoesNotGrowWithTheFile(t *testing.T) {
	head, _, _ := strings.Cut(inChat(), "]}")
	for name, c := range map[string][3]string{
		"one text":      {message(`"text": "`)[:strings.Index(message(`"text": "`), `"text": "`)+9], "ы", `"}]}`},
		"one escape":    {strings.TrimSuffix(message(`"text": "`), "}"), `\\`, `"}]}`},
		"one name":      {`{"`, "x", `": 1}]}`},
		"one number":    {`{"id": `, "1", `}]}`},
		"white space":   {`{"id": `, " \n", `1}]}`},
		"many messages": {"", message(`"text": "а"`) + ",", "]}"},
		"many entities": {strings.TrimSuffix(message(`"text": [`), "}"), `{"type": "bold", "text": "x"},`, `]}]}`},
	} {
		size := 30 << 20
		if name == "one text" {
			size = 300 << 20
		}
		n := size / len(c[1]) * len(c[1])
		file := io.MultiReader(strings.NewReader(head+c[0]), io.LimitReader(newRepeated(c[1]), int64(n)), strings.NewReader(c[2]))
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		report, err := telegram.New(file, telegram.Options{}).Read(t.Context(), nobody{})
		runtime.ReadMemStats(&after)
		if err != nil || report.Messages == 0 {
			t.Errorf("%s: %v, %+v", name, err, report)
		}
		// What is allocated in all bounds what is in use at any time.
		if got := after.TotalAlloc - before.TotalAlloc; got > 8<<20 {
			t.Errorf("%s: %d bytes allocated", name, got)
		}
	}
}

func TestProgressComesEveryMebibyteAndAtTheEnd(t *testing.T) {
	t.Parallel()
	file := inChat(strings.Repeat(message(`"text": "а"`)+",", 30_000))
	var told []int64
	_, err := telegram.New(bytes.NewReader([]byte(file)), telegram.Options{Progress: func(n int64) { told = append(told, n) }}).Read(t.Context(), nobody{})
	if err != nil || len(told) != len(file)>>20+1 || told[len(told)-1] != int64(len(file)) {
		t.Errorf("%v, %v of %d", err, told, len(file))
	}
}
