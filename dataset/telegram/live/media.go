package live

import (
	"github.com/gotd/td/tg"

	"github.com/llm-city/gorod/dataset/chat"
)

// carry notes what comes with a message beside its text.
func carry(to *chat.Message, media tg.MessageMediaClass) {
	switch m := media.(type) {
	case nil, *tg.MessageMediaEmpty, *tg.MessageMediaWebPage:
	case *tg.MessageMediaPhoto:
		to.Kind = chat.Photo
	case *tg.MessageMediaDocument:
		to.Kind, to.Emoji = document(m)
	case *tg.MessageMediaDice:
		to.Kind, to.Emoji = chat.Sticker, clip(m.Emoticon)
	case *tg.MessageMediaGeo, *tg.MessageMediaGeoLive, *tg.MessageMediaVenue:
		to.Kind = chat.Location
	case *tg.MessageMediaContact:
		to.Kind = chat.Contact
	case *tg.MessageMediaPoll:
		to.Kind = chat.Poll
		if to.Text == "" {
			to.Text = valid(m.Poll.Question.Text)
		}
	case *tg.MessageMediaGame:
		to.Kind = chat.Game
	case *tg.MessageMediaInvoice, *tg.MessageMediaPaidMedia:
		to.Kind = chat.Invoice
	case *tg.MessageMediaStory:
		to.Kind = chat.Story
	case *tg.MessageMediaUnsupported:
		to.Kind = chat.Unsupported
	default:
		to.Kind = chat.Unknown
	}
}

// document says what a file is by its attributes, the most telling first.
func document(m *tg.MessageMediaDocument) (kind chat.Kind, emoji string) {
	file, ok := m.Document.(*tg.Document)
	if !ok { // it has gone, or destroys itself
		return placeholder(m), ""
	}
	kind = chat.File
	for _, attribute := range file.Attributes {
		switch a := attribute.(type) {
		case *tg.DocumentAttributeSticker:
			return chat.Sticker, clip(a.Alt)
		case *tg.DocumentAttributeAnimated:
			kind = chat.Animation
		case *tg.DocumentAttributeVideo:
			if kind == chat.Animation {
				continue // a clip without sound has both
			}
			if kind = chat.Video; a.RoundMessage {
				kind = chat.VideoNote
			}
		case *tg.DocumentAttributeAudio:
			if kind = chat.Audio; a.Voice {
				kind = chat.Voice
			}
		}
	}
	return kind, ""
}

func placeholder(m *tg.MessageMediaDocument) chat.Kind {
	switch {
	case m.Round:
		return chat.VideoNote
	case m.Voice:
		return chat.Voice
	case m.Video:
		return chat.Video
	}
	return chat.File
}
