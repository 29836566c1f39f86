package telegram

import "github.com/llm-city/gorod/dataset/chat"

// maxReactions bounds the kinds of reactions to a message; Telegram's own bound
// is 11.
const maxReactions = 100

// reaction reads {type, count, emoji | document_id, recent[]}. What is no plain
// emoji, custom_emoji and paid, goes by the name of its type.
func (r *reader) reaction() error {
	r.pos++ // the bracket
	var kind string
	var one chat.Reaction
	for {
		key, ok, err := r.field()
		if err == nil && ok {
			err = r.reactionField(key, &kind, &one)
		}
		if err != nil {
			return err
		}
		if !ok {
			break
		}
	}
	if len(r.draft.reactions) == maxReactions {
		r.draft.lost++
		return nil
	}
	if one.Emoji == "" {
		one.Emoji = kind
	}
	r.draft.reactions = append(r.draft.reactions, one)
	return nil
}

func (r *reader) reactionField(key []byte, kind *string, one *chat.Reaction) error {
	var err error
	switch string(key) {
	case "type":
		*kind, err = r.short()
	case "emoji":
		one.Emoji, err = r.short()
	case "count":
		var n int64
		n, err = r.integer()
		one.Count = int(n)
	case "document_id":
		err = r.documentID()
	case "recent":
		err = r.skip()
	default:
		r.unknown("field of a reaction", key)
		err = r.skip()
	}
	return err
}
