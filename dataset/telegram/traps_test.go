package telegram_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/llm-city/gorod/dataset/chat"
	"github.com/llm-city/gorod/dataset/telegram"
)

func TestControlCharactersThatAreInvalidJSONAreRead(t *testing.T) {
	t.Parallel()
	got, report := one(t, `"text": "а\x0Bб\x1F\u0041\ud83d\ude00\/\q"`)
	if want := "а\vб\x1fA😀/q"; got.Text != want {
		t.Errorf("%q, want %q", got.Text, want)
	}
	same(t, report.Counts, map[string]int{`control characters written as \x`: 2, "escapes that do not exist": 1})
}

func TestDocumentIDWithoutQuotesIsPassedOver(t *testing.T) {
	t.Parallel()
	for _, path := range []string{
		"stickers/AnimatedSticker (1).tgs\n", "(File unavailable, please try again later)\n", "stickers/a.tgs", "5368324170671202286", "null", `"quoted"`,
		"(File exceeds maximum size. Change data exporting settings to download.)\r\n",
	} {
		for _, order := range []string{`"type": "custom_emoji", "text": "😀", "document_id": %s`, "\"document_id\": %s,\n\"type\": \"custom_emoji\", \"text\": \"😀\""} {
			entity := "{" + fmt.Sprintf(order, path) + "}"
			got, report := one(t, `"text": ["а ", `+entity+`, " б"]`)
			same(t, got.Entities, []chat.Span{{Type: "custom_emoji", From: 3, To: 7}})
			if odd := report.Counts["document_id without quotes"] == 1; got.Text != "а 😀 б" || odd != strings.ContainsAny(path, "(/") {
				t.Errorf("%s: text %q, counts %v", entity, got.Text, report.Counts)
			}
		}
	}
}

func TestTimeIsThatOfDateUnixtimeWhateverTheLocalDateSays(t *testing.T) {
	t.Parallel()
	k, report, _ := read(t, inChat(
		`{"id": 1, "type": "message", "date": "2021-05-01T20:00:00", "date_unixtime": "1619870400"}`,
		`{"id": 2, "type": "message", "date_unixtime": 1619870401, "date": "2021-05-01T20:00:00"}`,
		`{"id": 3, "type": "message", "date": "2021-05-01T12:00:02", "edited": "2021-05-01T12:00:03"}`,
		`{"id": 4, "type": "message", "date": "yesterday"}`))
	for i, m := range k.messages {
		if want := min(int64(1619870400+i), 1619870402); m.Time != want {
			t.Errorf("message %d at %d, want %d", m.ID, m.Time, want)
		}
	}
	if k.messages[2].Edited != 1619870403 {
		t.Errorf("edited at %d", k.messages[2].Edited)
	}
	same(t, report.Counts, map[string]int{"local dates taken as UTC": 2, "messages without a date": 1})
	if len(report.Warnings) != 1 || report.Warnings[0].Offset == 0 {
		t.Errorf("warnings %v", report.Warnings)
	}
}

func capped(messages, senders int, kind string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `{"name": "Двор", "type": %q, "id": 7, "messages": [`, kind)
	for i := range messages {
		fmt.Fprintf(&b, `{"id": %d, "type": "message", "date_unixtime": "5", "from_id": "user%d", "text": "а"},`, i+1, i%senders)
	}
	return b.String() + "]}"
}

func TestTenThousandMessagesOfAClosedGroupAreWarnedOf(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		messages, senders int
		kind              string
		want              string
	}{
		{10_000, 1, "private_supergroup", "all of one sender"},
		{10_000, 3, "private_supergroup", "exactly 10000 messages"},
		{9_999, 1, "private_supergroup", ""},
		{10_000, 2, "personal_chat", ""},
	} {
		_, report, _ := read(t, capped(c.messages, c.senders, c.kind))
		if got := fmt.Sprint(report.Warnings); (len(report.Warnings) > 0) != (c.want != "") || !strings.Contains(got, c.want) {
			t.Errorf("%+v: warnings %s", c, got)
		}
	}
}

