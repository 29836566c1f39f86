package telegram

import (
	"bytes"

	"github.com/llm-city/gorod/dataset/chat"
)

// medium is a field that tells the kind of a message.
func (r *reader) medium(kind chat.Kind) error {
	r.draft.media = kind
	if kind == chat.Unknown {
		r.note("media that are not told apart")
	}
	return r.skip()
}

// file reads a path, or what stands in its place.
func (r *reader) file(kind chat.Kind) error {
	b, _, err := r.scalar()
	if err != nil {
		return err
	}
	if r.draft.media == "" {
		r.draft.media = kind
	}
	switch {
	case bytes.HasPrefix(b, []byte("(File not included")):
		r.note("files not included in the export")
	case bytes.HasPrefix(b, []byte("(File unavailable")):
		r.note("files that Telegram could not give")
	case bytes.HasPrefix(b, []byte("(File exceeds")):
		r.note("files too large for the export")
	}
	return nil
}

func (r *reader) mediaType() error {
	b, _, err := r.scalar()
	if err != nil {
		return err
	}
	switch string(b) {
	case "sticker":
		r.draft.media = chat.Sticker
	case "video_message":
		r.draft.media = chat.VideoNote
	case "voice_message":
		r.draft.media = chat.Voice
	case "animation":
		r.draft.media = chat.Animation
	case "video_file":
		r.draft.media = chat.Video
	case "audio_file":
		r.draft.media = chat.Audio
	default:
		r.unknown("type of media", b)
		r.draft.media = chat.Unknown
	}
	return nil
}
