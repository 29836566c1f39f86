package telegram_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/llm-city/gorod/dataset/chat"
	"github.com/llm-city/gorod/dataset/telegram"
)

// kept is all that a source handed over.
type kept struct {
	chats    []chat.Chat
	messages []chat.Message
	of       []string // the chat of each message
}

func (k *kept) Chat(c chat.Chat) error {
	k.chats = append(k.chats, c)
	return nil
}

func (k *kept) Message(m *chat.Message) error {
	one := *m
	one.Entities, one.Reactions = slices.Clone(m.Entities), slices.Clone(m.Reactions)
	k.messages = append(k.messages, one)
	k.of = append(k.of, k.chats[len(k.chats)-1].ID)
	return nil
}

func read(t *testing.T, file string) (kept, chat.Report, telegram.About) {
	t.Helper()
	var k kept
	e := telegram.New(strings.NewReader(file), telegram.Options{})
	report, err := e.Read(t.Context(), &k)
	if err != nil {
		t.Fatal(err)
	}
	if report.Messages != int64(len(k.messages)) || report.Bytes != int64(len(file)) {
		t.Errorf("report has %d messages and %d bytes, want %d and %d", report.Messages, report.Bytes, len(k.messages), len(file))
	}
	return k, report, e.About()
}

// inChat is the export of one group with messages.
func inChat(messages ...string) string {
	return `{"name": "Двор", "type": "private_supergroup", "id": 7, "messages": [` + strings.Join(messages, ",\n") + "]}"
}

// message is a message with more fields.
func message(fields string) string {
	return `{"id": 1, "type": "message", "date": "2021-05-01T15:00:00", "date_unixtime": "1619870400", "from": "Аня", "from_id": "user5", ` + fields + "}"
}

func one(t *testing.T, fields string) (chat.Message, chat.Report) {
	t.Helper()
	k, report, _ := read(t, inChat(message(fields)))
	if len(k.messages) != 1 {
		t.Fatalf("%d messages", len(k.messages))
	}
	return k.messages[0], report
}

func same(t *testing.T, got, want any) {
	t.Helper()
	g, _ := json.Marshal(got)
	w, _ := json.Marshal(want)
	if string(g) != string(w) {
		t.Errorf("got  %s\nwant %s", g, w)
	}
}

func TestMessageHasAllThatTheExportSays(t *testing.T) {
	t.Parallel()
	got, report := one(t, `"edited": "2021-05-01T15:01:00", "edited_unixtime": "1619870460", "forwarded_from": "Новости", "reply_to_message_id": -3,
		"reply_to_peer_id": "channel9", "via_bot": "@gif", "text": ["звони ", {"type": "phone", "text": "+7 900 000-00-00"}, " или ", {"type": "text_link", "text": "сюда", "href": "https://example.com"}, {"type": "mention_name", "text": "Ира", "user_id": 6}],
		"text_entities": [{"type": "plain", "text": "звони "}, {"type": "phone", "text": "+7 900 000-00-00"}, {"type": "plain", "text": " или "}, {"type": "text_link", "text": "сюда", "href": "https://example.com"}, {"type": "mention_name", "text": "Ира", "user_id": 6}]`)
	same(t, got, chat.Message{
		ID: 1, Time: 1619870400, Edited: 1619870460, Kind: chat.Text, Sender: "user5", Name: "Аня", Text: "звони +7 900 000-00-00 или сюдаИра",
		ReplyTo: -3, ReplyChat: "channel9", Forward: "Новости", Via: "@gif",
		Entities: []chat.Span{
			{Type: "phone", From: 11, To: 27},
			{Type: "text_link", From: 35, To: 43, Ref: "https://example.com"},
			{Type: "mention_name", From: 43, To: 49, Ref: "user6"},
		},
	})
	if len(report.Counts) != 0 || len(report.Warnings) != 0 || report.Kinds[chat.Text] != 1 {
		t.Errorf("report %+v", report)
	}
}

