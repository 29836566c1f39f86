package report

import (
	"fmt"
	"maps"
	"slices"

	"github.com/llm-city/gorod/eval/report/internal/tally"
)

const (
	maxQuestions = 60  // shown; surveys.csv and estimates.csv have all
	maxAskedRows = 120 // of a question's table
	maxShownPick = 24  // answers of a question in a chart
)

// surveys are what residents answered out of band.
func (s *study) surveys() section {
	out := section{ID: "surveys", Nav: s.T("Опросы ¦ Surveys"), Title: s.T("Опросы и интервью ¦ Surveys and interviews"),
		Intro: s.T("Что жители ответили, когда их спросили вне прогона: они об этом не помнят. Доли — среди ответивших, доли без ответа — среди спрошенных. ¦ "+
			"What residents answered when they were asked out of band: they do not remember it. Shares are among those who answered, shares of missing answers among those asked.") + s.intervalNote()}
	questions := s.questions()
	for i, q := range questions[:min(len(questions), maxQuestions)] {
		out.Blocks = append(out.Blocks, s.questionBlocks(q, i)...)
	}
	if n := len(questions) - maxQuestions; n > 0 {
		out.Blocks = append(out.Blocks, block{Text: fmt.Sprintf(s.T("И ещё %d вопросов: см. data/surveys.csv. ¦ And %d more questions: see data/surveys.csv."), n)})
	}
	return out
}

// asked is a question with the ticks at which it was asked.
type asked struct {
	Question
	ticks []int64
}

// questions that were asked in any run: first those of the study, in its order.
func (s *study) questions() []asked {
	type key struct{ survey, id string }
	at := map[key]int{}
	out := make([]asked, len(s.in.Questions))
	for i, q := range s.in.Questions {
		out[i].Question = q
		at[key{q.Survey, q.ID}] = i
	}
	for _, r := range s.runs {
		for _, p := range r.polls {
			k := key{p.Survey, p.Question}
			if _, known := at[k]; !known {
				at[k] = len(out)
				out = append(out, asked{Question: Question{Survey: p.Survey, ID: p.Question, Text: p.Question, Type: p.Type}})
			}
			q := &out[at[k]]
			if place, there := slices.BinarySearch(q.ticks, p.Tick); !there {
				q.ticks = slices.Insert(q.ticks, place, p.Tick)
			}
		}
	}
	return slices.DeleteFunc(out, func(q asked) bool { return len(q.ticks) == 0 })
}

// pollOf is what a run answered to a question at a tick; nil where it was not
// asked.
func (r *run) pollOf(q asked, tick int64) *tally.Poll {
	for i := range r.polls {
		if p := &r.polls[i]; p.Tick == tick && p.Survey == q.Survey && p.Question == q.ID {
			return p
		}
	}
	return nil
}

// pick is one answer that a question can be given.
type pick struct {
	name  string // as it is shown
	csv   string // as a cell of a CSV file
	count func(*tally.Poll) int
}

// picks are the answers of a question of choice, or the values of a scale.
func (s *study) picks(q asked) []pick {
	var out []pick
	if q.Type == typeScale {
		for _, x := range s.values(q) {
			out = append(out, pick{s.Number(x, digitsBare(x)), csvNumber(x), func(p *tally.Poll) int { return counted(p.Numbers, x) }})
		}
		return out
	}
	for _, option := range s.options(q) {
		out = append(out, pick{line(option, 80), csvText(option), func(p *tally.Poll) int { return counted(p.Options, option) }})
	}
	return out
}

// Types of questions; the others are open.
const (
	typeSingle   = "single"
	typeMultiple = "multiple"
	typeScale    = "scale"
)

func counted[K comparable](all []tally.Counted[K], key K) int {
	for _, c := range all {
		if c.Key == key {
			return c.N
		}
	}
	return 0
}

// options are the study's, and any other that was given.
func (s *study) options(q asked) []string {
	out, set := slices.Clone(q.Options), map[string]bool{}
	for _, option := range out {
		set[option] = true
	}
	extra := map[string]bool{}
	s.eachPoll(q, func(p *tally.Poll) {
		for _, c := range p.Options {
			if !set[c.Key] {
				extra[c.Key] = true
			}
		}
	})
	return append(out, slices.Sorted(maps.Keys(extra))...)
}

// maxScale bounds the values of a scale that are listed without being given.
const maxScale = 21

// values are those of the scale, or where there are many, those given.
func (s *study) values(q asked) []float64 {
	set := map[float64]bool{}
	if span := q.Max - q.Min; span > 0 && span < maxScale {
		for x := q.Min; x <= q.Max; x++ {
			set[float64(x)] = true
		}
	}
	s.eachPoll(q, func(p *tally.Poll) {
		for _, c := range p.Numbers {
			set[c.Key] = true
		}
	})
	return slices.Sorted(maps.Keys(set))
}

