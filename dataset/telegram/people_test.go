package telegram_test

import (
	"testing"

	"github.com/llm-city/gorod/dataset/telegram"
)

func TestOwnerContactsAndWritersAreKnown(t *testing.T) {
	t.Parallel()
	_, report, about := read(t, `{"about": "x",
		"personal_information": {"user_id": 1, "first_name": "Ира", "last_name": "Орлова", "phone_number": "+7", "username": "@ira", "bio": "]}"},
		"profile_pictures": [{"date": "x", "photo": "y"}],
		"contacts": {"about": "x", "list": [{"user_id": 5, "first_name": "Аня", "last_name": "Ли", "date": "x"}, {"first_name": "Мастер", "last_name": ""}, {"date": "x"}]},
		"frequent_contacts": {"list": [{"id": 5}]}, "sessions": {"list": [{"last_ip": "[{"}]}, "stories": [[[]]],
		"chats": {"list": [{"name": "Аня Ли", "type": "personal_chat", "id": 5, "messages": [
			{"id": 1, "type": "message", "date_unixtime": "1", "from": "Аня Лис", "from_id": "user5"},
			{"id": 2, "type": "message", "date_unixtime": "1", "from": "Ира Орлова", "from_id": "user1"}]}]},
		"left_chats": {"list": [{"name": "Кто-то", "type": "private_group", "id": 5, "messages": [{"id": 2, "type": "message", "date_unixtime": "1", "from": null, "from_id": "user8"}]}]}}`)
	same(t, about, telegram.About{Owner: "user1", People: []telegram.Person{
		{ID: "user1", Names: []string{"Ира Орлова"}, Username: "ira"},
		{ID: "user5", Names: []string{"Аня Ли", "Аня Лис"}, Contact: true},
		{Names: []string{"Мастер"}, Contact: true},
		{ID: "user8"},
	}})
	if report.Chats != 2 || report.Messages != 3 || len(report.Counts) != 0 {
		t.Errorf("%+v", report)
	}
}

func TestOwnerOfOneChatsExportIsTheOneWhomItIsNotNamedAfter(t *testing.T) {
	t.Parallel()
	_, _, about := read(t, `{"name": "Аня", "type": "personal_chat", "id": 5, "messages": [
		{"id": 1, "type": "message", "date_unixtime": "1", "from": "Аня", "from_id": "user5"},
		{"id": 2, "type": "message", "date_unixtime": "1", "from": "Ира", "from_id": "user1"}]}`)
	if about.Owner != "user1" {
		t.Errorf("owner %q", about.Owner)
	}
	if _, _, about = read(t, inChat(message(`"text": ""`))); about.Owner != "" {
		t.Errorf("owner %q of a group", about.Owner)
	}
}
