package llm

import (
	"encoding/json"
	"iter"
	"strings"
)

// Bounds on the search for JSON in a reply.
const (
	maxReply  = 1 << 20 // bytes
	maxStarts = 32      // brackets tried as the start of a value
)

// jsonIn yields the JSON values that a reply may hold: the reply as it is, or
// every outermost object and array in it, mended where that is enough to make
// them JSON. Code fences and chatter around them fall away.
func jsonIn(reply string) iter.Seq[string] {
	return func(yield func(string) bool) {
		text := strings.TrimSpace(WithoutThinking(reply))
		if len(text) > maxReply {
			return
		}
		if json.Valid([]byte(text)) {
			yield(text)
			return
		}
		for starts := 0; starts < maxStarts; starts++ {
			i := strings.IndexAny(text, "{[")
			if i < 0 {
				return
			}
			text = text[i:]
			value, ok := outermost(text)
			if !ok {
				text = text[1:]
				continue
			}
			text = text[len(value):]
			if clean, ok := mend(value); ok && !yield(clean) {
				return
			}
		}
	}
}

// outermost is the bracketed value that text starts with.
func outermost(text string) (string, bool) {
	depth, quoted := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			if depth--; depth == 0 {
				return text[:i+1], true
			}
		}
	}
	return "", false
}

// mend drops commas before a closing bracket and escapes line breaks and tabs
// in strings, the slips that models make most.
func mend(value string) (string, bool) {
	if json.Valid([]byte(value)) {
		return value, true
	}
	var out strings.Builder
	quoted := false
	for i := 0; i < len(value); i++ {
		c := value[i]
		switch {
		case quoted && c == '\\' && i+1 < len(value):
			out.WriteByte(c)
			i++
			c = value[i]
		case c == '"':
			quoted = !quoted
		case quoted && strings.IndexByte("\n\r\t", c) >= 0:
			out.WriteByte('\\')
			c = "nrt"[strings.IndexByte("\n\r\t", c)]
		case !quoted && c == ',' && closes(value[i+1:]):
			continue
		}
		out.WriteByte(c)
	}
	return out.String(), json.Valid([]byte(out.String()))
}

func closes(rest string) bool {
	rest = strings.TrimLeft(rest, " \t\r\n")
	return rest != "" && (rest[0] == '}' || rest[0] == ']')
}
