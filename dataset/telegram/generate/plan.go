package generate

import "strconv"

// place is a chat and where in it the generator is.
type place struct {
	plan
	id    int64 // of the next message
	time  int64
	theme string
	next  int // messages until the theme changes
	turn  int64
	left  int // messages until somebody else speaks
	old   bool
	topic int64
}

// plan is a chat that will be written.
type plan struct {
	kind     string
	bare     int64
	title    string
	users    []int64 // who write; the owner is among them
	messages int
	forum    bool
}

// peer is the chat as the importer names it.
func (p plan) peer() string {
	prefix := "user"
	switch p.kind {
	case "private_group":
		prefix = "chat"
	case "private_supergroup", "public_supergroup", "private_channel", "public_channel":
		prefix = "channel"
	}
	return prefix + strconv.FormatInt(p.bare, 10)
}

// planned shares messages out: half of them to chats with one person, of which
// there are more the more messages there are.
func planned(messages int) []plan {
	people := min(4+messages/20_000, 60)
	group := []int64{ownerID}
	for i := range 14 {
		group = append(group, firstUser+int64(i))
	}
	all := []plan{
		{kind: "private_group", bare: firstGroup, title: "Дача и шашлыки", users: group[:6], messages: messages * 15 / 100},
		{kind: "private_supergroup", bare: firstGroup + 1, title: "Наш двор", users: group, messages: messages * 25 / 100, forum: true},
		{kind: "public_channel", bare: firstGroup + 2, title: "Новости района", users: nil, messages: messages * 5 / 100},
		{kind: "saved_messages", bare: ownerID, users: group[:1], messages: messages * 3 / 100},
		{kind: "bot_chat", bare: firstUser + 500, title: "Бот погоды", users: []int64{ownerID, firstUser + 500}, messages: messages * 2 / 100},
	}
	left := messages
	for _, p := range all {
		left -= p.messages
	}
	for i := range people {
		n := left / (people - i)
		left -= n
		id := int64(firstUser + i)
		all = append(all, plan{kind: "personal_chat", bare: id, users: []int64{ownerID, id}, messages: n})
	}
	return all
}
