package generate

import "time"

// chat writes a chat of a plan.
func (g *generator) chat(p plan) {
	if p.title == "" && p.kind == "personal_chat" {
		p.title = g.name(p.bare)
	}
	g.begin(p)
	for range p.messages {
		g.message()
		if g.err == nil && g.serial%1024 == 0 {
			g.err = g.ctx()
		}
		if g.err != nil {
			break
		}
	}
	g.end()
}

// begin writes what stands before the messages of a chat.
func (g *generator) begin(p plan) {
	g.at = place{plan: p, id: 1, time: begins + int64(g.random.IntN(86400))}
	g.item()
	g.open('{')
	g.strs("name", p.title, "type", p.kind)
	g.num("id", p.bare)
	g.key("messages")
	g.open('[')
}

func (g *generator) end() {
	g.close(']')
	g.close('}')
}

// step moves on to the next message: who speaks, about what and when.
func (g *generator) step() {
	g.serial++
	a := &g.at
	a.id += 1 + int64(g.random.IntN(20)/19)
	if a.next--; a.next <= 0 {
		a.next = 8 + g.random.IntN(25)
		a.theme = g.pick([]string{"работа", "еда", "поездка", "учёба", "спорт", "ремонт", "здоровье", "кино"})
		a.time += int64(1800 + g.random.IntN(20*3600))
		a.left = 0
	}
	a.time += int64(2 + g.random.IntN(50))
	if a.left--; a.left < 0 && len(a.users) > 0 {
		a.left = g.random.IntN(3)
		a.time += int64(5 + g.random.IntN(240))
		turn := a.turn
		a.turn = a.users[g.random.IntN(len(a.users))]
		if len(a.users) == 2 && turn == a.turn {
			a.turn = a.users[0] + a.users[1] - turn
		}
	}
}

// moscow is where the machine stands that exports.
const moscow = 3 * 3600

// dates writes a time as an export does: by the wall clock, and in seconds.
func (g *generator) dates(name string, unix int64) {
	g.spare = time.Unix(unix+moscow, 0).UTC().AppendFormat(g.spare[:0], "2006-01-02T15:04:05")
	g.key(name)
	g.b = append(append(append(g.b, '"'), g.spare...), '"')
	if g.at.old {
		return
	}
	g.key(name + "_unixtime")
	g.b = append(g.b, '"')
	g.b = appendInt(g.b, unix)
	g.b = append(g.b, '"')
}
