package fakeserver

import (
	"fmt"

	"github.com/gotd/td/tg"
)

// Friends is a world of two people and n messages between them, every other one
// by the account's owner, for tests that need no more of Telegram.
func Friends(n int) World {
	me := &tg.User{ID: 10, AccessHash: 100, Self: true, FirstName: "Я", LastName: "Сам", Username: "myself"}
	ada := &tg.User{ID: 20, AccessHash: 200, FirstName: "Ада", Username: "Ada"}
	said := func(id int) tg.MessageClass {
		text := fmt.Sprintf("когда привезут заказ номер %d?", id)
		if id%2 == 0 {
			text = fmt.Sprintf("заказ %d обещали к вечеру", id-1)
		}
		return &tg.Message{ID: id, PeerID: &tg.PeerUser{UserID: ada.ID}, Message: text, Date: 1_700_000_000 + 300*id, Out: id%2 == 0}
	}
	return World{
		Phone: "+79990001122", Code: "12345", Password: "две собаки", Hint: "животные", Self: me,
		Chats: []*Chat{{User: ada, Top: n, Message: said}},
	}
}
