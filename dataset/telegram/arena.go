package telegram

import "strings"

// arena keeps many small strings in few pieces of memory. They never change, so
// that a string which somebody keeps against the contract of chat.Sink stays
// what it was.
type arena struct{ piece *strings.Builder }

const arenaPiece = 32 << 10

// put returns b as a string.
func (a *arena) put(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	if len(b) > arenaPiece/8 {
		return string(b)
	}
	if a.piece == nil || a.piece.Cap()-a.piece.Len() < len(b) {
		a.piece = &strings.Builder{}
		a.piece.Grow(arenaPiece)
	}
	from := a.piece.Len()
	a.piece.Write(b)
	return a.piece.String()[from:]
}
