package groups

import (
	"cmp"
	"maps"
	"slices"

	"github.com/llm-city/gorod/plugins/metric/internal/score"
	"github.com/llm-city/gorod/plugins/metric/journal"
	"github.com/llm-city/gorod/plugins/sdk"
)

// maxQuestions is how many questions of surveys are followed.
const maxQuestions = 64

// polls gathers residents' answers on scales: what they think when asked out of
// band, tick by tick. What it holds grows with residents, not with time.
type polls struct {
	opinions  *opinions
	questions map[question]*poll
	asked     []*poll // since the last tick was closed
}

type question struct{ survey, id string }

func (q question) compare(other question) int {
	return cmp.Or(cmp.Compare(q.survey, other.survey), cmp.Compare(q.id, other.id))
}

// poll has the answers to one question; the topic's window is a tick.
type poll struct {
	topic

	question
	open  bool    // asked in this tick
	point float64 // of the scale, as opinions count it
}

func newPolls(o *opinions) *polls { return &polls{opinions: o, questions: map[question]*poll{}} }

func (p *polls) answer(at journal.At, a *journal.Survey) {
	x, point, ok := a.Position()
	if !ok {
		return
	}
	q := question{a.Survey, a.Question}
	asked := p.questions[q]
	if asked == nil {
		if len(p.questions) >= maxQuestions {
			return
		}
		asked = &poll{question: q, topic: newTopic(p.opinions.roster.Len())}
		p.questions[q] = asked
	}
	if !asked.open {
		asked.open = true
		p.asked = append(p.asked, asked)
	}
	asked.point = max(asked.point, point)
	asked.add(at.Agent, x)
}

// close ends a tick.
func (p *polls) close(sheet *score.Sheet, tick int64) {
	slices.SortFunc(p.asked, func(a, b *poll) int { return a.compare(b.question) })
	for _, asked := range p.asked {
		p.scoreOne(sheet, asked, tick, asked.window)
		clear(asked.window)
		asked.open = false
	}
	p.asked = p.asked[:0]
}

func (p *polls) score(sheet *score.Sheet) {
	for _, q := range slices.SortedFunc(maps.Keys(p.questions), question.compare) {
		p.scoreOne(sheet, p.questions[q], sdk.NoTick, p.questions[q].run)
	}
}

func (p *polls) scoreOne(sheet *score.Sheet, asked *poll, tick int64, of []opinion) {
	c := p.opinions.config
	if asked.point < 2 { // three points or more: answers next to each other are no camps
		c.Gap = max(c.Gap, asked.point)
	}
	c.score(sheet, "survey/"+score.Name(asked.survey)+"/"+score.Name(asked.id), tick, means(of))
}
