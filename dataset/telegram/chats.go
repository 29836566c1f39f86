package telegram

import (
	"strconv"

	"github.com/llm-city/gorod/dataset/chat"
)

// chatState is the chat that is being read.
type chatState struct {
	id      int64
	known   bool // its id
	name    string
	kind    string
	at      int64 // where it begins
	begun   bool
	is      chat.Chat
	group   string // what its peers are called that are no users
	count   int64
	senders [2]string // the first, and the first other one
}

func (c *chatState) begin(at int64) { *c = chatState{at: at} }

// chatObject reads a chat of a list.
func (r *reader) chatObject() error {
	r.chat.begin(r.offset())
	if err := r.open('{'); err != nil {
		return err
	}
	for {
		key, ok, err := r.field()
		if err != nil {
			return err
		}
		if !ok {
			return r.beginChat() // one without messages
		}
		if string(key) == "messages" {
			err = r.messages()
		} else {
			err = r.chatField(key)
		}
		if err != nil {
			return err
		}
	}
}

func (r *reader) chatField(key []byte) error {
	var err error
	var b []byte
	switch string(key) {
	case "id":
		r.chat.known = true
		r.chat.id, err = r.integer()
	case "name":
		b, _, err = r.name(nil)
		r.chat.name = string(b)
	case "type":
		b, _, err = r.name(nil)
		r.chat.kind = string(b)
	default:
		r.unknown("field of a chat", key)
		return r.skip()
	}
	if err == nil && r.chat.begun {
		r.note("chats described after their messages")
	}
	return err
}

// messages reads the messages of a chat.
func (r *reader) messages() error {
	c, err := r.peek()
	if err == nil && c != '[' && c != 'n' {
		err = r.malformed("expected the list of messages")
	}
	if err != nil {
		return err
	}
	if err := r.beginChat(); err != nil {
		return err
	}
	if err := r.each((*reader).message); err != nil {
		return err
	}
	r.endChat()
	return nil
}

// beginChat tells the sink of the chat.
func (r *reader) beginChat() error {
	c := &r.chat
	if c.begun {
		return nil
	}
	c.begun = true
	prefix := peerOf(c.kind)
	if prefix == "" && c.kind != "" {
		r.unknown("type of a chat", []byte(c.kind))
	}
	c.group = "chat"
	if prefix == "channel" {
		c.group = prefix
	}
	c.is = chat.Chat{ID: c.named(prefix), Name: c.name, Type: c.kind}
	if !c.known {
		r.note("chats without an id before their messages")
		r.warn(c.at, "a chat is described after its messages: it goes by its place in the file, without name and type")
		c.is.ID = "at" + strconv.FormatInt(c.at, 10)
	}
	r.chats++
	r.order.begin()
	r.topic.begin()
	r.knowChat()
	return r.into.Chat(c.is)
}

func (c *chatState) named(prefix string) string {
	if c.id >= oldUser && c.id < oldChat+oldUser {
		return string(appendPeer(nil, c.id, prefix))
	}
	return prefix + strconv.FormatInt(c.id, 10)
}

// knowChat learns of people what a chat with one of them says.
func (r *reader) knowChat() {
	switch r.chat.kind {
	case "saved_messages":
		r.people.own(r.chat.is.ID, true)
	case "personal_chat":
		if person := r.people.person([]byte(r.chat.is.ID)); person != nil {
			r.people.named(person, []byte(r.chat.name))
		}
	}
}

// peerOf is how a chat of a type is named as a peer; empty for a type that is
// not known.
func peerOf(kind string) string {
	switch kind {
	case "saved_messages", "replies", "personal_chat", "bot_chat", "verify_codes":
		return "user"
	case "private_group":
		return "chat"
	case "private_supergroup", "public_supergroup", "private_channel", "public_channel":
		return "channel"
	}
	return ""
}

// exportCap is where Telegram cuts the export of a group that forbids
// forwarding.
const exportCap = 10_000

func (r *reader) endChat() {
	c := &r.chat
	if c.count == 0 {
		r.note("chats without messages")
	}
	if c.count != exportCap || (c.kind != "private_supergroup" && c.kind != "private_channel") {
		return
	}
	r.note("chats that may be cut at 10000 messages")
	whose := ""
	if c.senders[1] == "" {
		whose = ", all of one sender"
	}
	r.warn(c.at, "a %s has exactly 10000 messages%s: of a chat that forbids forwarding Telegram exports no more than the last 10000 and only one's own; older ones may be missing", c.kind, whose)
}

// finishChats says at the end what can be known only then.
func (r *reader) finishChats() {
	if r.chats == 0 {
		r.warn(0, "the export has no chats")
	}
	r.people.moves = r.moves.match()
}