func TestHistoryFromBeforeASupergroupKeepsItsIdsBelowZero(t *testing.T) {
	t.Parallel()
	k, report, _ := read(t, inChat(
		`{"id": -999999999, "type": "message", "date_unixtime": "1", "text": "а"}`,
		`{"id": -999999998, "type": "message", "date_unixtime": "2", "reply_to_message_id": -999999999, "text": "б"}`,
		`{"id": 1, "type": "message", "date_unixtime": "3", "text": "в"}`))
	if m := k.messages[1]; m.ID != -999999998 || m.ReplyTo != k.messages[0].ID {
		t.Errorf("%+v", m)
	}
	same(t, report.Counts, map[string]int{"messages from before a group became a supergroup": 2})
}

func TestGroupAndTheSupergroupThatItBecameArePaired(t *testing.T) {
	t.Parallel()
	_, report, about := read(t, `{"chats": {"about": "", "list": [
		{"name": "Двор", "type": "private_group", "id": 3, "messages": [{"id": 1, "type": "service", "date_unixtime": "100", "actor_id": "user5", "action": "migrate_to_supergroup", "text": ""}]},
		{"name": "Дом", "type": "private_supergroup", "id": 8, "messages": [{"id": 1, "type": "service", "date_unixtime": "100", "action": "migrate_from_group", "title": "Дом", "text": ""}]},
		{"name": "Новый двор", "type": "private_supergroup", "id": 9, "messages": [{"id": 1, "type": "service", "date_unixtime": "101", "action": "migrate_from_group", "title": "Двор", "text": ""}]}
	]}}`)
	same(t, about.Moves, []telegram.Move{{From: "chat3", To: "channel9"}})
	if report.Counts["groups that became a supergroup"] != 1 {
		t.Errorf("%v", report.Counts)
	}
}

func TestOldNumericIdsBecomeThoseOfToday(t *testing.T) {
	t.Parallel()
	k, _, _ := read(t, `{"name": "Аня", "type": "personal_chat", "id": 4294967301, "messages": [
		{"id": 1, "type": "message", "date_unixtime": "1", "from": "Аня", "from_id": 4294967301, "text": "а"},
		{"id": 2, "type": "message", "date_unixtime": "2", "from": "Аня", "from_id": 5, "text": "б"},
		{"id": 3, "type": "message", "date_unixtime": "3", "from": "Аня", "from_id": "user5", "text": "в"}]}`)
	for _, m := range k.messages {
		if m.Sender != "user5" || k.chats[0].ID != "user5" {
			t.Errorf("%+v in %+v", m, k.chats[0])
		}
	}
	k, _, _ = read(t, inChat(`{"id": 1, "type": "message", "date_unixtime": "1", "from_id": 8589934599, "text": "от имени группы"}`))
	if k.messages[0].Sender != "channel7" {
		t.Errorf("%+v", k.messages[0])
	}
}

func TestTextIsReadInAllItsForms(t *testing.T) {
	t.Parallel()
	bold := []chat.Span{{Type: "bold", From: 3, To: 5}}
	for fields, want := range map[string]chat.Message{
		`"text": "а б"`: {Text: "а б"},
		`"text": ""`:    {},
		`"text": null`:  {},
		`"text": ["а ", {"type": "bold", "text": "б"}]`:                                                                               {Text: "а б", Entities: bold},
		`"text": ["а ", {"text": "б", "type": "bold"}], "text_entities": []`:                                                          {Text: "а б", Entities: bold},
		`"text_entities": [{"type": "plain", "text": "а "}, {"type": "bold", "text": "б"}]`:                                           {Text: "а б", Entities: bold},
		`"text_entities": [{"type": "plain", "text": "а "}, {"type": "bold", "text": "б"}], "text": "а б"`:                            {Text: "а б", Entities: bold},
		`"text": ["а ", {"type": "bold", "text": "б"}], "text_entities": [{"type": "plain", "text": "совсем другое"}]`:                {Text: "а б", Entities: bold},
		`"text": "а б", "text_entities": [{"type": "plain", "text": "а "}, {"type": "bold", "text": "б"}, {"type": "x", "text": ""}]`: {Text: "а б", Entities: bold},
	} {
		got, _ := one(t, fields)
		same(t, []any{got.Text, got.Entities}, []any{want.Text, want.Entities})
	}
}

