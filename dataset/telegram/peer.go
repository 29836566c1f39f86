package telegram

import "strconv"

// Before 2.4 Telegram Desktop wrote ids as numbers, with the kind of the peer
// above the low 32 bits.
const (
	oldUser = 1 << 32
	oldChat = 2 << 32
)

// peer reads an id of a person or a chat to the end of buf, in the form user5,
// chat5 or channel5. Where the file has a number alone, group is what a group is
// called: chat or channel.
func (r *reader) peer(buf []byte, group string) ([]byte, error) {
	b, form, err := r.scalar()
	if err != nil || form == null || form == nested {
		return buf, err
	}
	n, number := parseInt(b)
	if !number {
		buf, _ = r.appendValid(buf, b, senderLimit)
		return buf, nil
	}
	if n >= oldUser {
		r.note("old numeric ids")
	}
	return appendPeer(buf, n, group), nil
}

func appendPeer(buf []byte, n int64, group string) []byte {
	kind := "user"
	switch {
	case n >= oldChat && n < oldChat+oldUser:
		n -= oldChat
		if kind = group; kind == "" {
			kind = "chat"
		}
	case n >= oldUser && n < oldChat:
		n -= oldUser
	}
	return strconv.AppendInt(append(buf, kind...), n, 10)
}
