package dialogue

// Past remembers the last messages of a chat, so that answers find what they
// answer: a bounded number, whatever the chat.
type Past struct {
	size    int
	ring    []Earlier
	threads []int64       // of each message in the ring
	place   map[int64]int // of a message in the ring, by id
	next    int           // place in the ring that is written next
}

// NewPast remembers that many messages.
func NewPast(size int) *Past { return &Past{size: size, place: map[int64]int{}} }

// Reset forgets everything: another chat begins.
func (p *Past) Reset() {
	clear(p.ring)
	clear(p.place)
	p.ring, p.threads, p.next = p.ring[:0], p.threads[:0], 0
}

// find is the last message with an id, or nil.
func (p *Past) find(id int64) *Earlier {
	if at, ok := p.place[id]; ok {
		return &p.ring[at]
	}
	return nil
}

// of is find for one thread of the chat: indexes of stretches are its own.
func (p *Past) of(id, thread int64) *Earlier {
	if at, ok := p.place[id]; ok && p.threads[at] == thread {
		return &p.ring[at]
	}
	return nil
}

func (p *Past) add(e Earlier, thread int64) {
	if len(p.ring) < p.size {
		p.ring, p.threads = append(p.ring, e), append(p.threads, thread)
		p.place[e.Message.ID] = len(p.ring) - 1
		return
	}
	if old := p.ring[p.next].Message.ID; p.place[old] == p.next {
		delete(p.place, old)
	}
	p.ring[p.next], p.threads[p.next] = e, thread
	p.place[e.Message.ID] = p.next
	p.next = (p.next + 1) % len(p.ring)
}