func TestKindOfAMessageIsThatOfItsMedia(t *testing.T) {
	t.Parallel()
	for fields, want := range map[string]chat.Kind{
		`"text": ""`:                                                        chat.Text,
		`"photo": "photos/1.jpg", "width": 1`:                               chat.Photo,
		`"file": "a.pdf", "mime_type": "x/y"`:                               chat.File,
		`"file": "s.tgs", "media_type": "sticker"`:                          chat.Sticker,
		`"media_type": "sticker", "file": "s.tgs"`:                          chat.Sticker,
		`"file": "", "media_type": "video_message"`:                         chat.VideoNote,
		`"file": "", "media_type": "voice_message"`:                         chat.Voice,
		`"file": "", "media_type": "animation"`:                             chat.Animation,
		`"file": "", "media_type": "video_file"`:                            chat.Video,
		`"file": "", "media_type": "audio_file"`:                            chat.Audio,
		`"contact_information": {"first_name": "a"}`:                        chat.Contact,
		`"location_information": null, "live_location_period_seconds": 900`: chat.Location,
		`"place_name": "Кафе", "address": "Мира 1"`:                         chat.Location,
		`"poll": {"question": "?", "answers": [{"text": "}"}]}`:             chat.Poll,
		`"game_title": "Шашки"`:                                             chat.Game,
		`"invoice_information": "{\n \"title\": \"Счёт\"\n}"`:               chat.Invoice,
		`"giveaway_information": {"quantity": 1}`:                           chat.Unknown,
	} {
		if got, report := one(t, fields); got.Kind != want || report.Kinds[want] != 1 {
			t.Errorf("%s: kind %q, want %q", fields, got.Kind, want)
		}
	}
}

func TestStickerHasItsEmojiAndReactionsTheirCounts(t *testing.T) {
	t.Parallel()
	got, _ := one(t, `"file": "(File not included. Change data exporting settings to download.)", "media_type": "sticker", "sticker_emoji": "😂", "text": "", "text_entities": [
		], "reactions": [{"type": "emoji", "count": 2, "emoji": "👍", "recent": [{"from": "Ира", "from_id": "user6", "date": "2021-05-01T15:00:00"}]}, {"type": "custom_emoji", "count": 1, "document_id": "5"}]`)
	if got.Emoji != "😂" || got.Text != "" || got.Entities != nil {
		t.Errorf("%+v", got)
	}
	same(t, got.Reactions, []chat.Reaction{{Emoji: "👍", Count: 2}, {Emoji: "custom_emoji", Count: 1}})
}

func TestServiceMessagesOfAnyActionArePassedOn(t *testing.T) {
	t.Parallel()
	k, report, _ := read(t, inChat(
		`{"id": 1, "type": "service", "date_unixtime": "5", "actor": "Аня", "actor_id": "user5", "action": "invite_members", "members": ["Ира", null], "text": ""}`,
		`{"id": 2, "type": "service", "date_unixtime": "6", "actor": null, "actor_id": "user6", "action": "teleport", "where": {"x": []}, "text": ""}`,
		`{"id": 3, "type": "unsupported"}`))
	same(t, k.messages, []chat.Message{
		{ID: 1, Time: 5, Kind: chat.Service, Sender: "user5", Name: "Аня", Action: "invite_members"},
		{ID: 2, Time: 6, Kind: chat.Service, Sender: "user6", Action: "teleport"},
		{ID: 3, Time: 6, Kind: chat.Unsupported},
	})
	same(t, report.Counts, map[string]int{"unknown field: where": 1, "messages without a date": 1})
}

func TestForwardIsMarkedAlsoWhereNobodyIsNamed(t *testing.T) {
	t.Parallel()
	for fields, want := range map[string]string{
		`"forwarded_from": "Новости"`:                             "Новости",
		`"forwarded_from": null`:                                  telegram.UnknownOrigin,
		`"forwarded_from": null, "forwarded_from_id": "channel8"`: "channel8",
		`"saved_from": "Двор"`:                                    "Двор",
		`"saved_from": null`:                                      "",
	} {
		if got, _ := one(t, fields); got.Forward != want {
			t.Errorf("%s: %q, want %q", fields, got.Forward, want)
		}
	}
}

func TestChatsAreNamedAsPeersOfTheirKind(t *testing.T) {
	t.Parallel()
	for kind, want := range map[string]string{
		"saved_messages": "user7", "personal_chat": "user7", "bot_chat": "user7", "replies": "user7",
		"private_group": "chat7", "private_supergroup": "channel7", "public_channel": "channel7", "holo_chat": "7",
	} {
		k, _, _ := read(t, `{"name": null, "type": "`+kind+`", "id": 7, "messages": []}`)
		same(t, k.chats, []chat.Chat{{ID: want, Type: kind}})
	}
}
