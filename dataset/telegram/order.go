package telegram

// order watches ids and dates of a chat. Exports are in the order of ids.
type order struct {
	recent [orderWindow]int64
	next   int
	most   int64
	time   int64
	any    bool
}

// orderWindow is how far back an id is known that comes again.
const orderWindow = 4096

func (o *order) begin() { o.next, o.any, o.time = 0, false, 0 }

// see takes the id and the time of a message.
func (r *reader) see(id, time int64) {
	o := &r.order
	if o.any && id <= o.most {
		r.disorder(id)
	}
	if o.any && time < o.time {
		r.note("dates that run backwards")
	}
	if !o.any || id > o.most {
		o.most = id
	}
	o.any, o.time = true, time
	o.recent[o.next%orderWindow] = id
	o.next++
	if id < 0 {
		r.note("messages from before a group became a supergroup")
	}
}

func (r *reader) disorder(id int64) {
	for _, seen := range r.order.recent[:min(r.order.next, orderWindow)] {
		if seen == id {
			r.note("ids that repeat")
			return
		}
	}
	r.note("ids out of order")
}

// topics knows of a forum which message belongs to which topic: an export names
// the topic of a message only as what it answers, and where it answers another
// message not at all.
type topics struct {
	roots map[int64]bool
	of    []place // by id, of the last ones
}

type place struct{ id, topic int64 }

const (
	maxTopics   = 10_000
	topicWindow = 1 << 16
)

func (t *topics) begin() {
	if len(t.roots) > 0 {
		clear(t.roots)
		clear(t.of)
	}
}

// create makes a message the root of a topic.
func (t *topics) create(id int64) {
	if t.roots == nil {
		t.roots, t.of = map[int64]bool{}, make([]place, topicWindow)
	}
	if len(t.roots) < maxTopics {
		t.roots[id] = true
	}
}

// find returns the topic of a message that answers another, and whether that
// other is the root: nobody's words, so that it is no answer.
func (t *topics) find(id, replyTo int64) (topic int64, root bool) {
	if len(t.roots) == 0 || replyTo == 0 {
		return 0, false
	}
	if t.roots[replyTo] {
		topic, root = replyTo, true
	} else if p := t.of[replyTo&(topicWindow-1)]; p.id == replyTo {
		topic = p.topic
	}
	if topic != 0 {
		t.of[id&(topicWindow-1)] = place{id, topic}
	}
	return topic, root
}

// moves pairs groups with the supergroups that they became. Neither names the
// other; the two service messages are of the same moment.
type moves struct{ left, joined []moment }

type moment struct {
	chat, title string
	time        int64
}

const (
	maxMoves = 10_000
	moveTime = 60 // seconds
)

// see takes a service message.
func (m *moves) see(action, chat, title string, time int64) {
	switch {
	case action == "migrate_to_supergroup" && len(m.left) < maxMoves:
		m.left = append(m.left, moment{chat, title, time})
	case action == "migrate_from_group" && len(m.joined) < maxMoves:
		m.joined = append(m.joined, moment{chat, title, time})
	}
}

func (m *moves) match() []Move {
	var found []Move
	for _, from := range m.left {
		for _, to := range m.joined {
			apart := to.time - from.time
			if from.title == to.title && from.chat != to.chat && -moveTime <= apart && apart <= moveTime {
				found = append(found, Move{From: from.chat, To: to.chat})
				break
			}
		}
	}
	return found
}
