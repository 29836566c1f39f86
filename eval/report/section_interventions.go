package report

import (
	"fmt"
	"strconv"

	"github.com/llm-city/gorod/eval/report/internal/tally"
)

// maxInterventionRows bounds those listed; the CSV file has all that were kept.
const maxInterventionRows = 100

// interventions are what the study changed in its runs on conditions.
func (s *study) interventions() section {
	out := section{ID: "interventions", Nav: s.T("Вмешательства ¦ Interventions"), Title: s.T("Вмешательства ¦ Interventions"),
		Intro: s.T("Когда условия исследования наступили, почему и что оно изменило в прогоне. ¦ When the study's conditions came about, why, and what it changed in the run.")}
	if t := s.interventionCounts(); t != nil {
		out.Blocks = []block{{Table: t}, {Table: s.interventionTable()}}
	}
	return out
}

// interventionCounts says how often each came about and when first; nil where
// none did.
func (s *study) interventionCounts() *table {
	t := &table{Caption: s.T("Сколько раз за прогон и когда впервые ¦ Times in a run, and when first"),
		Head: append([]column{{Text: s.T("Вмешательство ¦ Intervention")}}, columns(s.conditions)...),
		Note: s.T("В квадратных скобках — наименьшее и наибольшее по прогонам; после точки с запятой — в скольких прогонах наступило и среднее время первого раза. ¦ " +
			"In brackets, the least and the most of runs; after the semicolon, in how many runs it came about, and the mean time of the first.")}
	for _, id := range s.interventionIDs() {
		row := texts(line(id, 80))
		for _, c := range s.conditions {
			times := over(c.runs, func(r *run) float64 { return float64(len(r.intervened(id))) })
			first := meanOf(per(c.runs, func(r *run) float64 {
				if all := r.intervened(id); len(all) > 0 {
					return float64(all[0].Tick)
				}
				return tally.Ratio(0, 0)
			}))
			text := fmt.Sprintf("%s; %d/%d", s.spanned(times, s.numbers(1)), first.N, len(c.runs))
			if first.N > 0 {
				text += ", " + s.when(int64(first.Mean+0.5))
			}
			row = append(row, cell{Text: text})
		}
		t.Rows = append(t.Rows, row)
	}
	if len(t.Rows) == 0 {
		return nil
	}
	return t
}

// interventionIDs are those that came about in any run, as they come up.
func (s *study) interventionIDs() []string {
	seen := map[string]bool{}
	var out []string
	for _, r := range s.runs {
		for _, i := range r.Interventions {
			if !seen[i.ID] {
				seen[i.ID] = true
				out = append(out, i.ID)
			}
		}
	}
	return out
}

// intervened are the times when an intervention came about in a run.
func (r *run) intervened(id string) []tally.Intervened {
	var out []tally.Intervened
	for _, i := range r.Interventions {
		if i.ID == id {
			out = append(out, i)
		}
	}
	return out
}

// interventionTable has a row an effect.
func (s *study) interventionTable() *table {
	t := &table{Caption: s.T("Что произошло по прогонам ¦ What happened, by run"), Head: []column{
		{Text: s.T("Условие ¦ Condition")}, {Text: "Seed", Numeric: true}, {Text: s.timeTitle()}, {Text: s.T("Вмешательство ¦ Intervention")},
		{Text: s.T("Почему ¦ Why")}, {Text: s.T("Что сделано ¦ What was done")}, {Text: s.T("Жителей ¦ Residents"), Numeric: true}}}
	left := 0
	for _, r := range s.runs {
		for _, i := range r.Interventions {
			for _, effect := range i.Effects {
				if len(t.Rows) == maxInterventionRows {
					left++
					continue
				}
				what := s.effectName(effect.Kind)
				if effect.Detail != "" {
					what += ": " + line(effect.Detail, 160)
				}
				t.Rows = append(t.Rows, texts(line(r.Cell, 100), strconv.FormatUint(r.Seed, 10), s.when(i.Tick), line(i.ID, 80), line(i.Why, 200), what, s.affected(effect)))
			}
		}
	}
	if left > 0 {
		t.Note = fmt.Sprintf(s.T("И ещё %d строк: см. data/interventions.csv. ¦ And %d more rows: see data/interventions.csv."), left)
	}
	return t
}

// affected is how many residents an effect concerned; a dash for those that
// concern the run.
func (s *study) affected(effect tally.Effect) string {
	if effect.Agents == 0 {
		return "—"
	}
	return s.Int(effect.Agents)
}

// effectName puts the kind of an effect into words.
func (s *study) effectName(kind string) string {
	for _, k := range [...]struct{ kind, name string }{
		{"tell", "сказано ¦ told"},
		{"goals", "цели ¦ goals"},
		{"mood", "настроение (валентность, возбуждение) ¦ mood (valence, arousal)"},
		{"model", "модель ¦ model"},
		{"follow", "подписки ¦ follows"},
		{"unfollow", "отписки ¦ unfollows"},
		{"feed", "лента ¦ feed"},
		{"stop", "прогон остановлен ¦ the run was stopped"},
	} {
		if k.kind == kind {
			return s.T(k.name)
		}
	}
	return line(kind, 40)
}