func TestEditTimeOfAMessageWithReactionsIsDoubted(t *testing.T) {
	t.Parallel()
	got, report := one(t, `"edited_unixtime": "1619870999", "text": "а", "reactions": [{"type": "emoji", "count": 1, "emoji": "👍"}]`)
	if got.Edited != 1619870999 || report.Counts["edit times that may be those of a reaction"] != 1 {
		t.Errorf("%+v, %v", got, report.Counts)
	}
}

func TestUnknownNamesAreCountedAndTheMessagePassedOn(t *testing.T) {
	t.Parallel()
	k, report, _ := read(t, `{"horoscope": [1], "chats": {"about": "", "list": [{"name": "Двор", "type": "holo_chat", "mood": "x", "id": 7, "messages": [
		{"id": 1, "type": "prophecy", "date_unixtime": "1", "depth": {"a": [1, "]"]}, "Имя Фамилия": 1, "text": "а"},
		{"id": 2, "type": "message", "date_unixtime": "2", "file": "a", "media_type": "hologram", "text": [{"type": "glow", "text": "б", "colour": 1}], "reactions": [{"type": "emoji", "emoji": "👍", "count": 1, "speed": 2}]},
		null, "x"]}]}}`)
	if len(k.messages) != 2 || k.messages[0].Kind != chat.Unknown || k.messages[0].Text != "а" || k.messages[1].Kind != chat.Unknown || k.messages[1].Text != "б" {
		t.Errorf("%+v", k.messages)
	}
	same(t, report.Counts, map[string]int{
		"unknown section: horoscope": 1, "unknown type of a chat: holo_chat": 1, "unknown field of a chat: mood": 1,
		"unknown type of a message: prophecy": 1, "unknown field: depth": 1, "unknown field: (not a name)": 1,
		"unknown type of media: hologram": 1, "unknown type of an entity: glow": 1, "unknown field of an entity: colour": 1, "unknown field of a reaction: speed": 1,
		"values of another form than expected": 2,
	})
}

func TestMessagesOfATopicAreFoundByWhatTheyAnswer(t *testing.T) {
	t.Parallel()
	line := `{"id": %d, "type": "message", "date_unixtime": "1", "reply_to_message_id": %d, "text": "а"}`
	k, _, _ := read(t, inChat(
		`{"id": 10, "type": "service", "date_unixtime": "1", "action": "topic_created", "title": "Мусор", "text": ""}`,
		fmt.Sprintf(line, 11, 10), fmt.Sprintf(line, 12, 11), fmt.Sprintf(line, 13, 12), fmt.Sprintf(line, 14, 3)))
	got := make([][3]int64, 0, 5)
	for _, m := range k.messages {
		got = append(got, [3]int64{m.ID, m.Topic, m.ReplyTo})
	}
	same(t, got, [][3]int64{{10, 10, 0}, {11, 10, 0}, {12, 10, 11}, {13, 10, 12}, {14, 0, 3}})
}

func TestPlaceholdersOfFilesAreCounted(t *testing.T) {
	t.Parallel()
	k, report, _ := read(t, inChat(
		message(`"photo": "(File not included. Change data exporting settings to download.)"`),
		message(`"file": "(File unavailable, please try again later)"`),
		message(`"file": "(File exceeds maximum size. Change data exporting settings to download.)"`)))
	if k.messages[0].Kind != chat.Photo || k.messages[2].Kind != chat.File {
		t.Errorf("%+v", k.messages)
	}
	for _, what := range []string{"files not included in the export", "files that Telegram could not give", "files too large for the export", "ids that repeat"} {
		if report.Counts[what] < 1 {
			t.Errorf("no count of %s in %v", what, report.Counts)
		}
	}
}
