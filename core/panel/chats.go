package panel

import (
	"context"
	"io/fs"

	"github.com/llm-city/gorod/core/panel/internal/city"
)

const (
	chatsAPage    = 20
	messagesAPage = 100
)

// paging is one page of a list.
type paging struct {
	Page, Pages, Total int
	Back, Next         int // pages; 0 where there is none
}

// paged is the page of a request among so many of a size.
func (q *request) paged(total, size int) paging {
	pages := max(1, (total+size-1)/size)
	g := paging{Page: min(q.number("page", 1, 1<<30, 1), pages), Pages: pages, Total: total}
	if g.Page > 1 {
		g.Back = g.Page - 1
	}
	if g.Page < pages {
		g.Next = g.Page + 1
	}
	return g
}

type chatsBody struct {
	at
	paging
	Filter, Sought string
	Chats          []city.Chat
}

// longestSearch bounds what is sought, in characters.
const longestSearch = 100

// chats lists the conversations.
func (p *Panel) chats(ctx context.Context, q *request) error {
	body := chatsBody{Filter: q.URL.Query().Get("show"), Sought: prose(q.URL.Query().Get("q"), longestSearch)}
	switch body.Filter {
	case city.AnsweredOnly, city.PrivateOnly:
	default:
		body.Filter = city.AllChats
	}
	err := q.read(ctx, "chats", &body.at, func(v *city.View) error {
		page := q.number("page", 1, 1<<30, 1)
		var total int
		body.Chats, total = v.Chats(body.Filter, body.Sought, chatsAPage, (page-1)*chatsAPage)
		body.paging = q.paged(total, chatsAPage)
		if body.Page != page { // beyond the last
			body.Chats, _ = v.Chats(body.Filter, body.Sought, chatsAPage, (body.Page-1)*chatsAPage)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return q.show("chats", q.words.T("menu.chats"), body)
}

type chatBody struct {
	at
	paging
	Chat     city.Chat
	Messages []city.Message
}

// chat shows one conversation.
func (p *Panel) chat(ctx context.Context, q *request) error {
	var body chatBody
	err := q.read(ctx, "chats", &body.at, func(v *city.View) error {
		chat, _, ok := v.Chat(q.PathValue("id"), 0, 0)
		if !ok {
			return fs.ErrNotExist
		}
		body.paging = q.paged(chat.Messages, messagesAPage)
		body.Chat, body.Messages, _ = v.Chat(chat.ID, messagesAPage, (body.Page-1)*messagesAPage)
		return nil
	})
	if err != nil {
		return err
	}
	return q.show("chat", q.words.T("chat.title", q.chatName(body.Chat)), body)
}

// chatName names a conversation for people.
func (q *request) chatName(c city.Chat) string {
	if c.ID == city.Room {
		return q.words.T("chat.room")
	}
	return prose(c.Opening.Text, 60)
}
