package generate

import (
	"strconv"
	"strings"
)

func appendInt(b []byte, n int64) []byte { return strconv.AppendInt(b, n, 10) }

// part is a run of a text; kind is empty where it is plain.
type part struct{ text, kind, extra string }

// maxPast is from how many earlier texts duplicates are taken.
const maxPast = 512

// compose makes the text of the next message, and says what was planted in it.
func (g *generator) compose() []part {
	switch n := g.random.IntN(1000); {
	case n < 25:
		return g.revealing()
	case n < 40 && len(g.past) > 0:
		g.plant("exact", "")
		return []part{{text: g.pick(g.past)}}
	case n < 55 && len(g.past) > 0:
		g.plant("near", "")
		return []part{{text: g.nearly(g.pick(g.past))}}
	case n < 600:
		return []part{{text: g.fill(g.pick(g.lists["ответ"]))}}
	}
	text := g.sentence()
	if len(text) > 60 {
		g.remember(text)
	}
	return []part{{text: text}}
}

func (g *generator) remember(text string) {
	if len(g.past) < maxPast {
		g.past = append(g.past, text)
		return
	}
	g.past[g.random.IntN(maxPast)] = text
}

func (g *generator) sentence() string {
	about := g.at.theme
	if g.oneIn(2) {
		about = "разное" // so that not everything is like something said before
	}
	text := g.fill(g.pick(g.lists[about]))
	if g.oneIn(4) {
		text += g.pick([]string{", ", ". ", "\n", " — "}) + g.fill(g.pick(g.lists["добавка"]))
	}
	if g.oneIn(4) {
		text += g.pick([]string{" 😂", ")", "))", "...", "!", " 🙈", " 👍"})
	}
	return text
}

// fill puts words into the braces of a phrase.
func (g *generator) fill(phrase string) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(phrase, "{")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		var slot string
		slot, phrase, _ = strings.Cut(rest, "}")
		switch slot {
		case "что":
			b.WriteString(g.pick(g.lists[g.at.theme+".что"]))
		case "число":
			b.WriteString(strconv.Itoa(2 + g.random.IntN(900)))
		default:
			b.WriteString(g.pick(g.lists[slot]))
		}
	}
}

// nearly changes a text by little: a word twice, a letter less, another end.
func (g *generator) nearly(text string) string {
	words := strings.Fields(text)
	i := g.random.IntN(len(words))
	switch g.random.IntN(3) {
	case 0:
		words[i] += " " + words[i]
	case 1:
		if r := []rune(words[i]); len(r) > 3 {
			words[i] = string(r[:len(r)-2]) + string(r[len(r)-1])
			break
		}
		fallthrough
	default:
		words = append(words, "короче")
	}
	return strings.Join(words, " ")
}

// revealing is a text with personal data, marked as Telegram marks them.
func (g *generator) revealing() []part {
	kind := g.pick(kinds())
	value := g.personal(kind)
	g.plant(kind, value)
	before, after, _ := strings.Cut(g.pick(g.lists[kind]), "{x}")
	marks := map[string]string{"phone": "phone", "email": "email", "card": "bank_card", "username": "mention", "telegram": "link", "url": "link"}
	var parts []part
	for _, p := range []part{{text: before}, {text: value, kind: marks[kind]}, {text: after}} {
		switch last := len(parts) - 1; {
		case p.text == "":
		case last >= 0 && p.kind == "" && parts[last].kind == "":
			parts[last].text += p.text
		default:
			parts = append(parts, p)
		}
	}
	return parts
}

func (g *generator) plant(kind, value string) {
	g.opts.Planted(Plant{Chat: g.at.peer(), ID: g.at.id, Kind: kind, Value: value})
}

// text writes text and text_entities.
func (g *generator) text(parts ...part) {
	g.key("text")
	switch {
	case len(parts) == 0:
		g.quote("")
	case len(parts) == 1 && parts[0].kind == "":
		g.quote(parts[0].text)
	default:
		g.parts(parts, false)
	}
	if g.at.old {
		return
	}
	g.key("text_entities")
	g.parts(parts, true)
}

func (g *generator) parts(parts []part, objects bool) {
	g.open('[')
	if len(parts) == 0 {
		g.depth--
		g.b = append(g.b, ']')
		g.empty = false
		return
	}
	for _, p := range parts {
		g.item()
		if p.kind == "" && !objects {
			g.quote(p.text)
			continue
		}
		if p.kind == "" {
			p.kind = "plain"
		}
		g.open('{')
		g.str("type", p.kind)
		g.str("text", p.text)
		switch p.kind {
		case "text_link":
			g.str("href", p.extra)
		case "mention_name":
			g.raw("user_id", p.extra)
		case "custom_emoji":
			g.raw("document_id", p.extra)
		}
		g.close('}')
	}
	g.close(']')
}
