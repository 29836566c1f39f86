package probe

import (
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/sim"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/text"
)

// Words are an answer in words: what was chosen, and why.
func Words(a event.Answer) string {
	var said []string
	switch {
	case a.Number != nil:
		said = append(said, strconv.FormatFloat(*a.Number, 'g', -1, 64))
	case len(a.Options) > 0:
		said = append(said, strings.Join(a.Options, "; "))
	case a.Type != spec.Open && a.Missing == "":
		said = append(said, "-")
	}
	if a.Text != "" {
		said = append(said, a.Text)
	}
	return strings.Join(said, " — ")
}

// Memory is what residents may be told about a talk in which they took part.
type Memory struct {
	Agents []string
	Text   string
}

const maxExchange = 4000 // runes of a Memory

// turn is a question with the answers to it.
type turn struct {
	Question string
	Answers  []named
}

// Memories are what those who answered an inquiry may be told of it: at a table
// all that was said, else what each was asked and answered.
func (d *Desk) Memories(w *sim.World, q Inquiry, answers []event.Answer) (all []Memory, err error) {
	answers = slices.DeleteFunc(slices.Clone(answers), func(a event.Answer) bool { return a.Missing != "" })
	if q.Table && len(answers) > 0 {
		m, err := d.shared(talk{Inquiry: q, names: namesOf(w)}, answers)
		return []Memory{m}, err
	}
	for own := range chunksOf(answers) {
		var turns []turn
		for _, a := range own {
			at := slices.IndexFunc(q.Questions, func(q spec.Question) bool { return q.ID == a.Question })
			if at >= 0 {
				turns = append(turns, turn{text.Quote(q.Questions[at].Text, maxRemark), []named{{"", text.Quote(Words(a), maxRemark)}}})
			}
		}
		m, err := d.memory([]string{own[0].Agent}, false, turns)
		if err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	return all, nil
}

// shared is what was said at a table.
func (d *Desk) shared(k talk, answers []event.Answer) (Memory, error) {
	var agents []string
	said := turn{Question: text.Quote(k.Questions[0].Text, maxRemark)}
	for _, a := range answers {
		agents = append(agents, a.Agent)
		said.Answers = append(said.Answers, k.named(Remark{a.Agent, Words(a)}))
	}
	return d.memory(agents, true, []turn{said})
}

// chunksOf are the answers of each resident, which stand together.
func chunksOf(answers []event.Answer) iter.Seq[[]event.Answer] {
	return func(yield func([]event.Answer) bool) {
		for start := 0; start < len(answers); {
			end := start + 1
			for end < len(answers) && answers[end].Agent == answers[start].Agent {
				end++
			}
			if !yield(answers[start:end]) {
				return
			}
			start = end
		}
	}
}

func (d *Desk) memory(agents []string, table bool, turns []turn) (Memory, error) {
	words, err := d.words.render("exchange", map[string]any{"Table": table, "Turns": turns})
	return Memory{agents, text.Plain(words, maxExchange)}, err
}
