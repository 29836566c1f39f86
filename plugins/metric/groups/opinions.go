package groups

import (
	"maps"
	"math"
	"slices"

	"github.com/llm-city/gorod/plugins/metric/internal/score"
	"github.com/llm-city/gorod/plugins/metric/journal"
	"github.com/llm-city/gorod/plugins/sdk"
)

const (
	maxTopics     = 32 // events whose opinions are followed
	maxStatements = 64
)

// opinions gathers what residents' texts say about each event. What it holds
// grows with residents.
type opinions struct {
	config config
	roster *journal.Roster
	topics map[string]*topic // "" is everything said
}

// topic has the opinions about one event.
type topic struct {
	run, window []opinion // of each resident
}

// opinion is the sum of the valences of so many texts, or of so many answers.
type opinion struct {
	sum float64
	n   int
}

func newTopic(residents int) topic {
	return topic{make([]opinion, residents), make([]opinion, residents)}
}

func (t *topic) add(agent int, x float64) {
	for _, of := range [][]opinion{t.run, t.window} {
		of[agent].sum += x
		of[agent].n++
	}
}

func newOpinions(c config, roster *journal.Roster) *opinions {
	return &opinions{c, roster, map[string]*topic{}}
}

func (o *opinions) action(at journal.At, a *journal.Action) {
	if a.Text == "" || a.Sentiment == nil || math.IsNaN(a.Sentiment.Valence) {
		return
	}
	x := max(-1, min(a.Sentiment.Valence, 1))
	o.add("", at.Agent, x)
	if a.About != "" {
		o.add(a.About, at.Agent, x)
	}
}

func (o *opinions) add(about string, agent int, x float64) {
	t, ok := o.topics[about]
	if !ok {
		if len(o.topics) > maxTopics {
			return
		}
		fresh := newTopic(o.roster.Len())
		t = &fresh
		o.topics[about] = t
	}
	t.add(agent, x)
}

// means are the opinions of those who have one.
func means(of []opinion) (out []float64) {
	for _, op := range of {
		if op.n > 0 {
			out = append(out, op.sum/float64(op.n))
		}
	}
	return out
}

// close ends a window.
func (o *opinions) close(sheet *score.Sheet, last int64) {
	for _, about := range slices.Sorted(maps.Keys(o.topics)) {
		t := o.topics[about]
		o.config.score(sheet, score.Name(about), last, means(t.window))
		clear(t.window)
	}
}

// score scores opinions about an item, unless there are too few.
func (c *config) score(sheet *score.Sheet, item string, tick int64, opinions []float64) {
	n := len(opinions)
	if n < 2 {
		return
	}
	s := c.look(opinions)
	sheet.At("opinion_mean", item, tick, s.mean, n)
	sheet.At("opinion_variance", item, tick, s.variance, n)
	sheet.At("opinion_entropy", item, tick, s.entropy, n)
	sheet.At("opinion_clusters", item, tick, float64(s.clusters), n)
	sheet.At("opinion_clusters_effective", item, tick, s.effective, n)
	sheet.At("polarization", item, tick, s.polarization, n)
}

func (o *opinions) score(sheet *score.Sheet) {
	for _, about := range slices.Sorted(maps.Keys(o.topics)) {
		o.config.score(sheet, score.Name(about), sdk.NoTick, means(o.topics[about].run))
	}
	if !o.config.Beliefs {
		return
	}
	held := map[string][]float64{}
	for i := range o.roster.Len() {
		if p := o.roster.Agent(i).Persona; p != nil {
			for statement, x := range p.Beliefs {
				held[statement] = append(held[statement], max(-1, min(x, 1)))
			}
		}
	}
	statements := slices.Sorted(maps.Keys(held))
	for _, statement := range statements[:min(len(statements), maxStatements)] {
		o.config.score(sheet, "belief/"+score.Name(statement), sdk.NoTick, held[statement])
	}
}
