package telegram_test

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/llm-city/gorod/dataset/chat"
	"github.com/llm-city/gorod/dataset/telegram"
	"github.com/llm-city/gorod/dataset/telegram/generate"
)

// oracle makes messages of a chat in memory, from what encoding/json reads.
type oracle struct {
	group string // how peers are called that are no users
	self  string // the chat
	last  int64  // time
	roots map[int64]bool
	of    map[int64]int64
}

type object = map[string]any

var whole = regexp.MustCompile(`^-?[0-9]{1,18}$`)

func str(v any) string {
	s, _ := v.(string)
	return s
}

func num(v any) (int64, bool) {
	s := str(v)
	if n, ok := v.(json.Number); ok {
		s = n.String()
	}
	if !whole.MatchString(s) {
		return 0, false
	}
	n, _ := strconv.ParseInt(s, 10, 64)
	return n, true
}

func peer(v any, group string) string {
	n, ok := num(v)
	switch {
	case !ok:
		if b, is := v.(bool); is {
			return strconv.FormatBool(b)
		}
		if n, is := v.(json.Number); is {
			return n.String()
		}
		return str(v)
	case n >= 2<<32 && n < 3<<32:
		return group + strconv.FormatInt(n-2<<32, 10)
	case n >= 1<<32 && n < 2<<32:
		n -= 1 << 32
	}
	return "user" + strconv.FormatInt(n, 10)
}

func (o *oracle) message(m object) chat.Message {
	out := chat.Message{Via: label(m["via_bot"]), Action: label(m["action"]), Emoji: label(m["sticker_emoji"])}
	out.ID, _ = num(m["id"])
	out.Kind = kind(m)
	var dated bool
	if out.Time, dated = when(m, "date"); !dated {
		out.Time = o.last
	}
	o.last = out.Time
	out.Edited, _ = when(m, "edited")
	who := "from"
	if _, acts := m["actor_id"]; acts {
		who = "actor"
	}
	out.Sender, out.Name = peer(m[who+"_id"], o.group), str(m[who])
	out.Text, out.Entities = runs(m["text"], o.group)
	if text, spans := runs(m["text_entities"], o.group); out.Text == "" || out.Text == text {
		out.Text, out.Entities = text, spans
	}
	if _, forwarded := m["forwarded_from"]; forwarded {
		if out.Forward = str(m["forwarded_from"]); out.Forward == "" {
			out.Forward = telegram.UnknownOrigin
		}
	}
	reactions, _ := m["reactions"].([]any)
	for _, r := range reactions {
		r := r.(object)
		n, _ := num(r["count"])
		out.Reactions = append(out.Reactions, chat.Reaction{Emoji: str(r["emoji"]), Count: int(n)})
	}
	o.answers(&out, m)
	return out
}

func label(v any) string { return str(v) }

func (o *oracle) answers(out *chat.Message, m object) {
	out.ReplyTo, _ = num(m["reply_to_message_id"])
	if other := peer(m["reply_to_peer_id"], "channel"); other != "" && other != o.self {
		out.ReplyChat = other
	} else if o.roots[out.ReplyTo] {
		out.Topic, out.ReplyTo = out.ReplyTo, 0
	} else {
		out.Topic = o.of[out.ReplyTo]
	}
	if out.Kind == chat.Service && out.Action == "topic_created" {
		o.roots[out.ID] = true
		out.Topic = out.ID
	} else if out.Topic != 0 {
		o.of[out.ID] = out.Topic
	}
}

func when(m object, field string) (int64, bool) {
	if n, ok := num(m[field+"_unixtime"]); ok {
		return n, true
	}
	t, err := time.Parse("2006-01-02T15:04:05", str(m[field]))
	if err != nil {
		return 0, false
	}
	return t.Unix(), true
}

func runs(v any, group string) (string, []chat.Span) {
	if s := str(v); s != "" {
		return s, nil
	}
	var b strings.Builder
	var spans []chat.Span
	parts, _ := v.([]any)
	for _, p := range parts {
		o, marked := p.(object)
		if !marked {
			b.WriteString(str(p))
			continue
		}
		from := b.Len()
		b.WriteString(str(o["text"]))
		if kind := str(o["type"]); kind != "plain" && b.Len() > from {
			ref := str(o["href"])
			if id, ok := o["user_id"]; ok {
				ref = peer(id, group)
			}
			spans = append(spans, chat.Span{Type: kind, From: from, To: b.Len(), Ref: ref})
		}
	}
	return b.String(), spans
}

func kind(m object) chat.Kind {
	switch str(m["type"]) {
	case "service":
		return chat.Service
	case "unsupported":
		return chat.Unsupported
	case "message":
	default:
		return chat.Unknown
	}
	media := map[string]chat.Kind{
		"sticker": chat.Sticker, "video_message": chat.VideoNote, "voice_message": chat.Voice, "animation": chat.Animation,
		"video_file": chat.Video, "audio_file": chat.Audio,
	}
	if k, ok := media[str(m["media_type"])]; ok {
		return k
	}
	for field, k := range map[string]chat.Kind{
		"photo": chat.Photo, "file": chat.File, "contact_information": chat.Contact, "location_information": chat.Location,
		"poll": chat.Poll, "game_title": chat.Game, "invoice_information": chat.Invoice,
	} {
		if _, ok := m[field]; ok {
			return k
		}
	}
	return chat.Text
}

func decode(t testing.TB, file []byte) object {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(file))
	dec.UseNumber()
	var all object
	if err := dec.Decode(&all); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestGeneratedExportIsReadAsEncodingJSONReadsIt(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		var file bytes.Buffer
		if err := generate.Write(t.Context(), &file, generate.Options{Seed: seed, Messages: 4000}); err != nil {
			t.Fatal(err)
		}
		k, report, _ := read(t, file.String())
		var want []chat.Message
		for _, c := range decode(t, file.Bytes())["chats"].(object)["list"].([]any) {
			c := c.(object)
			prefix := map[string]string{"private_group": "chat", "private_supergroup": "channel", "public_channel": "channel"}[str(c["type"])]
			if prefix == "" {
				prefix = "user"
			}
			o := oracle{group: prefix, self: prefix + c["id"].(json.Number).String(), roots: map[int64]bool{}, of: map[int64]int64{}}
			for _, m := range c["messages"].([]any) {
				want = append(want, o.message(m.(object)))
			}
		}
		if len(want) != 4000 || len(k.messages) != len(want) {
			t.Fatalf("%d and %d messages", len(want), len(k.messages))
		}
		for i := range want {
			if same(t, k.messages[i], want[i]); t.Failed() {
				t.FailNow()
			}
		}
		for what := range report.Counts {
			if strings.HasPrefix(what, "unknown") {
				t.Errorf("the generator writes what is not known: %s", what)
			}
		}
	}
}
