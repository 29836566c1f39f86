package curious

import (
	"cmp"
	"math"
	"slices"

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
func (m *mind) search(tick int64, q *sdk.Query, direction vector) found {
	limit := m.config.Recall
	if q.Limit > 0 {
		limit = q.Limit
	}
	scores := m.blend(tick, q, direction)
	unexpected := m.unexpected()
	question := q.Text != ""
	var f found
	if !question { // none is held for what was not asked about
		f.novel = m.best(min(limit, m.config.Novelties), unexpected, func(t *trace) float64 { return t.Surprise * t.Importance })
	}
	score := func(t *trace) float64 { return scores[m.place(t)] }
	for i, n := range f.novel {
		f.novel[i].score = score(n.trace)
	}
	if !question {
		f.rest = m.best(min(limit-len(f.novel), m.config.Lessons), isLesson, score)
	}
	others := m.best(limit-len(f.novel)-len(f.rest), func(t *trace) bool { return (question || t.Tick != tick) && !f.holds(t) }, score)
	f.rest = append(f.rest, others...)
	slices.SortFunc(f.rest, compareRated)
	if question {
		f.part(unexpected)
	}
	return f
}

func isLesson(t *trace) bool { return t.Kind == kindLesson }

// best are those of some memories with the highest scores, none said twice.
func (m *mind) best(count int, of func(*trace) bool, score func(*trace) float64) []rated {
	found := best{most: count, once: true}
	if count > 0 {
		for _, t := range m.traces {
			if of(t) {
				found.add(rated{t, score(t)})
			}
		}
	}
	return found.list
}

func (f *found) holds(t *trace) bool {
	same := func(r rated) bool { return r.trace == t }
	return slices.ContainsFunc(f.novel, same) || slices.ContainsFunc(f.rest, same)
}

// part puts what stands out among the rest before it.
func (f *found) part(unexpected func(*trace) bool) {
	for _, r := range f.rest {
		if unexpected(r.trace) {
			f.novel = append(f.novel, r)
		}
	}
	f.rest = slices.DeleteFunc(f.rest, func(r rated) bool { return unexpected(r.trace) })
	slices.SortStableFunc(f.novel, func(a, b rated) int { return cmp.Compare(b.Surprise*b.Importance, a.Surprise*a.Importance) })
}

// blend scores every memory, in the order of traces.
func (m *mind) blend(tick int64, q *sdk.Query, direction vector) []float64 {
	relevance, urgency := m.relevance(direction), m.urgency()
	now := int64(0)
	if t, ok := instant(&q.Observation); ok {
		now = t.Unix()
	}
	c := m.config
	perHour := math.Log(c.RecencyDecay)
	scores := make([]float64, len(m.traces))
	for i, t := range m.traces {
		age := float64(tick - t.Tick) // a tick is an hour, where there is no clock
		if now != 0 && t.Time != 0 {
			age = float64(now-t.Time) / 3600
		}
		scores[i] = c.RecencyWeight * math.Exp(perHour*max(0, age))
		if t.row >= 0 && relevance != nil {
			scores[i] += c.RelevanceWeight * float64(relevance[t.row])
		}
		if urgency != nil {
			scores[i] += c.PriorityWeight * urgency[i]
		}
	}
	return scores
}

// relevance is the cosine to a direction, by row, stretched to 0 to 1 over what
// is remembered; nil where there is no direction.
func (m *mind) relevance(direction vector) []float32 {
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
	out := make([]float64, len(m.traces))
	for i, t := range m.traces {
		out[i] = lessonAt * t.Importance
	}
	for i, t := range m.order {
		out[m.place(t)] = (1 - float64(i)/float64(len(m.order))) * t.Importance
	}
	return out
}

// unexpected tells what stands out: a surprise that, weighed by its importance,
// lies more than a standard deviation above the mean of those measured in the
// same way.
func (m *mind) unexpected() func(*trace) bool {
	if !m.config.surprised() {
		return func(*trace) bool { return false }
	}
	methods := [...]string{byEmbedding, byLogprob, byRating}
	var n, sum, squares, above [len(methods)]float64
	for _, t := range m.traces {
		if at := slices.Index(methods[:], t.By); at >= 0 {
			n[at]++
			sum[at] += t.Surprise
			squares[at] += t.Surprise * t.Surprise
		}
	}
	for at := range methods {
		mean := sum[at] / max(1, n[at])
		above[at] = mean + math.Sqrt(max(0, squares[at]/max(1, n[at])-mean*mean))
	}
	return func(t *trace) bool {
		at := slices.Index(methods[:], t.By)
		return at >= 0 && t.Surprise*t.Importance > above[at]
	}
}
