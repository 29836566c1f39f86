package report

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// paragraphs are those of a text of the study.
func paragraphs(text string) []string {
	var out []string
	for p := range strings.SplitSeq(prose(text), "\n\n") {
		if p = strings.Join(strings.Fields(p), " "); p != "" {
			out = append(out, p)
		}
	}
	return out
}

// facts say what was run.
func (s *study) facts() []fact {
	facts := []fact{{Name: s.T("Что запущено ¦ What was run"), Value: s.extent()}}
	if s.axis.same && s.axis.ticks > 0 {
		facts = append(facts, fact{Name: s.T("Время в модели ¦ Simulated time"), Value: fmt.Sprintf("%s – %s, %s %s",
			s.Moment(s.axis.clock.Start), s.Moment(s.axis.at(s.axis.ticks)), s.T("шаг ¦ step"), s.Span(s.axis.clock.Step))})
	}
	if len(s.runs) > 0 {
		facts = append(facts, fact{Name: "Seed", Value: s.seeds()})
	}
	for _, p := range s.in.Providers {
		facts = append(facts, fact{Name: s.T("Модель ¦ Model") + " " + line(p.Entry, 60), Value: providerText(p)})
	}
	return append(facts,
		fact{Name: s.T("Версия gorod ¦ gorod version"), Value: line(s.in.GorodVersion, 60)},
		fact{Name: s.T("Отчёт создан ¦ Report made"), Value: s.Moment(s.in.Generated) + " " + s.in.Generated.Format("MST")})
}

// extent is cells × seeds × residents × ticks.
func (s *study) extent() string {
	residents, ticks, repeats := span{}, span{}, span{}
	for _, r := range s.runs {
		residents.add(len(r.Residents))
		ticks.add(int(max(r.Clock.Ticks, r.Ticks)))
	}
	for _, c := range s.conditions {
		repeats.add(len(c.all))
	}
	return strings.Join([]string{
		s.Count(len(s.conditions), "условие|условия|условий ¦ condition|conditions"),
		repeats.count(s, "повтор|повтора|повторов ¦ seed|seeds"),
		residents.count(s, "житель|жителя|жителей ¦ resident|residents"),
		ticks.count(s, "тик|тика|тиков ¦ tick|ticks"),
	}, " × ")
}

// span is the least and the most of some numbers.
type span struct {
	min, max int
	any      bool
}

func (p *span) add(n int) {
	if !p.any {
		*p = span{n, n, true}
	}
	p.min, p.max = min(p.min, n), max(p.max, n)
}

func (p span) count(s *study, forms string) string {
	if p.min == p.max {
		return s.Count(p.max, forms)
	}
	return s.Int(p.min) + "–" + s.Count(p.max, forms)
}

// seeds lists the seeds of all runs, each once.
func (s *study) seeds() string {
	var seeds []uint64
	for _, r := range s.runs {
		seeds = append(seeds, r.Seed)
	}
	slices.Sort(seeds)
	seeds = slices.Compact(seeds)
	const most = 12
	var out []string
	for _, seed := range seeds[:min(most, len(seeds))] {
		out = append(out, strconv.FormatUint(seed, 10))
	}
	if len(seeds) > most {
		out = append(out, "…", strconv.FormatUint(seeds[len(seeds)-1], 10))
	}
	return strings.Join(out, ", ")
}

func providerText(p Provider) string {
	out := line(p.Provider, 40)
	if p.Model != "" {
		out += " · " + line(p.Model, 120)
	}
	if p.Digest != "" {
		out += " · " + short(line(p.Digest, 100))
	}
	return out
}

// short is the head of a digest.
func short(digest string) string {
	_, hex, named := strings.Cut(digest, ":")
	if !named {
		hex = digest
	}
	return hex[:min(len(hex), 12)]
}

// notices are what must not be overlooked.
func (s *study) notices() []notice {
	var out []notice
	if s.usesReference() {
		out = append(out, notice{
			Title: s.T("Это не языковая модель ¦ Not a language model"),
			Text: s.T("Ответы дал встроенный имитатор reference. Результаты показывают работу механизма, а не поведение людей или языковых моделей. ¦ " +
				"The built-in stand-in, reference, gave the answers. Results show the machinery, not people and not language models."),
		})
	}
	unfinished := 0
	for _, r := range s.runs {
		if r.Status != Done {
			unfinished++
		}
	}
	if unfinished > 0 {
		out = append(out, notice{
			Title: s.T("Не все прогоны завершены ¦ Not every run is done"),
			Text: fmt.Sprintf(s.T("Не завершено: %d из %d. Средние взяты по завершённым прогонам; где условие не имеет ни одного, — по тому, что есть, и оно отмечено звёздочкой. ¦ "+
				"%d of %d did not come to their end. Means are over those that did; a condition that has none is marked with an asterisk and uses what there is."),
				unfinished, len(s.runs)),
		})
	}
	if len(s.conditions) > maxPlotted {
		out = append(out, notice{
			Title: s.T("Условий много ¦ Many conditions"),
			Text: fmt.Sprintf(s.T("Графики показывают первые %d из %d условий; таблица сравнения и data/*.csv — все. ¦ "+
				"Charts show the first %d of %d conditions; the table of comparison and data/*.csv have all."), maxPlotted, len(s.conditions)),
		})
	}
	if n := s.restarts(); n > 0 {
		out = append(out, notice{
			Title: s.T("Были сбои ¦ There were incidents"),
			Text: s.Count(n, "сбой пережит|сбоя пережито|сбоев пережито ¦ incident was survived|incidents were survived") +
				s.T("; подробности — в разделе «Сбои». ¦ ; see the section Incidents."),
		})
	}
	return out
}

func (s *study) restarts() (n int) {
	for _, r := range s.runs {
		n += len(r.Incidents)
	}
	return n
}

// lasted is the simulated time between two ticks, or their number where runs do
// not share a clock; a dash for no time.
func (s *study) lasted(ticks float64) string {
	if math.IsNaN(ticks) {
		return "—"
	}
	if !s.axis.same {
		return s.Number(ticks, 1) + " " + s.T("тика ¦ ticks")
	}
	return s.Span((time.Duration(ticks * float64(s.axis.clock.Step))).Round(time.Second))
}
