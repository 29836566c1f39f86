package curious

import (
	"cmp"
	"math"
	"slices"

	"github.com/llm-city/gorod/plugins/memory/vectors"
	"github.com/llm-city/gorod/plugins/sdk"
)

// lessonAt is a lesson's priority, as that of an experience in the middle.
const lessonAt = 0.5

// found is what comes to mind: what stands out by its surprise, then the rest.
type found struct {
	novel []rated // the most surprising first
	rest  []rated // the best first
}

// search finds memories by their relevance, recency and priority, each from 0
// to 1. What was first seen in this very tick is before the agent's eyes, and is
// left out of what comes to mind by itself unless it stands out. Some places are
// held for what stands out and for lessons.
func (m *mind) search(tick int64, q *sdk.Query, direction vectors.Vector) found {
	limit := m.config.Recall
	if q.Limit > 0 {
		limit = q.Limit
	}
	scores := m.blend(tick, q, direction)
	above := m.ordinary()
	question := q.Text != ""
	var f found
	if !question { // none is held for what was not asked about
		f.novel = m.best(min(limit, m.config.Novelties), above.exceeded, func(i int) float64 { return m.marks[i].surprising() })
	}
	score := func(i int) float64 { return scores[i] }
	for i, n := range f.novel {
		f.novel[i].score = scores[m.place(n.trace)]
	}
	if !question {
		f.rest = m.best(min(limit-len(f.novel), m.config.Lessons), func(k *mark) bool { return k.lesson }, score)
	}
	eligible := func(k *mark) bool { return (question || k.tick != tick) && !f.holds(k.seq) }
	f.rest = append(f.rest, m.best(limit-len(f.novel)-len(f.rest), eligible, score)...)
	slices.SortFunc(f.rest, compareRated)
	if question {
		f.part(func(r rated) bool { return above.exceeded(&m.marks[m.place(r.trace)]) })
	}
	return f
}

// best are those of some memories with the highest scores, by their place; none
// said twice.
func (m *mind) best(count int, of func(*mark) bool, score func(place int) float64) []rated {
	found := best{most: count, once: true}
	if count > 0 {
		for i := range m.marks {
			if s := score(i); !found.below(s) && of(&m.marks[i]) {
				found.add(rated{m.traces[i], s})
			}
		}
	}
	return found.list
}

func (f *found) holds(seq int64) bool {
	same := func(r rated) bool { return r.Seq == seq }
	return slices.ContainsFunc(f.novel, same) || slices.ContainsFunc(f.rest, same)
}

// part puts what stands out among the rest before it.
func (f *found) part(unexpected func(rated) bool) {
	for _, r := range f.rest {
		if unexpected(r) {
			f.novel = append(f.novel, r)
		}
	}
	f.rest = slices.DeleteFunc(f.rest, unexpected)
	slices.SortStableFunc(f.novel, func(a, b rated) int { return cmp.Compare(b.Surprise*b.Importance, a.Surprise*a.Importance) })
}

// blend scores every memory, in the order of traces.
func (m *mind) blend(tick int64, q *sdk.Query, direction vectors.Vector) []float64 {
	relevance, urgency := m.relevance(direction), m.urgency()
	now := int64(0)
	if t, ok := instant(&q.Observation); ok {
		now = t.Unix()
	}
	c := m.config
	perHour := math.Log(c.RecencyDecay)
	scores := make([]float64, len(m.marks))
	for i := range m.marks {
		k := &m.marks[i]
		age := float64(tick - k.tick) // a tick is an hour, where there is no clock
		if now != 0 && k.time != 0 {
			age = float64(now-k.time) / 3600
		}
		scores[i] = c.RecencyWeight * math.Exp(perHour*max(0, age))
		if k.row >= 0 && relevance != nil {
			scores[i] += c.RelevanceWeight * float64(relevance[k.row])
		}
		if urgency != nil {
			scores[i] += c.PriorityWeight * urgency[i]
		}
	}
	return scores
}

// relevance is the cosine to a direction, by row, stretched to 0 to 1 over what
// is remembered; nil where there is no direction.
func (m *mind) relevance(direction vectors.Vector) []float32 {
	if direction == nil || len(direction) != m.table.Dim() {
		return nil
	}
	cosines := m.table.Dots(direction, nil)
	low, high := slices.Min(cosines), slices.Max(cosines)
	for i, d := range cosines {
		cosines[i] = 1
		if high > low {
			cosines[i] = (d - low) / (high - low)
		}
	}
	return cosines
}

// urgency is the priority's rank, from 1 for what would be replayed first down
// to 0, times the importance: priorities themselves lie orders of magnitude
// apart. nil where priority plays no part.
func (m *mind) urgency() []float64 {
	if m.config.Priority == byNothing {
		return nil
	}
	out := make([]float64, len(m.marks))
	for i := range m.marks {
		out[i] = lessonAt * m.marks[i].importance
	}
	for i, r := range m.order {
		at := m.at(r.seq)
		out[at] = (1 - float64(i)/float64(len(m.order))) * m.marks[at].importance
	}
	return out
}
