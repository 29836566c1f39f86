package build

import (
	"strconv"

	"github.com/llm-city/gorod/dataset/chat"
	"github.com/llm-city/gorod/dataset/clean/pii"
	"github.com/llm-city/gorod/dataset/dialogue"
	"github.com/llm-city/gorod/dataset/format"
)

// made is what became of a batch of stretches.
type made struct {
	records  []byte // of the examples, one after another
	examples []madeExample
	drops    map[drop]int64
	pii      map[pii.Type]int64
	messages int64 // that were kept
	turns    int64 // of targets
}

func newMade() *made { return &made{drops: map[drop]int64{}, pii: map[pii.Type]int64{}} }

// add adds the counts of another.
func (m *made) add(other *made) {
	for d, n := range other.drops {
		m.drops[d] += n
	}
	for kind, n := range other.pii {
		m.pii[kind] += n
	}
	m.messages += other.messages
	m.turns += other.turns
}

// reasons are why a stage left something out, and how often.
func (m *made) reasons(stage string) map[string]int64 {
	out := map[string]int64{}
	for d, n := range m.drops {
		if d.stage == stage {
			out[d.reason] = n
		}
	}
	return out
}

func sum(counts map[string]int64) int64 {
	var n int64
	for _, c := range counts {
		n += c
	}
	return n
}

// madeExample is what the next stages know of an example.
type madeExample struct {
	size     int // of its record
	tail     int // where in it the last two turns begin
	exchange string
	asked    int64 // Unix seconds
	replied  int64
	chat     string
	target   string
	threads  []string
	origins  []string
}

// drop is a stage and its reason to leave something out.
type drop struct{ stage, reason string }

// composer makes examples of stretches; each worker has its own.
type composer struct {
	census   *census
	people   *people
	cleaner  *cleaner
	scope    *pii.Scope
	dialogue dialogue.Composer
	out      *made
}

// batch works on a batch.
func (c *composer) batch(stretches []*dialogue.Stretch) *made {
	c.out = newMade()
	for _, s := range stretches {
		c.stretch(s)
	}
	out := c.out
	c.out = nil
	return out
}

func (c *composer) stretch(s *dialogue.Stretch) {
	c.scope.Reset()
	answered := make([]dialogue.Line, len(s.Answered))
	for i := range s.Answered {
		answered[i], _ = c.line(&s.Answered[i].Message)
	}
	lines := make([]dialogue.Line, len(s.Messages))
	for i := range s.Messages {
		line, reason := c.line(&s.Messages[i])
		lines[i] = line
		if reason != "" {
			c.out.drops[drop{stageClean, reason}]++
			continue
		}
		c.out.messages++
	}
	c.dialogue.Yield = func(e dialogue.Example) { c.example(s, e) }
	c.dialogue.Compose(s, lines, answered)
	for kind, n := range c.scope.Counts() {
		c.out.pii[kind] += int64(n)
	}
}

// line is a message as it goes into a dialogue; one that is left out has no
// text.
func (c *composer) line(m *chat.Message) (dialogue.Line, string) {
	text, reason := c.cleaner.text(m)
	if reason != "" {
		return dialogue.Line{Message: m}, reason
	}
	text = c.scope.Redact(text, m.Entities)
	if m.Forward != "" {
		m.Forward = c.census.post(m)
	}
	return dialogue.Line{Message: m, Text: text}, ""
}

// dropped is told of turns of targets that became no example.
func (c *composer) dropped(r dialogue.Reason) {
	c.out.turns++
	c.out.drops[drop{stageExamples, string(r)}]++
}

func (c *composer) example(s *dialogue.Stretch, e dialogue.Example) {
	row := c.row(e)
	from := len(c.out.records)
	records, tail := encode(c.out.records, row)
	c.out.records = records
	turns := e.Turns
	answered := turns[len(turns)-2]
	c.out.turns += learnt(row, c.dialogue.Example.Form)
	c.out.examples = append(c.out.examples, madeExample{
		size: len(c.out.records) - from, tail: tail, exchange: row.Exchange(),
		asked: answered.Time, replied: turns[len(turns)-1].End, chat: row.Chat, target: row.Target,
		threads: row.Threads, origins: row.Origins,
	})
}

// row is an example with pseudonyms in place of ids.
func (c *composer) row(e dialogue.Example) *format.Row {
	name := c.census.byChat[e.Chat].pseudonym
	thread := name + "/"
	if e.Thread != 0 {
		thread += strconv.FormatInt(e.Thread, 10) + "/"
	}
	last := &e.Turns[len(e.Turns)-1]
	row := &format.Row{
		Chat: name, Topic: int32(e.Topic), Time: e.Time * 1000, Target: c.people.byID[last.Speaker].pseudonym,
		Threads: []string{thread + strconv.Itoa(e.Index)}, Turns: make([]format.Turn, len(e.Turns)),
	}
	row.ID = row.Threads[0] + "/" + strconv.FormatInt(last.IDs[0], 10)
	for _, index := range e.Earlier {
		row.Threads = append(row.Threads, thread+strconv.Itoa(index))
	}
	for i := range e.Turns {
		c.turn(row, i, &e.Turns[i], e.Turns[i].Speaker == last.Speaker)
	}
	return row
}

func (c *composer) turn(row *format.Row, i int, t *dialogue.Turn, own bool) {
	speaker := c.people.byID[t.Speaker]
	row.Turns[i] = format.Turn{Role: format.User, Speaker: speaker.pseudonym, Time: t.Time * 1000, Messages: int32(t.Bursts), Text: t.Text}
	if own {
		row.Turns[i].Role = format.Assistant
	} else {
		row.Role = speaker.role // of who spoke last
	}
	if speaker.pseudonym == "" {
		row.Turns[i].Speaker = "unknown"
	}
	if t.Forward != "" {
		row.Origins = append(row.Origins, t.Forward)
	}
}

// learnt is how many turns of an example are to be learnt.
func learnt(row *format.Row, form dialogue.Form) int64 {
	if form == dialogue.Replies {
		return 1
	}
	var n int64
	for i := range row.Turns {
		if row.Turns[i].Role == format.Assistant {
			n++
		}
	}
	return n
}
