package telegram

// moves pairs groups with the supergroups that they became. Neither names the
// other; the two service messages are of the same moment.
type moves struct{ left, joined []moment }

type moment struct {
	chat, title string
	time        int64
}

const (
	maxMoves = 10_000
	moveTime = 60 // seconds
)

// see takes a service message.
func (m *moves) see(action, chat, title string, time int64) {
	switch {
	case action == "migrate_to_supergroup" && len(m.left) < maxMoves:
		m.left = append(m.left, moment{chat, title, time})
	case action == "migrate_from_group" && len(m.joined) < maxMoves:
		m.joined = append(m.joined, moment{chat, title, time})
	}
}

func (m *moves) match() []Move {
	var found []Move
	for _, from := range m.left {
		for _, to := range m.joined {
			apart := to.time - from.time
			if from.title == to.title && from.chat != to.chat && -moveTime <= apart && apart <= moveTime {
				found = append(found, Move{From: from.chat, To: to.chat})
				break
			}
		}
	}
	return found
}
