package live

import (
	"fmt"
	"log/slog"
)

// Secret is a word that must not be shown: however it is printed, logged or
// marshalled, a placeholder stands in its place.
type Secret struct{ word string }

const hidden = "[hidden]"

var (
	_ fmt.Formatter  = Secret{}
	_ slog.LogValuer = Secret{}
)

// NewSecret hides a word.
func NewSecret(word string) Secret { return Secret{word} }

// Empty says whether there is nothing to hide.
func (s Secret) Empty() bool { return s.word == "" }

// Format prints the placeholder, whatever the verb.
func (s Secret) Format(to fmt.State, _ rune) { fmt.Fprint(to, hidden) }

// LogValue is the placeholder.
func (s Secret) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText gives the placeholder.
func (s Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }
