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
