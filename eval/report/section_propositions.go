package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/plugins/text"
)

const (
	maxPropositions = 40
	maxJudgedRows   = 120 // of a proposition's table
	maxJudgement    = 600 // runes
	maxScore        = 9   // of a judge who does not only check
)

// propositions are claims that a judge scored over time.
func (s *study) propositions() section {
	out := section{ID: "propositions", Nav: s.T("Утверждения ¦ Propositions"), Title: s.T("Утверждения и судья ¦ Propositions and the judge"),
		Intro: s.T("Что судья (модель) говорит об утверждениях исследования: от 0 до 9 баллов, а где он только проверяет — доля тех, для кого утверждение верно. "+
			"Если судят о каждом жителе, прогон даёт среднее по жителям. ¦ "+
			"What the judge (a model) says of the study's claims: 0 to 9, or where it only checks, the share of those for whom the claim holds. "+
			"Where each resident is judged, a run gives the mean over residents.") + s.intervalNote()}
	all := s.judged()
	for i, p := range all[:min(len(all), maxPropositions)] {
		out.Blocks = append(out.Blocks, s.propositionBlocks(p, i)...)
	}
	return out
}

// judged is a proposition with the ticks at which it was judged.
type judged struct {
	Proposition
	ticks []int64
}

// judged are the propositions that were judged in any run: first those of the
// study, in its order.
func (s *study) judged() []judged {
	at := map[string]int{}
	out := make([]judged, len(s.in.Propositions))
	for i, p := range s.in.Propositions {
		out[i].Proposition = p
		at[p.ID] = i
	}
	for _, r := range s.runs {
		for _, v := range r.verdicts {
			id := strings.TrimPrefix(v.Source, propositionSource)
			if _, known := at[id]; !known {
				at[id] = len(out)
				out = append(out, judged{Proposition: Proposition{ID: id, Claim: id}})
			}
			p := &out[at[id]]
			if place, there := slices.BinarySearch(p.ticks, v.Tick); !there {
				p.ticks = slices.Insert(p.ticks, place, v.Tick)
			}
		}
	}
	return slices.DeleteFunc(out, func(p judged) bool { return len(p.ticks) == 0 })
}

// of are a run's verdicts on the proposition at a tick.
func (p judged) of(r *run, tick int64) []event.Score {
	var out []event.Score
	for _, v := range r.verdicts {
		if v.Tick == tick && v.Source == propositionSource+p.ID && !math.IsNaN(v.Value) && !math.IsInf(v.Value, 0) {
			out = append(out, v)
		}
	}
	return out
}

// mean is a run's mean verdict at a tick; NaN where there is none.
func (p judged) mean(r *run, tick int64) float64 {
	var m sum
	for _, v := range p.of(r, tick) {
		m.add(v.Value)
	}
	return m.mean()
}

// estimate is a condition's at a tick.
func (p judged) estimate(c *condition, tick int64) estimate {
	if p.Check {
		return sharesOf(per(c.runs, func(r *run) share {
			var out share
			for _, v := range p.of(r, tick) {
				out.Of++
				if v.Value > 0 {
					out.Yes++
				}
			}
			return out
		}))
	}
	low, high := 0.0, float64(maxScore)
	return meanOf(per(c.runs, func(r *run) float64 { return p.mean(r, tick) })).within(&low, &high)
}

func (s *study) propositionBlocks(p judged, number int) []block {
	id := fmt.Sprintf("proposition-%d", number+1)
	blocks := []block{{Heading: "«" + line(p.Claim, 200) + "»"}, {Table: s.judgedTable(p)}}
	if len(p.ticks) > 1 {
		l, unit, factor := lines{min: 0, max: maxScore}, s.T("баллы судьи, 0…9 ¦ judge's score, 0…9"), 1.0
		if p.Check {
			l.max, unit, factor = 100, s.T("верно, % ¦ holds, %"), 100
		}
		c := s.pointsChart(id, s.T("Оценка судьи по времени ¦ The judge's score over time"), unit, 1, p.ticks, l, "propositions.csv",
			func(r *run, tick int64) float64 { return factor * p.mean(r, tick) })
		if c != nil {
			c.Plot.Percent = p.Check
		}
		blocks = append(blocks, chartBlocks(c)...)
	}
	for i, c := range s.conditions {
		if t := s.extremes(p, c); t != nil && i < maxExamples {
			blocks = append(blocks, block{Thread: t})
		}
	}
	return blocks
}

func (s *study) judgedTable(p judged) *table {
	format, mode := s.numbers(1), s.T("баллы, 0…9 ¦ score, 0…9")
	if p.Check {
		format, mode = s.percents(1), s.T("доля верных ¦ share that holds")
	}
	t := &table{Caption: line(p.ID, 60) + " · " + mode, Head: append([]column{{Text: s.timeTitle()}}, columns(s.conditions)...)}
	for _, tick := range p.ticks[:min(len(p.ticks), maxJudgedRows)] {
		row := texts(s.when(tick))
		for _, c := range s.conditions {
			row = append(row, cell{Text: s.estimated(p.estimate(c, tick), c, format)})
		}
		t.Rows = append(t.Rows, row)
	}
	if n := len(p.ticks) - maxJudgedRows; n > 0 {
		t.Note = fmt.Sprintf(s.T("И ещё %d строк: см. data/estimates.csv. ¦ And %d more rows: see data/estimates.csv."), n)
	}
	return t
}

// verdict is a score of a run.
type verdict struct {
	*run
	event.Score
}

// extremes are the judge's words on the highest and the lowest verdict of a
// condition, the first of each; nil where it said nothing.
func (s *study) extremes(p judged, c *condition) *thread {
	var high, low *verdict
	for _, r := range c.runs {
		for _, tick := range p.ticks {
			for _, v := range p.of(r, tick) {
				if v.Detail == "" {
					continue
				}
				if high == nil || v.Value > high.Value {
					high = &verdict{r, v}
				}
				if low == nil || v.Value < low.Value {
					low = &verdict{r, v}
				}
			}
		}
	}
	if high == nil {
		return nil
	}
	out := &thread{Title: c.shown(), Note: s.T("слова судьи ¦ the judge's words")}
	out.Posts = append(out.Posts, s.judgement(p, *high, s.T("выше всех ¦ highest")))
	if low.Value < high.Value {
		out.Posts = append(out.Posts, s.judgement(p, *low, s.T("ниже всех ¦ lowest")))
	}
	return out
}

func (s *study) judgement(p judged, v verdict, rank string) post {
	score := fmt.Sprintf(s.T("%s из %d ¦ %s of %d"), s.Number(v.Value, digitsBare(v.Value)), maxScore)
	if p.Check {
		score = s.T("неверно ¦ does not hold")
		if v.Value > 0 {
			score = s.T("верно ¦ holds")
		}
	}
	out := post{Author: score, Kind: rank, Time: s.when(v.Tick) + fmt.Sprintf(" · seed %d", v.Seed), Text: text.Cut(prose(v.Detail), maxJudgement)}
	if v.Agent != "" {
		out.Group = nameOf(v.names(), v.Agent)
	}
	return out
}
