package live_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/gotd/td/tg"

	"github.com/llm-city/gorod/dataset/telegram/live"
	"github.com/llm-city/gorod/dataset/telegram/live/fakeserver"
)

func inChannel(c *tg.Channel) func(int) tg.MessageClass {
	return func(id int) tg.MessageClass {
		return &tg.Message{ID: id, PeerID: &tg.PeerChannel{ChannelID: c.ID}, Message: fmt.Sprintf("сообщение %d", id), Date: 1_700_000_000 + id, Post: c.Broadcast}
	}
}

// town is a world with a chat of each type.
func town() (w fakeserver.World, group *fakeserver.Chat) {
	group = &fakeserver.Chat{Group: &tg.Chat{ID: 50, Title: "Двор", Photo: &tg.ChatPhotoEmpty{}}, Top: 150, Message: func(id int) tg.MessageClass {
		return &tg.Message{ID: id, PeerID: &tg.PeerChat{ChatID: 50}, FromID: from(ada.ID), Message: fmt.Sprintf("сообщение %d", id), Date: 1_600_000_000 + id}
	}}
	w = world(dialog(12), group,
		&fakeserver.Chat{Channel: forum, Top: 120, Message: inChannel(forum), MigratedFrom: 50},
		&fakeserver.Chat{Channel: news, Top: 5, Message: inChannel(news)},
		&fakeserver.Chat{User: pollBot, Top: 0},
		&fakeserver.Chat{User: me, Top: 2, Message: text},
		&fakeserver.Chat{User: &tg.User{ID: 21, AccessHash: 9, FirstName: "Давно", Username: "longago"}, Top: 3, Message: text, Hidden: true})
	w.Listed = 2
	return w, group
}

func TestChatsAreListedWithTheirTypes(t *testing.T) {
	t.Parallel()
	w, _ := town()
	s := start(t, w)
	b := loggedIn(t, s)
	chats, err := b.Chats(t.Context(), live.ChatsOptions{Counts: true})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range chats {
		got = append(got, fmt.Sprintf("%s %s %s @%s %d", c.ID, c.Type, c.Name, c.Username, c.Messages))
	}
	want := []string{
		"user20 personal_chat Ада @Ada 12", "chat50 private_group Двор @ 150", "channel30 private_supergroup Подъезд 3 @ 120",
		"channel31 public_channel Новости @novosti 5", "user40 bot_chat Бот @pollbot 0", "user10 saved_messages Я Сам @myself 2",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	before := s.Calls(history)
	if chats, err = b.Chats(t.Context(), live.ChatsOptions{}); err != nil || len(chats) != 6 || chats[0].Messages != 0 || s.Calls(history) != before {
		t.Error("counted unasked:", chats, err)
	}
}

func TestASupergroupBringsTheGroupThatItWas(t *testing.T) {
	t.Parallel()
	w, _ := town()
	b := loggedIn(t, start(t, w))
	for range 2 { // the second time there is nothing to do
		if _, err := b.Export(t.Context(), b.dir, live.ExportOptions{Chats: []string{"-10030"}}); err != nil {
			t.Fatal(err)
		}
	}
	got := read(t, b.dir).messages["channel30"]
	if len(got) != 270 {
		t.Fatal(len(got))
	}
	for i, m := range got {
		want := int64(i + 1 - 1_000_000_000)
		if i >= 150 {
			want = int64(i - 149)
		}
		if m.ID != want {
			t.Fatalf("message %d has id %d, want %d", i, m.ID, want)
		}
	}
	if old := got[0]; old.Sender != "user20" || old.Text != "сообщение 1" {
		t.Errorf("%+v", old)
	}
}

func TestAnOldGroupThatTelegramKeepsBackStopsNothing(t *testing.T) {
	t.Parallel()
	w, group := town()
	w.Chats = slices.DeleteFunc(w.Chats, func(c *fakeserver.Chat) bool { return c == group })
	b := loggedIn(t, start(t, w))
	done, err := b.Export(t.Context(), b.dir, live.ExportOptions{Chats: []string{"channel30"}})
	if err != nil || done != (live.Exported{Chats: 1, New: 120, Locked: 1}) {
		t.Error(done, err)
	}
}

func TestChatsAreFoundByWhatPeopleCallThem(t *testing.T) {
	t.Parallel()
	w, _ := town()
	s := start(t, w)
	b := loggedIn(t, s)
	for said, want := range map[string]string{
		"@ADA": "user20", "ada": "user20", "user20": "user20", "20": "user20", "-50": "chat50", "-10031": "channel31",
		"https://t.me/novosti": "channel31", "me": "user10", "@longago": "user21",
	} {
		var at string
		_, err := b.Export(t.Context(), b.dir, live.ExportOptions{Chats: []string{said}, Page: func(p live.Progress) { at = p.ID }})
		if err != nil || at != want {
			t.Errorf("%s: %s, %v", said, at, err)
		}
	}
	if n := s.Calls("contacts.resolveUsername"); n != 1 {
		t.Errorf("%d usernames were looked up", n)
	}
	for _, said := range []string{"99", "user99", "@nobody", "-1"} {
		if _, err := b.Export(t.Context(), b.dir, live.ExportOptions{Chats: []string{said}}); !errors.Is(err, live.ErrNoChat) {
			t.Errorf("%s: %v", said, err)
		}
	}
}

func TestPostsOfAChannelAreItsOwn(t *testing.T) {
	t.Parallel()
	w, _ := town()
	b := loggedIn(t, start(t, w))
	if _, err := b.Export(t.Context(), b.dir, live.ExportOptions{Chats: []string{"@novosti", "@pollbot"}}); err != nil {
		t.Fatal(err)
	}
	got := read(t, b.dir)
	if m := got.messages["channel31"][0]; m.Sender != "channel31" || m.Name != "Новости" {
		t.Errorf("%+v", m)
	}
	if len(got.chats) != 2 || len(got.messages["user40"]) != 0 || len(got.report.Warnings) != 0 {
		t.Error("a chat without messages:", got.chats, got.report)
	}
}
