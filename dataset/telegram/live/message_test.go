package live_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/gotd/td/tg"

	"github.com/llm-city/gorod/dataset/chat"
	"github.com/llm-city/gorod/dataset/telegram/live"
	"github.com/llm-city/gorod/dataset/telegram/live/fakeserver"
)

var (
	forum   = &tg.Channel{ID: 30, AccessHash: 300, Title: "Подъезд 3", Megagroup: true, Forum: true, Photo: &tg.ChatPhotoEmpty{}}
	news    = &tg.Channel{ID: 31, AccessHash: 310, Title: "Новости", Username: "novosti", Broadcast: true, Photo: &tg.ChatPhotoEmpty{}}
	pollBot = &tg.User{ID: 40, AccessHash: 1, Bot: true, FirstName: "Бот", Username: "pollbot"}
)

func from(id int64) tg.PeerClass { return &tg.PeerUser{UserID: id} }

// said is a message of the forum, made up by what is set to it.
func said(text string, set ...func(*tg.Message)) tg.MessageClass {
	m := &tg.Message{PeerID: &tg.PeerChannel{ChannelID: forum.ID}, FromID: from(ada.ID), Message: text, Date: 1_700_000_000}
	for _, s := range set {
		s(m)
	}
	return m
}

func carrying(media tg.MessageMediaClass) func(*tg.Message) {
	return func(m *tg.Message) { m.Media = media }
}

func document(attributes ...tg.DocumentAttributeClass) func(*tg.Message) {
	d := &tg.MessageMediaDocument{}
	d.SetDocument(&tg.Document{MimeType: "x/y", Attributes: attributes})
	return carrying(d)
}

func replying(r *tg.MessageReplyHeader) func(*tg.Message) {
	return func(m *tg.Message) { m.ReplyTo = r }
}

func marked(entities ...tg.MessageEntityClass) func(*tg.Message) {
	return func(m *tg.Message) { m.Entities = entities }
}

func did(a tg.MessageActionClass) tg.MessageClass {
	return &tg.MessageService{PeerID: &tg.PeerChannel{ChannelID: forum.ID}, FromID: from(ada.ID), Date: 1_700_000_000, Action: a}
}

// spoken is what the message becomes, but for what all have in common.
func spoken(m chat.Message) chat.Message {
	if m.Sender == "" {
		m.Sender, m.Name = "user20", "Ада"
	}
	if m.Kind == "" {
		m.Kind = chat.Text
	}
	m.Time = 1_700_000_000
	return m
}

type rendering struct {
	name string
	sent tg.MessageClass
	want chat.Message
}

