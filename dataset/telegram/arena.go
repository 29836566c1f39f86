package telegram

import "unsafe"

// arena keeps many small strings in few pieces of memory. They never change, so
// that a string which somebody keeps against the contract of chat.Sink stays
// what it was.
type arena struct{ piece []byte }

const arenaPiece = 32 << 10

// put returns b as a string.
func (a *arena) put(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	if len(b) > arenaPiece/8 {
		return string(b)
	}
	if cap(a.piece)-len(a.piece) < len(b) {
		a.piece = make([]byte, 0, arenaPiece)
	}
	from := len(a.piece)
	a.piece = append(a.piece, b...)
	return unsafe.String(&a.piece[from], len(b)) // these bytes are never written again
}
