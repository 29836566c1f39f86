package live

import (
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/gotd/td/tg"

	"github.com/llm-city/gorod/dataset/chat"
)

// spans turns Telegram's offsets, in UTF-16 code units, into offsets in bytes
// of the text. What reaches out of the text is cut to it; what is empty then is
// left out.
func spans(text string, entities []tg.MessageEntityClass) []chat.Span {
	if len(entities) == 0 {
		return nil
	}
	var marks []int
	for _, e := range entities {
		marks = append(marks, e.GetOffset(), end(e))
	}
	slices.Sort(marks)
	marks = slices.Compact(marks)
	at := offsets(text, marks)
	var all []chat.Span
	for _, e := range entities {
		from, _ := slices.BinarySearch(marks, e.GetOffset())
		to, _ := slices.BinarySearch(marks, end(e))
		if at[from] < at[to] {
			kind, ref := entity(e)
			all = append(all, chat.Span{Type: kind, From: at[from], To: at[to], Ref: ref})
		}
	}
	return all
}

// end is bounded, for a length that a server made up.
func end(e tg.MessageEntityClass) int {
	return max(e.GetOffset(), 0) + min(max(e.GetLength(), 0), longestText)
}

// offsets in bytes of ascending offsets in code units. One in the middle of a
// surrogate pair means the character's beginning.
func offsets(text string, units []int) []int {
	at := make([]int, len(units))
	unit, next := 0, 0
	for i, r := range text {
		width := 1
		if r > 0xFFFF {
			width = 2
		}
		for next < len(units) && units[next] < unit+width {
			at[next], next = i, next+1
		}
		unit += width
	}
	for ; next < len(units); next++ {
		at[next] = len(text)
	}
	return at
}

// entity names a type as exports of Telegram Desktop do, and what it refers to.
func entity(e tg.MessageEntityClass) (kind, ref string) {
	switch e := e.(type) {
	case *tg.MessageEntityTextURL:
		return "text_link", valid(e.URL)
	case *tg.MessageEntityMentionName:
		return "mention_name", numbered(userPeer, e.UserID)
	case *tg.MessageEntityCustomEmoji:
		return "custom_emoji", strconv.FormatInt(e.DocumentID, 10)
	case *tg.MessageEntityPre:
		return "pre", clip(e.Language)
	case *tg.MessageEntityURL:
		return "link", ""
	case *tg.MessageEntityStrike:
		return "strikethrough", ""
	}
	return snake(e.TypeName(), "messageEntity"), ""
}

// clip bounds a short label of the network.
func clip(s string) string {
	const most = 64
	if s = valid(s); len(s) <= most {
		return s
	}
	cut := most
	for !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut]
}
