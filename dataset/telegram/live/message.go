package live

import (
	"cmp"
	"strconv"

	"github.com/gotd/td/tg"

	"github.com/llm-city/gorod/dataset/chat"
)

// history is where messages come from: a chat, and how its ids are shown.
type history struct {
	people
	peer  tg.PeerClass
	post  bool  // a broadcast channel's, whose messages are its own
	shift int64 // added to ids: those of a group that became this supergroup lie below zero
}

// message is false where the server says that there is none.
func (h history) message(m tg.MessageClass) (chat.Message, bool) {
	switch m := m.(type) {
	case *tg.Message:
		return h.said(m), true
	case *tg.MessageService:
		return h.service(m), true
	}
	return chat.Message{}, false
}

func (h history) said(m *tg.Message) chat.Message {
	out := chat.Message{ID: h.id(m.ID), Time: int64(m.Date), Kind: chat.Text, Text: valid(m.Message)}
	out.Sender, out.Name = h.sender(m.FromID, m.Out)
	if !m.EditHide { // else it was only reacted to
		out.Edited = int64(m.EditDate)
	}
	out.Entities = spans(out.Text, m.Entities)
	h.reply(&out, m.ReplyTo)
	if from, ok := m.GetFwdFrom(); ok {
		out.Forward = h.forward(from)
	}
	if m.ViaBotID != 0 {
		out.Via = h.bot(m.ViaBotID)
	}
	carry(&out, m.Media)
	if given, ok := m.GetReactions(); ok {
		out.Reactions = reactions(given.Results)
	}
	return out
}

func (h history) service(m *tg.MessageService) chat.Message {
	out := chat.Message{ID: h.id(m.ID), Time: int64(m.Date), Kind: chat.Service, Action: action(m.Action)}
	out.Sender, out.Name = h.sender(m.FromID, m.Out)
	h.reply(&out, m.ReplyTo)
	switch a := m.Action.(type) {
	case *tg.MessageActionTopicCreate:
		out.Topic = out.ID
	case *tg.MessageActionCustomAction:
		out.Text = valid(a.Message)
	}
	if given, ok := m.GetReactions(); ok {
		out.Reactions = reactions(given.Results)
	}
	return out
}

func (h history) id(id int) int64 { return int64(id) + h.shift }

// sender is left out by the server where it follows from the chat.
func (h history) sender(from tg.PeerClass, out bool) (id, name string) {
	if from == nil {
		from = h.peer // also of an anonymous administrator, who speaks for the group
		if out && !h.post {
			from = &tg.PeerUser{UserID: h.self}
		}
	}
	return peerID(from), h.name(from)
}

func (h history) reply(to *chat.Message, header tg.MessageReplyHeaderClass) {
	r, ok := header.(*tg.MessageReplyHeader)
	if !ok {
		return // of a story
	}
	if other := r.ReplyToPeerID; other != nil && peerID(other) != peerID(h.peer) {
		to.ReplyTo, to.ReplyChat = int64(r.ReplyToMsgID), peerID(other)
		return
	}
	if r.ForumTopic {
		to.Topic = h.id(cmp.Or(r.ReplyToTopID, r.ReplyToMsgID))
		if r.ReplyToTopID == 0 {
			return // merely in the topic
		}
	}
	if r.ReplyToMsgID != 0 {
		to.ReplyTo = h.id(r.ReplyToMsgID)
	}
}

// forward names whose words are passed on: as shown, else by id.
func (h history) forward(f tg.MessageFwdHeader) string {
	from := f.FromID
	if from == nil {
		return cmp.Or(valid(f.FromName), "unknown")
	}
	return cmp.Or(h.name(from), valid(f.FromName), peerID(from))
}

func (h history) bot(id int64) string {
	if u := h.users[id]; u != nil {
		if name := usernameOf(u.Username, u.Usernames); name != "" {
			return "@" + name
		}
	}
	return numbered(userPeer, id)
}

func reactions(results []tg.ReactionCount) []chat.Reaction {
	var all []chat.Reaction
	for _, r := range results {
		switch kind := r.Reaction.(type) {
		case *tg.ReactionEmoji:
			all = append(all, chat.Reaction{Emoji: clip(kind.Emoticon), Count: r.Count})
		case *tg.ReactionCustomEmoji:
			all = append(all, chat.Reaction{Emoji: "custom:" + strconv.FormatInt(kind.DocumentID, 10), Count: r.Count})
		case *tg.ReactionPaid:
			all = append(all, chat.Reaction{Emoji: "⭐", Count: r.Count})
		}
	}
	return all
}
