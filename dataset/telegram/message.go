package telegram

import (
	"strings"

	"github.com/llm-city/gorod/dataset/chat"
)

// UnknownOrigin is the Forward of a message that was forwarded from somebody
// whom the export does not name.
const UnknownOrigin = "unknown"

// message reads one message and hands it over.
func (r *reader) message() error {
	r.draft.begin(r.offset())
	if err := r.open('{'); err != nil {
		return err
	}
	for {
		key, ok, err := r.field()
		if err != nil {
			return err
		}
		if !ok {
			return r.finish()
		}
		if f := r.find(key); f != nil {
			err = f.read(r)
		} else {
			r.unknown("field", key)
			err = r.skip()
		}
		if err != nil {
			return err
		}
	}
}

// finish makes a message of what was read.
func (r *reader) finish() error {
	d := &r.draft
	m := &d.out
	m.Kind = r.kindOf(d)
	m.Sender, m.Name = r.sender(d.sender, d.name)
	r.times()
	r.origin()
	r.said()
	r.replies()
	r.service()
	r.watch()
	r.chat.count++
	r.count++
	r.kinds[m.Kind]++
	return r.into.Message(m)
}

func (r *reader) kindOf(d *draft) chat.Kind {
	switch string(d.kind) {
	case "message":
		if d.media == "" {
			return chat.Text
		}
		return d.media
	case "service":
		return chat.Service
	case "unsupported":
		return chat.Unsupported
	}
	r.unknown("type of a message", d.kind)
	return chat.Unknown
}

// times sets when. A message without a date, as those of type unsupported are,
// has the time of the one before it.
func (r *reader) times() {
	d := &r.draft
	var dated bool
	if d.out.Time, dated = r.when(&d.date); !dated {
		r.note("messages without a date")
		d.out.Time = r.order.time
	}
	d.out.Edited, _ = r.when(&d.edited)
	if d.out.Edited != 0 && len(d.reactions) > 0 {
		r.note("edit times that may be those of a reaction")
	}
}

// origin sets whose words a forwarded message has.
func (r *reader) origin() {
	d := &r.draft
	if !d.forwarded && len(d.saved) == 0 {
		return
	}
	for _, name := range [][]byte{d.from, d.origin, d.saved, []byte(UnknownOrigin)} {
		if len(name) > 0 {
			d.out.Forward = r.names.of(name)
			return
		}
	}
}

func (r *reader) replies() {
	m := &r.draft.out
	if peer := r.draft.peer; len(peer) > 0 && string(peer) != r.chat.is.ID {
		m.ReplyChat = r.names.of(peer)
		return
	}
	var root bool
	if m.Topic, root = r.topic.find(m.ID, m.ReplyTo); root {
		m.ReplyTo = 0
	}
}

// service minds the actions that change how other messages are to be read.
func (r *reader) service() {
	m := &r.draft.out
	if m.Kind != chat.Service {
		return
	}
	switch m.Action {
	case "topic_created":
		r.topic.create(m.ID)
		m.Topic = m.ID
	case "migrate_to_supergroup":
		r.moves.see(m.Action, r.chat.is.ID, r.chat.name, m.Time)
		r.note("groups that became a supergroup")
	case "migrate_from_group":
		r.moves.see(m.Action, r.chat.is.ID, string(r.draft.title), m.Time)
	}
}

// watch keeps what the end of the chat is judged by.
func (r *reader) watch() {
	m, c := &r.draft.out, &r.chat
	r.see(m.ID, m.Time)
	if m.Sender == "" || m.Kind == chat.Service || c.senders[1] != "" || m.Sender == c.senders[0] {
		return
	}
	if c.senders[0] == "" {
		c.senders[0] = strings.Clone(m.Sender)
	} else {
		c.senders[1] = strings.Clone(m.Sender)
	}
	if c.kind == "personal_chat" && m.Sender != c.is.ID {
		r.people.own(m.Sender, false) // one of the two is the chat's name, the other exported it
	}
}
