package generate

import "strconv"

// specialEvery is how often a message is more than text.
const specialEvery = 16

// message writes the next message of a chat.
func (g *generator) message() {
	g.step()
	if g.serial%specialEvery == 0 {
		all := specials()
		all[g.serial/specialEvery%len(all)](g)
		return
	}
	if g.at.forum && g.oneIn(500) {
		g.newTopic()
		return
	}
	g.head("message")
	g.from("from")
	switch {
	case g.oneIn(40):
		g.forwarded()
	case g.oneIn(8):
		g.reply()
	case g.at.topic != 0:
		g.num("reply_to_message_id", g.at.topic)
	}
	g.text(g.compose()...)
	if g.oneIn(25) {
		g.reactions()
	}
	g.close('}')
}

// head begins a message.
func (g *generator) head(kind string) {
	g.item()
	g.open('{')
	g.num("id", g.at.id)
	g.str("type", kind)
	g.dates("date", g.at.time)
	if kind == "message" && g.oneIn(50) {
		g.dates("edited", g.at.time+60)
	}
}

// from writes who wrote or did something.
func (g *generator) from(field string) {
	if len(g.at.users) == 0 {
		g.str(field, g.at.title)
		g.str(field+"_id", g.at.peer())
		return
	}
	g.str(field, g.name(g.at.turn))
	if g.at.old {
		g.num(field+"_id", g.at.turn+1<<32)
		return
	}
	g.str(field+"_id", "user"+strconv.FormatInt(g.at.turn, 10))
}

func (g *generator) reply() {
	if back := int64(1 + g.random.IntN(12)); back < g.at.id {
		g.num("reply_to_message_id", g.at.id-back)
	}
}

// forwarded passes on, again and again, the words of a few channels.
func (g *generator) forwarded() {
	if g.oneIn(20) {
		g.raw("forwarded_from", "null")
		return
	}
	g.str("forwarded_from", "Канал "+strconv.Itoa(g.random.IntN(20)))
}

func (g *generator) newTopic() {
	g.head("service")
	g.from("actor")
	g.strs("action", "topic_created", "title", "Тема про "+g.at.theme)
	g.text()
	g.close('}')
	g.at.topic = g.at.id
}

func (g *generator) reactions() {
	g.key("reactions")
	g.open('[')
	g.item()
	g.open('{')
	g.str("type", "emoji")
	g.num("count", int64(1+g.random.IntN(3)))
	g.str("emoji", g.pick([]string{"👍", "❤", "🔥", "😁"}))
	g.close('}')
	g.close(']')
}

// service writes a service message with fields and their values in turn.
func service(action string, fields ...string) func(*generator) {
	return func(g *generator) {
		g.head("service")
		g.from("actor")
		g.str("action", action)
		g.strs(fields...)
		g.text()
		g.close('}')
	}
}

// media writes a message with a field for each pair, and a caption at times. A
// value in brackets or braces is no string.
func media(fields ...string) func(*generator) {
	return func(g *generator) {
		g.head("message")
		g.from("from")
		for i := 0; i < len(fields); i += 2 {
			if c := fields[i+1][0]; c == '{' || c == '#' || fields[i+1] == "null" {
				g.raw(fields[i], trimHash(fields[i+1]))
			} else {
				g.str(fields[i], fields[i+1])
			}
		}
		if g.oneIn(3) {
			g.text(part{text: g.pick(g.lists["добавка"])})
		} else {
			g.text()
		}
		g.close('}')
	}
}

func trimHash(s string) string {
	if s[0] == '#' {
		return s[1:]
	}
	return s
}
