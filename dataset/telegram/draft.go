package telegram

import "github.com/llm-city/gorod/dataset/chat"

// draft is the message that is being read.
type draft struct {
	at        int64
	out       chat.Message
	kind      []byte // type
	sender    []byte
	name      []byte
	title     []byte // of a service message
	forwarded bool   // forwarded_from was there, if only as null
	origin    []byte // forwarded_from_id
	from      []byte // forwarded_from
	saved     []byte // saved_from
	peer      []byte // reply_to_peer_id
	media     chat.Kind

	date, edited moments
	text         runs
	entities     runs
	href, label  []byte // of the entity, of the reaction that is being read
	reactions    []chat.Reaction
	lost         int64 // reactions beyond the bound
	limit        int   // of the text, in bytes
}

// moments is a time as an export has it: twice.
type moments struct {
	unix  int64
	known bool
	local [len("2006-01-02T15:04:05")]byte
	has   bool
}

func (d *draft) begin(at int64) {
	*d = draft{
		at: at, limit: d.limit, kind: d.kind[:0], sender: d.sender[:0], name: d.name[:0], title: d.title[:0],
		origin: d.origin[:0], from: d.from[:0], saved: d.saved[:0], peer: d.peer[:0], href: d.href[:0], label: d.label[:0],
		text: d.text.emptied(), entities: d.entities.emptied(), reactions: d.reactions[:0],
	}
}
