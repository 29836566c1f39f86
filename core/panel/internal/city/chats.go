package city

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/llm-city/gorod/core/social"
)

// Chat is a conversation.
type Chat struct {
	ID           string
	Messages     int
	First, Last  int64 // ticks
	Participants []Participant
	Private      bool
	Group        string
	Opening      Message
	Keywords     []string
	Summary      []Message // the sentences that hold most of it, in order
	Mood         float64   // mean valence of its messages
	Rated        int
}

// Participant is somebody with the number of messages and their mean valence.
type Participant struct {
	Name
	Messages int
	Valence  float64
	Rated    int
}

// Name names somebody.
type Name struct {
	ID      string
	Name    string
	Visitor bool
}

// Message is something written or said.
type Message struct {
	ID      string
	Kind    string
	From    Name
	To      Name // empty ID: nobody in particular
	Tick    int64
	Time    time.Time
	Text    string
	Tone    string // negative, neutral, positive; empty where nobody rated it
	Valence float64
	Emotion string
	Target  string // what it answers
	Chat    string
	Private bool
	Group   string
	Own     bool // of the resident whose page it is on
}

// Filters of chats.
const (
	AllChats     = ""
	AnsweredOnly = "answered"
	PrivateOnly  = "private"
)

// Chats are a page of conversations, the most recent first, and how many there
// are: of those in which every word sought is said or is in the name of somebody
// who wrote.
func (v *View) Chats(filter, sought string, limit, offset int) (page []Chat, total int) {
	type recent struct{ thread, last int32 }
	words := v.sought(sought)
	var all []recent
	for i := range v.past.threads {
		acts := known(v.past.threads[i].acts, v.end)
		if len(acts) == 0 || filter == AnsweredOnly && len(acts) < 2 || filter == PrivateOnly && !v.private(acts[0]) || !v.hold(acts, words) {
			continue
		}
		all = append(all, recent{int32(i), acts[len(acts)-1]})
	}
	slices.SortFunc(all, func(a, b recent) int { return cmp.Compare(b.last, a.last) })
	for _, r := range all[min(offset, len(all)):min(offset+limit, len(all))] {
		page = append(page, v.chat(int(r.thread)))
	}
	return page, len(all)
}

// word is one that is sought: a stem that is said, or part of a name.
type word struct {
	stem  int32 // unsaid is -1
	names map[int32]bool
}

func (v *View) sought(text string) (words []word) {
	for _, w := range v.past.words.seek(text) {
		one := word{w.stem, map[int32]bool{}}
		for i := range v.past.people {
			if strings.Contains(v.past.people[i].folded(), w.form) {
				one.names[int32(i)] = true
			}
		}
		words = append(words, one)
	}
	return words
}

// hold reports whether every word is in some message, or in its author's name.
func (v *View) hold(acts []int32, words []word) bool {
	for _, w := range words {
		if !slices.ContainsFunc(acts, func(at int32) bool {
			a := &v.past.acts[at]
			return w.names[a.who] || slices.Contains(a.terms, w.stem)
		}) {
			return false
		}
	}
	return true
}

func (v *View) private(at int32) bool {
	return v.past.acts[at].audience == string(social.Direct)
}

// mostRead bounds how many messages of one conversation a page reads through.
const mostRead = 400

// Chat is one conversation with a page of its messages, oldest first; false
// where there is none.
func (v *View) Chat(id string, limit, offset int) (c Chat, messages []Message, ok bool) {
	num, ok := v.past.opened[id]
	if !ok {
		return c, nil, false
	}
	acts := known(v.past.threads[num].acts, v.end)
	if len(acts) == 0 {
		return c, nil, false
	}
	for _, at := range acts[min(offset, len(acts)):min(offset+limit, len(acts))] {
		messages = append(messages, v.message(at))
	}
	return v.chat(int(num)), messages, true
}

func (v *View) chat(num int) Chat {
	t := &v.past.threads[num]
	acts := known(t.acts, v.end)
	first, last := &v.past.acts[acts[0]], &v.past.acts[acts[len(acts)-1]]
	c := Chat{
		ID: t.id, Messages: len(acts), First: int64(first.tick), Last: int64(last.tick),
		Private: v.private(acts[0]), Group: first.group, Opening: v.message(acts[0]),
	}
	c.Participants = v.participants(acts, &c)
	read := acts[max(0, len(acts)-mostRead):]
	c.Keywords = v.keywords(read, 5)
	c.Summary = v.summary(read, 3)
	return c
}

// participants are who wrote, the most first.
func (v *View) participants(acts []int32, c *Chat) []Participant {
	place := map[int32]int{}
	var all []Participant
	for _, at := range acts {
		a := &v.past.acts[at]
		i, ok := place[a.who]
		if !ok {
			i = len(all)
			place[a.who], all = i, append(all, Participant{Name: v.name(a.who)})
		}
		all[i].Messages++
		if a.tone != untold {
			all[i].Valence += float64(a.valence)
			all[i].Rated++
			c.Mood += float64(a.valence)
			c.Rated++
		}
	}
	for i := range all {
		all[i].Valence /= float64(max(all[i].Rated, 1))
	}
	c.Mood /= float64(max(c.Rated, 1))
	slices.SortStableFunc(all, func(a, b Participant) int { return cmp.Compare(b.Messages, a.Messages) })
	return all
}

func (v *View) name(at int32) Name {
	if at == nobody {
		return Name{}
	}
	p := &v.past.people[at]
	return Name{p.ID, p.Name, p.visitor}
}

// Name is who has an id.
func (v *View) Name(id string) Name {
	if at, ok := v.past.names[id]; ok {
		return v.name(at)
	}
	return Name{ID: id, Name: id}
}

func (v *View) message(at int32) Message {
	a := &v.past.acts[at]
	m := Message{
		ID: a.id, Kind: a.kind, From: v.name(a.who), To: v.name(a.whom), Tick: int64(a.tick), Text: a.text, Valence: float64(a.valence),
		Emotion: a.emotion, Target: a.target, Private: v.private(at), Group: a.group,
	}
	m.Time, _ = time.Parse(time.RFC3339, v.past.ticks[a.tick].time)
	if a.thread != nobody {
		m.Chat = v.past.threads[a.thread].id
	}
	switch a.tone {
	case -1:
		m.Tone = "negative"
	case 0:
		m.Tone = "neutral"
	case 1:
		m.Tone = "positive"
	}
	return m
}
