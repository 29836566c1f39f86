package telegram_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/llm-city/gorod/dataset/chat"
	"github.com/llm-city/gorod/dataset/telegram"
)

// FuzzRead reads anything, and says of it nothing that cannot be.
func FuzzRead(f *testing.F) {
	f.Add([]byte(inChat(message(`"text": ["а\x0B", {"type": "bold", "text": "б"}]`))))
	f.Add([]byte(`{"chats": {"list": [{"id": 5, "messages": []}]}, "contacts": {"list": [{"user_id": 5}]}}`))
	f.Add([]byte(inChat(message(`"text": [{"type": "custom_emoji", "text": "😀", "document_id": stickers/a (1).tgs` + "\n" + `}], "reactions": [{"type": "paid", "count": 1, "recent": []}]`))))
	f.Add([]byte(inChat(`{"id": -999999999, "type": "service", "date": "2021-05-01T15:00:00", "actor_id": 4294967301, "action": "topic_created", "title": "а"}`, `{"id": 2, "type": "unsupported", "reply_to_message_id": -999999999}`)))
	f.Fuzz(func(t *testing.T, file []byte) {
		var k kept
		report, err := telegram.New(bytes.NewReader(file), telegram.Options{TextLimit: 64}).Read(t.Context(), &k)
		var broken *telegram.Error
		if err != nil && (!errors.As(err, &broken) || broken.Offset < 0 || broken.Offset > int64(len(file))) {
			t.Fatalf("%v of %d bytes", err, len(file))
		}
		if report.Messages != int64(len(k.messages)) || report.Bytes > int64(len(file)) {
			t.Fatalf("%+v", report)
		}
		for _, m := range k.messages {
			if len(m.Text) > 64 || !utf8.ValidString(m.Text+m.Name+m.Sender+m.Forward+m.Via+m.Action+m.Emoji) || m.Kind == "" {
				t.Fatalf("%+v", m)
			}
			for _, s := range m.Entities {
				if s.From < 0 || s.From >= s.To || s.To > len(m.Text) || !utf8.ValidString(s.Type+s.Ref+m.Text[s.From:s.To]) {
					t.Fatalf("%+v of %q", s, m.Text)
				}
			}
		}
	})
}

// FuzzText compares with encoding/json what is read of a message's text, where
// that is valid JSON.
func FuzzText(f *testing.F) {
	f.Add(`"а\n\"\\\u0041\ud83d\ude00\ud800"`, `[]`)
	f.Add(`["а ", {"type": "bold", "text": "б"}]`, `[{"type": "plain", "text": "а "}, {"text": "б", "type": "bold"}]`)
	f.Add(`["а", {"type": "mention_name", "text": "б", "user_id": 5}, null, 7]`, `null`)
	f.Fuzz(func(t *testing.T, text, entities string) {
		if len(text)+len(entities) > 4096 || !json.Valid([]byte(text)) || !json.Valid([]byte(entities)) {
			return
		}
		m := canonical(t, object{"text": json.RawMessage(text), "text_entities": json.RawMessage(entities)})
		var k kept
		_, err := telegram.New(strings.NewReader(`{"type": "private_supergroup", "id": 7, "messages": [`+string(m)+`]}`), telegram.Options{}).Read(t.Context(), &k)
		if telegram.IsKind(err, telegram.TooDeep) {
			return
		}
		if err != nil || len(k.messages) != 1 {
			t.Fatalf("%s: %v", m, err)
		}
		want := chat.Message{}
		fields := decode(t, m)
		if _, odd := fields["text"].(object); odd {
			return
		}
		want.Text, want.Entities = runs(fields["text"], "")
		if text, spans := runs(fields["text_entities"], ""); want.Text == "" || want.Text == text {
			want.Text, want.Entities = text, spans
		}
		if len(want.Entities) > 500 {
			return
		}
		same(t, []any{k.messages[0].Text, k.messages[0].Entities}, []any{want.Text, want.Entities})
	})
}

// canonical writes an object again, so that no key of it comes twice.
func canonical(t *testing.T, o object) []byte {
	t.Helper()
	raw, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(decode(t, raw)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