func TestMessagesAreRendered(t *testing.T) {
	t.Parallel()
	cases := []rendering{
		{"plain", said("привет"), chat.Message{Text: "привет"}},
		{"edited", said("а", func(m *tg.Message) { m.SetEditDate(1_700_000_099) }), chat.Message{Text: "а", Edited: 1_700_000_099}},
		{"merely reacted to", said("а", func(m *tg.Message) {
			m.SetEditDate(1_700_000_099)
			m.EditHide = true
			m.SetReactions(tg.MessageReactions{Results: []tg.ReactionCount{
				{Reaction: &tg.ReactionEmoji{Emoticon: "👍"}, Count: 3}, {Reaction: &tg.ReactionCustomEmoji{DocumentID: 5}, Count: 1}, {Reaction: &tg.ReactionPaid{}, Count: 2},
			}})
		}), chat.Message{Text: "а", Reactions: []chat.Reaction{{Emoji: "👍", Count: 3}, {Emoji: "custom:5", Count: 1}, {Emoji: "⭐", Count: 2}}}},
		{"reply", said("да", replying(&tg.MessageReplyHeader{ReplyToMsgID: 2})), chat.Message{Text: "да", ReplyTo: 2}},
		{"reply elsewhere", said("да", replying(&tg.MessageReplyHeader{ReplyToMsgID: 9, ReplyToPeerID: &tg.PeerChannel{ChannelID: 31}})), chat.Message{Text: "да", ReplyTo: 9, ReplyChat: "channel31"}},
		{"in a topic", said("да", replying(&tg.MessageReplyHeader{ForumTopic: true, ReplyToMsgID: 4})), chat.Message{Text: "да", Topic: 4}},
		{"reply in a topic", said("да", replying(&tg.MessageReplyHeader{ForumTopic: true, ReplyToMsgID: 6, ReplyToTopID: 4})), chat.Message{Text: "да", Topic: 4, ReplyTo: 6}},
		{"comment, no topic", said("да", replying(&tg.MessageReplyHeader{ReplyToMsgID: 6, ReplyToTopID: 4})), chat.Message{Text: "да", ReplyTo: 6}},
		{"reply to a story", said("да", func(m *tg.Message) { m.ReplyTo = &tg.MessageReplyStoryHeader{Peer: from(20), StoryID: 1} }), chat.Message{Text: "да"}},
		{"forward", said("а", func(m *tg.Message) { m.SetFwdFrom(tg.MessageFwdHeader{FromID: from(10)}) }), chat.Message{Text: "а", Forward: "Я Сам"}},
		{"forward of a hidden person", said("а", func(m *tg.Message) { m.SetFwdFrom(tg.MessageFwdHeader{FromName: "Кто-то"}) }), chat.Message{Text: "а", Forward: "Кто-то"}},
		{"forward of one unknown", said("а", func(m *tg.Message) { m.SetFwdFrom(tg.MessageFwdHeader{FromID: from(77)}) }), chat.Message{Text: "а", Forward: "user77"}},
		{"via a bot", said("а", func(m *tg.Message) { m.SetViaBotID(40) }), chat.Message{Text: "а", Via: "@pollbot"}},
		{"anonymous", said("а", func(m *tg.Message) { m.FromID = nil }), chat.Message{Text: "а", Sender: "channel30", Name: "Подъезд 3"}},
		{"own", said("а", func(m *tg.Message) { m.FromID, m.Out = nil, true }), chat.Message{Text: "а", Sender: "user10", Name: "Я Сам"}},
		{"photo", said("подпись", carrying(&tg.MessageMediaPhoto{})), chat.Message{Text: "подпись", Kind: chat.Photo}},
		{"sticker", said("", document(&tg.DocumentAttributeSticker{Alt: "😂", Stickerset: &tg.InputStickerSetEmpty{}}, &tg.DocumentAttributeVideo{})), chat.Message{Kind: chat.Sticker, Emoji: "😂"}},
		{"dice", said("", carrying(&tg.MessageMediaDice{Emoticon: "🎲", Value: 6})), chat.Message{Kind: chat.Sticker, Emoji: "🎲"}},
		{"voice", said("", document(&tg.DocumentAttributeAudio{Voice: true})), chat.Message{Kind: chat.Voice}},
		{"audio", said("", document(&tg.DocumentAttributeAudio{Title: "Песня"})), chat.Message{Kind: chat.Audio}},
		{"video", said("", document(&tg.DocumentAttributeVideo{})), chat.Message{Kind: chat.Video}},
		{"round video", said("", document(&tg.DocumentAttributeVideo{RoundMessage: true})), chat.Message{Kind: chat.VideoNote}},
		{"animation", said("", document(&tg.DocumentAttributeAnimated{}, &tg.DocumentAttributeVideo{})), chat.Message{Kind: chat.Animation}},
		{"animation, the other way", said("", document(&tg.DocumentAttributeVideo{}, &tg.DocumentAttributeAnimated{})), chat.Message{Kind: chat.Animation}},
		{"file", said("", document(&tg.DocumentAttributeFilename{FileName: "a.pdf"})), chat.Message{Kind: chat.File}},
		{"voice that has gone", said("", carrying(&tg.MessageMediaDocument{Voice: true})), chat.Message{Kind: chat.Voice}},
		{"place", said("", carrying(&tg.MessageMediaGeo{Geo: &tg.GeoPointEmpty{}})), chat.Message{Kind: chat.Location}},
		{"contact", said("", carrying(&tg.MessageMediaContact{PhoneNumber: "+7"})), chat.Message{Kind: chat.Contact}},
		{"poll", said("", carrying(&tg.MessageMediaPoll{Poll: tg.Poll{Question: tg.TextWithEntities{Text: "Идём?"}}})), chat.Message{Kind: chat.Poll, Text: "Идём?"}},
		{"link", said("https://ya.ru", carrying(&tg.MessageMediaWebPage{Webpage: &tg.WebPageEmpty{}})), chat.Message{Text: "https://ya.ru"}},
		{"unsupported", said("", carrying(&tg.MessageMediaUnsupported{})), chat.Message{Kind: chat.Unsupported}},
		{"not known", said("", carrying(&tg.MessageMediaGiveaway{})), chat.Message{Kind: chat.Unknown}},
		{"group made", did(&tg.MessageActionChatCreate{Title: "x"}), chat.Message{Kind: chat.Service, Action: "create_group"}},
		{"topic made", did(&tg.MessageActionTopicCreate{Title: "x"}), chat.Message{Kind: chat.Service, Action: "topic_created", Topic: -1}},
		{"call", did(&tg.MessageActionPhoneCall{}), chat.Message{Kind: chat.Service, Action: "phone_call"}},
		{"pin", did(&tg.MessageActionPinMessage{}), chat.Message{Kind: chat.Service, Action: "pin_message"}},
		{"timer", did(&tg.MessageActionSetMessagesTTL{}), chat.Message{Kind: chat.Service, Action: "set_messages_ttl"}},
	}
	for i, c := range render(t, cases) {
		want := spoken(cases[i].want)
		want.ID = int64(i + 1)
		if want.Topic < 0 {
			want.Topic = want.ID
		}
		if diff := cmp.Diff(want, c); diff != "" {
			t.Errorf("%s (-want +got):\n%s", cases[i].name, diff)
		}
	}
}

