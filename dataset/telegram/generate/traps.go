package generate

import (
	"strconv"
	"strings"
)

// traps writes a chat for each thing that goes wrong.
func (g *generator) traps() {
	both := []int64{ownerID, firstUser}
	g.chat(plan{kind: "personal_chat", bare: 2_000_001, title: "Никто"}) // empty
	g.begin(plan{kind: "private_supergroup", bare: 2_000_002, title: "Поломки", users: both})
	g.at.turn = ownerID
	for _, trap := range []func(*generator){
		say(part{text: "таб\x0Bвертикальный и \x1F ещё"}),
		say(part{text: "см. "}, part{text: "😀", kind: "custom_emoji", extra: "stickers/AnimatedSticker (1).tgs"}),
		say(part{text: "см. "}, part{text: "😀", kind: "custom_emoji", extra: "(File unavailable, please try again later)"}),
		say(part{text: "не UTF-8: \xff\xfe"}),
		say(part{text: strings.Repeat("очень длинный текст ", 10_000)}),
		say(bomb()...),
		media("hologram", "{\"depth\": [[[[1]]]]}", "photo", placeholder),
		media("file", placeholder, "media_type", "hologram"),
		(*generator).oddType, (*generator).editedByReaction,
		back(1), back(0),
	} {
		g.step()
		g.at.turn = ownerID
		trap(g)
	}
	g.end()
	g.oldChat(both)
	g.migration(both)
	g.chat(plan{kind: "private_supergroup", bare: 2_000_005, title: "Защищённая", users: both[:1], messages: 10_000})
	g.unnamed()
}

func say(parts ...part) func(*generator) {
	return func(g *generator) {
		g.head("message")
		g.from("from")
		g.text(parts...)
		g.close('}')
	}
}

// bomb is a text of ten thousand entities.
func bomb() []part {
	parts := make([]part, 10_000)
	for i := range parts {
		parts[i] = part{text: "x", kind: "bold"}
	}
	return parts
}

func (g *generator) oddType() {
	g.head("prophecy")
	g.text(part{text: "кто знает"})
	g.close('}')
}

func (g *generator) editedByReaction() {
	g.item()
	g.open('{')
	g.num("id", g.at.id)
	g.str("type", "message")
	g.dates("date", g.at.time)
	g.dates("edited", g.at.time+999)
	g.from("from")
	g.text(part{text: "это не правили"})
	g.reactions()
	g.close('}')
}

// back writes an id again, n ids and an hour back.
func back(n int64) func(*generator) {
	return func(g *generator) {
		g.at.id -= n + 1
		g.at.time -= 3600
		say(part{text: "было раньше"})(g)
		g.at.id += n + 1
		g.at.time += 3600
	}
}

// oldChat is as versions before 2.4 wrote: no date_unixtime, no text_entities,
// ids that are numbers.
func (g *generator) oldChat(users []int64) {
	g.begin(plan{kind: "personal_chat", bare: firstUser + 1<<32, title: g.name(firstUser), users: users})
	g.at.old = true
	for range 20 {
		g.step()
		say(part{text: "по-старому "}, part{text: "@gen_user_1", kind: "mention"})(g)
	}
	g.end()
	g.at.old = false
}

// migration is a group that became a supergroup: as two chats, and as one with
// the older ids below zero.
func (g *generator) migration(users []int64) {
	g.begin(plan{kind: "private_group", bare: 2_000_003, title: "Переезд", users: users})
	g.at.turn = ownerID
	say(part{text: "скоро переедем"})(g)
	g.at.id++
	service("migrate_to_supergroup")(g)
	g.end()
	moved := g.at.time
	g.begin(plan{kind: "private_supergroup", bare: 2_000_004, title: "Переезд", users: users})
	g.at.turn, g.at.time = ownerID, moved
	service("migrate_from_group", "title", "Переезд")(g)
	g.end()
	g.begin(plan{kind: "private_supergroup", bare: 2_000_006, title: "Вместе", users: users})
	g.at.turn = ownerID
	for _, id := range []int64{1 - 1_000_000_000, 2 - 1_000_000_000, 1, 2} {
		g.at.id = id
		say(part{text: "сообщение " + strconv.FormatInt(id, 10)})(g)
	}
	g.end()
}

// unnamed is a chat without a name, of a type to come.
func (g *generator) unnamed() {
	g.item()
	g.open('{')
	g.raw("name", "null")
	g.str("type", "holo_chat")
	g.num("id", 2_000_007)
	g.str("mood", "x")
	g.key("messages")
	g.open('[')
	g.end()
}
