package tally

import (
	"cmp"
	"hash/fnv"
	"slices"
	"strings"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/plugins/text"
)

const (
	maxPolls   = 1 << 14 // questions × times of a run
	maxAnswers = 512     // different ones to a question
)

// MaxQuotes bounds the open answers kept of a question at a time.
const MaxQuotes = 8

// Asked is a question at a time.
type Asked struct {
	Survey, Question string
	Tick             int64
}

// Poll is what the residents of a run answered to a question at a time.
type Poll struct {
	Asked
	Type    string             // single, multiple, scale or open
	N       int                // residents who answered
	Missing int                // asked, and gave no answer
	Options []Counted[string]  // how many chose each, the most frequent first
	Numbers []Counted[float64] // how many gave each, the most frequent first
	Mean    Mean               // of numbers
	Reasons []Counted[string]  // why answers are missing, the most frequent first
	Quotes  []Quote            // open answers: a sample
}

// Quote is an answer in a resident's own words.
type Quote struct {
	Agent, Text string

	rank uint64
}

// Polls add up the answers of a run as they pass by. It is not safe for
// concurrent use.
type Polls struct {
	index map[Asked]*poll
	order []*poll
}

// poll is a Poll that is being added up.
type poll struct {
	Poll
	options, reasons *counter[string]
	numbers          *counter[float64]
}

// NewPolls is empty.
func NewPolls() *Polls { return &Polls{index: map[Asked]*poll{}} }

// Add adds an answer. Answers may come in any order.
func (p *Polls) Add(a event.Answer) {
	at := p.of(a)
	switch {
	case at == nil: // too many questions
	case a.Missing != "":
		at.Missing++
		at.reasons.add(text.Cut(strings.Join(strings.Fields(a.Missing), " "), maxReason), 1)
	default:
		at.answered(a)
	}
}

func (p *Polls) of(a event.Answer) *poll {
	key := Asked{a.Survey, a.Question, a.Tick}
	at := p.index[key]
	if at == nil && len(p.order) < maxPolls {
		at = &poll{
			Poll:    Poll{Asked: Asked{text.Cut(a.Survey, 80), text.Cut(a.Question, 80), a.Tick}, Type: a.Type},
			options: newCounter(maxAnswers, strings.Compare), reasons: newCounter(maxReasons, strings.Compare),
			numbers: newCounter(maxAnswers, cmp.Compare[float64]),
		}
		p.index[key] = at
		p.order = append(p.order, at)
	}
	return at
}

func (p *poll) answered(a event.Answer) {
	p.N++
	for i, option := range a.Options {
		if !slices.Contains(a.Options[:i], option) {
			p.options.add(text.Cut(option, maxReason), 1)
		}
	}
	if a.Number != nil {
		p.numbers.add(*a.Number, 1)
		p.Mean.add(*a.Number)
	}
	if a.Type == "open" && a.Text != "" {
		p.quote(a)
	}
}

// quote keeps the answers of a few residents, the same ones each time, but not
// the first in the list: a hash of who they are and what was asked draws them.
func (p *poll) quote(a event.Answer) {
	h := fnv.New64a()
	for _, s := range []string{a.Survey, a.Question, a.Agent} {
		_, _ = h.Write([]byte(s + "\x00")) // a hash takes everything
	}
	fresh := Quote{a.Agent, text.Cut(a.Text, maxPostRunes), h.Sum64()}
	at, _ := slices.BinarySearchFunc(p.Quotes, fresh, func(a, b Quote) int { return cmp.Compare(a.rank, b.rank) })
	if at < MaxQuotes {
		p.Quotes = slices.Insert(p.Quotes, at, fresh)
		p.Quotes = p.Quotes[:min(len(p.Quotes), MaxQuotes)]
	}
}

// Result is what was added up, in the order in which questions came up.
func (p *Polls) Result() []Poll {
	out := make([]Poll, len(p.order))
	for i, at := range p.order {
		at.Options, at.Reasons, at.Numbers = at.options.sorted(), at.reasons.sorted(), at.numbers.sorted()
		out[i] = at.Poll
	}
	return out
}
