package generate

import (
	"strconv"
	"strings"
)

func (g *generator) owner() {
	first, last, _ := strings.Cut(g.name(ownerID), " ")
	g.key("personal_information")
	g.open('{')
	g.num("user_id", ownerID)
	g.strs("first_name", first, "last_name", last, "phone_number", "+7 900 000 00 00", "username", "@gen_owner")
	g.close('}')
}

// people are half of those who write.
func (g *generator) people() {
	g.key("contacts")
	g.open('{')
	g.str("about", "Here are your contacts.")
	g.key("list")
	g.open('[')
	for i := range 12 {
		id := int64(firstUser + 2*i)
		first, last, _ := strings.Cut(g.name(id), " ")
		g.item()
		g.open('{')
		g.num("user_id", id)
		g.strs("first_name", first, "last_name", last, "phone_number", "+7 900 000 00 "+strconv.Itoa(10+i))
		g.dates("date", begins)
		g.close('}')
	}
	g.close(']')
	g.close('}')
}

func (g *generator) sessions() {
	g.key("sessions")
	g.open('{')
	g.str("about", "Here are your sessions.")
	g.key("list")
	g.open('[')
	g.item()
	g.open('{')
	g.dates("last_active", begins)
	g.strs("last_ip", "192.0.2.1", "application_name", "Telegram Desktop", "device_model", "Desktop")
	g.close('}')
	g.close(']')
	g.close('}')
}

// name is that of a user; the owner's is the first of the list.
func (g *generator) name(id int64) string {
	all := g.lists["имя"]
	return all[int(id-ownerID)%len(all)]
}