func TestOffsetsInCodeUnitsBecomeOffsetsInBytes(t *testing.T) {
	t.Parallel()
	const text = "ё😀 @ada жми"
	cases := []rendering{
		{"after an emoji", said(text, marked(&tg.MessageEntityMention{Offset: 4, Length: 4})), chat.Message{Entities: []chat.Span{{Type: "mention", From: 7, To: 11}}}},
		{"the emoji", said(text, marked(&tg.MessageEntityCustomEmoji{Offset: 1, Length: 2, DocumentID: 9})), chat.Message{Entities: []chat.Span{{Type: "custom_emoji", From: 2, To: 6, Ref: "9"}}}},
		{"nested", said(text, marked(&tg.MessageEntityBold{Offset: 0, Length: 12}, &tg.MessageEntityTextURL{Offset: 9, Length: 3, URL: "https://a.b"})),
			chat.Message{Entities: []chat.Span{{Type: "bold", From: 0, To: 18}, {Type: "text_link", From: 12, To: 18, Ref: "https://a.b"}}}},
		{"a name", said(text, marked(&tg.MessageEntityMentionName{Offset: 0, Length: 1, UserID: 20})), chat.Message{Entities: []chat.Span{{Type: "mention_name", From: 0, To: 2, Ref: "user20"}}}},
		{"half a pair", said(text, marked(&tg.MessageEntityItalic{Offset: 2, Length: 2})), chat.Message{Entities: []chat.Span{{Type: "italic", From: 2, To: 7}}}},
		{"out of the text", said(text, marked(&tg.MessageEntityBankCard{Offset: 9, Length: 1 << 30}, &tg.MessageEntityCode{Offset: 99, Length: 1}, &tg.MessageEntityURL{Offset: -5, Length: 1})),
			chat.Message{Entities: []chat.Span{{Type: "bank_card", From: 12, To: 18}, {Type: "link", From: 0, To: 2}}}},
	}
	for i, got := range render(t, cases) {
		if diff := cmp.Diff(cases[i].want.Entities, got.Entities); diff != "" || got.Text != text {
			t.Errorf("%s (-want +got):\n%s", cases[i].name, diff)
		}
	}
}

// render sends messages through the server, the export and the archive.
func render(t *testing.T, cases []rendering) []chat.Message {
	t.Helper()
	c := &fakeserver.Chat{Channel: forum, Top: len(cases), Users: []tg.UserClass{ada, pollBot}, Message: func(id int) tg.MessageClass {
		switch m := cases[id-1].sent.(type) {
		case *tg.Message:
			m.ID = id
		case *tg.MessageService:
			m.ID = id
		}
		return cases[id-1].sent
	}}
	b := loggedIn(t, start(t, world(c)))
	if _, err := b.Export(t.Context(), b.dir, live.ExportOptions{Chats: []string{"channel30"}}); err != nil {
		t.Fatal(err)
	}
	got := read(t, b.dir).messages["channel30"]
	if len(got) != len(cases) {
		t.Fatalf("%d of %d messages", len(got), len(cases))
	}
	return got
}
