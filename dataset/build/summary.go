package build

import (
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/llm-city/gorod/dataset/format"
	"github.com/llm-city/gorod/dataset/manifest"
)

// summary counts what is written.
type summary struct {
	splits   map[string]*manifest.Split
	chats    []manifest.Chat
	byChat   map[string]int
	lengths  manifest.Histogram
	turns    manifest.Histogram
	bursts   manifest.Histogram
	hours    manifest.Histogram
	weekdays manifest.Histogram
}

func newSummary(c *census) *summary {
	s := &summary{splits: map[string]*manifest.Split{}, byChat: map[string]int{}}
	for i, chat := range c.chats {
		s.byChat[chat.pseudonym] = i
		s.chats = append(s.chats, manifest.Chat{Chat: chat.pseudonym, Type: chat.Type, Messages: chat.messages, Speakers: len(chat.speakers)})
	}
	for _, name := range format.Splits() {
		s.splits[name] = &manifest.Split{Name: name}
	}
	s.lengths = histogram("reply-length", "Length of replies", "characters", 0, 5, 10, 20, 40, 80, 160, 320, 640)
	s.turns = histogram("turns", "Turns of examples", "turns", 2, 3, 4, 5, 6, 7, 8, 10, 15, 20)
	s.bursts = histogram("burst-length", "Messages that a reply joins", "messages", 1, 2, 3, 4, 5, 6, 8, 12)
	s.hours = histogram("hours", "Hour of replies (UTC)", "hour", series(24)...)
	for hour := range s.hours.Edges {
		s.hours.Labels = append(s.hours.Labels, strconv.Itoa(hour))
	}
	s.weekdays = histogram("weekdays", "Day of replies (UTC)", "day", series(7)...)
	s.weekdays.Labels = []string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}
	return s
}

func histogram(name, title, unit string, edges ...int64) manifest.Histogram {
	return manifest.Histogram{Name: name, Title: title, Unit: unit, Edges: edges, Counts: make([]int64, len(edges))}
}

func series(n int64) (out []int64) {
	for i := range n {
		out = append(out, i)
	}
	return out
}

func (s *summary) add(r *format.Row) {
	at := time.UnixMilli(r.Time).UTC()
	p := s.splits[r.Split]
	if p.Examples == 0 || at.Unix() < p.From {
		p.From = at.Unix()
	}
	p.To = max(p.To, at.Unix())
	p.Examples++
	p.Turns += int64(len(r.Turns))
	for i := range r.Turns {
		p.Chars += int64(utf8.RuneCountInString(r.Turns[i].Text))
	}
	s.chats[s.byChat[r.Chat]].Examples++
	s.lengths.Add(int64(utf8.RuneCountInString(r.Reply())))
	s.turns.Add(int64(len(r.Turns)))
	s.bursts.Add(int64(r.Turns[len(r.Turns)-1].Messages))
	s.hours.Add(int64(at.Hour()))
	s.weekdays.Add(int64(at.Weekday()+6) % 7)
}

func (s *summary) into(m *manifest.Manifest) {
	m.Chats = s.chats
	for _, name := range format.Splits() {
		m.Splits = append(m.Splits, *s.splits[name])
	}
	m.Figures = []manifest.Histogram{s.lengths, s.turns, s.bursts, s.hours, s.weekdays}
}
