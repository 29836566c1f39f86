package telegram

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
