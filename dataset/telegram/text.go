package telegram

import (
	"bytes"

	"github.com/llm-city/gorod/dataset/chat"
)

// maxSpans bounds the entities of a message; Telegram's own bound is 100.
const maxSpans = 1000

// runs is a text that is put together of its parts.
type runs struct {
	b     []byte
	spans []chat.Span
	cut   bool
	lost  int64 // spans beyond the bound
}

func (t runs) emptied() runs { return runs{b: t.b[:0], spans: t.spans[:0]} }

// text reads what text and text_entities hold: a string, or an array of strings
// and of objects with a type.
func (r *reader) text(into *runs) error {
	*into = into.emptied()
	c, err := r.peek()
	if err != nil {
		return err
	}
	if c != '[' {
		return r.plain(into)
	}
	r.pos++
	for {
		ok, err := r.element()
		if err != nil || !ok {
			return err
		}
		if r.buf[r.pos] == '{' {
			err = r.entity(into)
		} else {
			err = r.plain(into)
		}
		if err != nil {
			return err
		}
	}
}

func (r *reader) plain(into *runs) error {
	b, form, err := r.scalar()
	switch {
	case err != nil:
		return err
	case form == quoted:
		r.add(into, b)
	case form != null:
		r.note(otherForm)
	}
	return nil
}

// add appends a part as far as the limit allows.
func (r *reader) add(into *runs, b []byte) {
	if into.cut {
		return
	}
	var whole bool
	into.b, whole = r.appendValid(into.b, b, r.draft.limit-len(into.b))
	into.cut = !whole
}

// entity reads an object {type, text, …}.
func (r *reader) entity(into *runs) error {
	r.pos++ // the bracket
	span := chat.Span{From: len(into.b)}
	d := &r.draft
	d.href = d.href[:0]
	for {
		key, ok, err := r.field()
		if err == nil && ok {
			err = r.entityField(key, into, &span)
		}
		if err != nil {
			return err
		}
		if !ok {
			break
		}
	}
	if span.To = len(into.b); span.Type == "plain" || span.To == span.From {
		return nil
	}
	if len(into.spans) == maxSpans {
		into.lost++
		return nil
	}
	span.Ref = r.arena.put(d.href)
	into.spans = append(into.spans, span)
	return nil
}

func (r *reader) entityField(key []byte, into *runs, span *chat.Span) error {
	var err error
	switch string(key) {
	case "type":
		span.Type, err = r.entityType()
	case "text":
		err = r.plain(into)
	case "href":
		r.draft.href, _, err = r.name(r.draft.href[:0])
	case "user_id":
		r.draft.href, err = r.peer(r.draft.href[:0], "")
	case "document_id":
		err = r.documentID()
	case "language", "collapsed":
		err = r.skip()
	default:
		r.unknown("field of an entity", key)
		err = r.skip()
	}
	return err
}

func (r *reader) entityType() (string, error) {
	b, _, err := r.scalar()
	if err != nil {
		return "", err
	}
	switch string(b) {
	case "plain":
		return "plain", nil
	case "mention", "hashtag", "bot_command", "link", "email", "bold", "italic", "code", "pre", "text_link", "mention_name", "phone",
		"cashtag", "underline", "strikethrough", "blockquote", "bank_card", "spoiler", "custom_emoji", "unknown":
	default:
		r.unknown("type of an entity", b)
	}
	r.draft.label, _ = r.appendValid(r.draft.label[:0], b, nameLimit)
	return r.names.of(r.draft.label), nil
}

// documentID passes over the path of an emoji's picture, which Telegram Desktop
// 4.1 writes without quotes.
func (r *reader) documentID() error {
	c, err := r.peek()
	if err != nil {
		return err
	}
	if c == '"' {
		return r.skipString()
	}
	odd, err := r.unquoted()
	if odd {
		r.note("document_id without quotes")
	}
	return err
}

// said sets the text of a message and what in it means something.
// text_entities says it in full; older exports have it only in text.
func (r *reader) said() {
	d := &r.draft
	text, spans := &d.text, d.text.spans
	switch {
	case len(d.text.b) == 0:
		text, spans = &d.entities, d.entities.spans
	case bytes.Equal(d.text.b, d.entities.b):
		spans = d.entities.spans
	case len(d.entities.b) > 0:
		r.note("text_entities that differ from text")
	}
	if d.out.Text = r.arena.put(text.b); len(spans) > 0 {
		d.out.Entities = spans
	}
	if len(d.reactions) > 0 {
		d.out.Reactions = d.reactions
	}
	if text.cut {
		r.note("texts cut at the limit")
	}
	if d.text.lost > 0 || d.entities.lost > 0 {
		r.note("messages with more entities than are kept")
	}
	if d.lost > 0 {
		r.note("messages with more reactions than are kept")
	}
}