func (s *study) eachPoll(q asked, use func(*tally.Poll)) {
	for _, r := range s.runs {
		for _, tick := range q.ticks {
			if p := r.pollOf(q, tick); p != nil {
				use(p)
			}
		}
	}
}

// share is that of those who answered that gave an answer.
func (p pick) share(q asked, tick int64) func(*run) share {
	return func(r *run) share {
		if poll := r.pollOf(q, tick); poll != nil {
			return share{p.count(poll), poll.N}
		}
		return share{}
	}
}

// scaleMean is a run's mean answer.
func scaleMean(q asked, tick int64) func(*run) float64 {
	return func(r *run) float64 {
		if poll := r.pollOf(q, tick); poll != nil {
			return poll.Mean.Value()
		}
		return tally.Ratio(0, 0)
	}
}

func (s *study) questionBlocks(q asked, number int) []block {
	blocks := []block{{Heading: line(q.Text, 200)}, {Text: s.aboutQuestion(q)}, {Table: s.answersTable(q)}}
	if t := s.reasonsTable(q); t != nil {
		blocks = append(blocks, block{Table: t, Half: true})
	}
	blocks = append(blocks, chartBlocks(s.answerCharts(q, fmt.Sprintf("survey-%d", number+1))...)...)
	return append(blocks, s.quoteBlocks(q)...)
}

// aboutQuestion says how it was asked.
func (s *study) aboutQuestion(q asked) string {
	kind := s.T("открытый вопрос ¦ open question")
	switch q.Type {
	case typeSingle:
		kind = s.T("один ответ из нескольких ¦ one answer of several")
	case typeMultiple:
		kind = s.T("можно выбрать несколько ответов ¦ several answers may be chosen")
	case typeScale:
		kind = fmt.Sprintf(s.T("шкала от %d до %d ¦ a scale from %d to %d"), q.Min, q.Max)
		if q.Low != "" || q.High != "" {
			kind += fmt.Sprintf(" (%d — %s, %d — %s)", q.Min, line(q.Low, 60), q.Max, line(q.High, 60))
		}
	}
	return fmt.Sprintf("%s · %s: %s", line(q.Survey, 60), line(q.ID, 60), kind)
}

// answersTable has a row a time and answer.
func (s *study) answersTable(q asked) *table {
	t := &table{Caption: s.T("Ответы по времени и условиям ¦ Answers by time and condition"),
		Head: append([]column{{Text: s.timeTitle()}, {Text: s.T("Ответ ¦ Answer")}}, columns(s.conditions)...)}
	row := func(tick int64, name string, of func(*condition) string) {
		cells := texts(s.when(tick), name)
		for _, c := range s.conditions {
			cells = append(cells, cell{Text: of(c)})
		}
		t.Rows = append(t.Rows, cells)
	}
	for _, tick := range q.ticks {
		if q.Type == typeScale {
			row(tick, s.T("среднее ¦ mean"), func(c *condition) string {
				return s.estimated(scaleEstimate(q, tick, c), c, s.numbers(2))
			})
		} else {
			for _, p := range s.picks(q) {
				row(tick, p.name, func(c *condition) string {
					return s.estimated(sharesOf(per(c.runs, p.share(q, tick))), c, s.percents(1))
				})
			}
		}
		row(tick, s.T("без ответа ¦ missing"), func(c *condition) string { return s.missing(q, tick, c) })
	}
	if n := len(t.Rows) - maxAskedRows; n > 0 {
		t.Rows = t.Rows[:maxAskedRows]
		t.Note = fmt.Sprintf(s.T("И ещё %d строк: см. data/estimates.csv. ¦ And %d more rows: see data/estimates.csv."), n)
	}
	return t
}

// scaleEstimate is the mean answer of a condition, within the scale.
func scaleEstimate(q asked, tick int64, c *condition) estimate {
	e := meanOf(per(c.runs, scaleMean(q, tick)))
	if q.Min >= q.Max {
		return e
	}
	low, high := float64(q.Min), float64(q.Max)
	return e.within(&low, &high)
}

// missing is how many of those asked in all runs gave no answer.
func (s *study) missing(q asked, tick int64, c *condition) string {
	silent, of := 0, 0
	for _, r := range c.runs {
		if p := r.pollOf(q, tick); p != nil {
			silent += p.Missing
			of += p.N + p.Missing
		}
	}
	if of == 0 {
		return "—"
	}
	return fmt.Sprintf(s.T("%s из %s, %s ¦ %s of %s, %s"), s.Int(silent), s.Int(of), s.Percent(tally.Ratio(float64(silent), float64(of)), 1))
}

// reasonsTable says why answers are missing, over all times and runs; nil where
// none is.
func (s *study) reasonsTable(q asked) *table {
	total := map[string]int{}
	s.eachPoll(q, func(p *tally.Poll) {
		for _, why := range p.Reasons {
			total[why.Key] += why.N
		}
	})
	return s.reasons(s.T("Почему нет ответа (все прогоны) ¦ Why answers are missing (all runs)"), total)
}
