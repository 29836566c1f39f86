package persona

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/llm-city/gorod/plugins/metric/internal/score"
	"github.com/llm-city/gorod/plugins/metric/internal/stat"
	"github.com/llm-city/gorod/plugins/metric/journal"
	"github.com/llm-city/gorod/plugins/sdk"
)

// maxQuestions is how many questions are followed.
const maxQuestions = 256

// surveys gather residents' answers on scales over time.
type surveys struct {
	roster    *journal.Roster
	step      time.Duration
	questions map[question][]stat.Pairs // of each resident: days, answers
}

type question struct{ survey, id string }

func (q question) String() string { return score.Name(q.survey) + "/" + score.Name(q.id) }

func newSurveys(roster *journal.Roster, step time.Duration) *surveys {
	return &surveys{roster, step, map[question][]stat.Pairs{}}
}

func (s *surveys) add(at journal.At, a *journal.Survey) {
	x, ok := a.Scale()
	if !ok {
		return
	}
	q := question{a.Survey, a.Question}
	if s.questions[q] == nil {
		if len(s.questions) >= maxQuestions {
			return
		}
		s.questions[q] = make([]stat.Pairs, s.roster.Len())
	}
	s.questions[q][at.Agent].Add(days(at.Tick, s.step), x)
}

func (s *surveys) score(sheet *score.Sheet) {
	order := slices.SortedFunc(maps.Keys(s.questions), func(a, b question) int {
		return cmp.Or(cmp.Compare(a.survey, b.survey), cmp.Compare(a.id, b.id))
	})
	for _, q := range order {
		var all stat.Within
		for i := range s.questions[q] {
			own := &s.questions[q][i]
			all.Add(own)
			if line := own.Line(); own.N >= 3 {
				s.scoreLine(sheet, q, s.roster.ID(i), line)
			}
		}
		s.scoreLine(sheet, q, "", all.Line())
	}
}

func (s *surveys) scoreLine(sheet *score.Sheet, q question, agent string, l stat.Line) {
	add := func(metric string, x float64) {
		sheet.Add(sdk.Score{Metric: metric, Agent: agent, Item: q.String(), Tick: sdk.NoTick, Value: x, N: l.N})
	}
	add("survey_slope", l.Slope)
	add("survey_slope_se", l.Error)
	add("survey_slope_p", l.P)
}
