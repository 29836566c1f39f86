package telegram

// names makes the strings that come again and again once each: emoji, actions,
// bots, those who are forwarded. It forgets them all when there are too many.
type names struct {
	made map[string]string
}

const maxMade = 1 << 14

func (n *names) of(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	if s, ok := n.made[string(b)]; ok {
		return s
	}
	if len(n.made) >= maxMade {
		clear(n.made)
	}
	s := string(b)
	n.made[s] = s
	return s
}

func (r *reader) senderID() error {
	var err error
	r.draft.sender, err = r.peer(r.draft.sender[:0], r.chat.group)
	return err
}

func (r *reader) forwardedFrom() error {
	var err error
	r.draft.forwarded = true
	r.draft.from, _, err = r.name(r.draft.from[:0])
	return err
}

func (r *reader) forwardedFromID() error {
	var err error
	r.draft.forwarded = true
	r.draft.origin, err = r.peer(r.draft.origin[:0], "channel")
	return err
}

// short reads a name that comes again and again.
func (r *reader) short() (string, error) {
	b, _, err := r.scalar()
	if err != nil {
		return "", err
	}
	r.draft.label, _ = r.appendValid(r.draft.label[:0], b, nameLimit)
	return r.names.of(r.draft.label), nil
}
