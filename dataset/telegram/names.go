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
