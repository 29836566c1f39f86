package report

import (
	"fmt"
	"strconv"
)

func (s *study) runsSection() section {
	out := section{ID: "runs", Nav: s.T("Прогоны ¦ Runs"), Title: s.T("Прогоны ¦ Runs"),
		Intro: s.T("Дайджест — SHA-256 всех событий прогона по порядку. ¦ The digest is a SHA-256 over all events of a run in order.")}
	t := &table{Caption: s.T("Все прогоны ¦ All runs"), Head: []column{
		{Text: s.T("Условие ¦ Condition")}, {Text: "Seed", Numeric: true}, {Text: s.T("Состояние ¦ Status")}, {Text: s.T("Тики ¦ Ticks"), Numeric: true},
		{Text: s.T("Шаги жителей ¦ Agent-steps"), Numeric: true}, {Text: s.T("Сообщения ¦ Messages"), Numeric: true}, {Text: s.T("Дайджест ¦ Digest")}}}
	for _, r := range s.runs {
		status := cell{Text: s.status(r.Status), Bad: r.Status != Done}
		if r.Error != "" {
			status.Text += ": " + line(r.Error, 160)
		}
		t.Rows = append(t.Rows, []cell{
			{Text: line(r.Cell, 100)}, {Text: strconv.FormatUint(r.Seed, 10)}, status,
			{Text: fmt.Sprintf("%s / %s", s.Int(int(r.Ticks)), s.Int(int(max(r.Clock.Ticks, r.Ticks))))},
			{Text: s.Int(r.Steps)}, {Text: s.Int(r.Messages)}, digestCell(r.Digest),
		})
	}
	if len(t.Rows) == 0 {
		out.Blocks = []block{{Text: s.T("Ни один прогон не начат. ¦ No run has begun.")}}
		return out
	}
	out.Blocks = []block{{Table: t}}
	return out
}

func digestCell(digest string) cell {
	if digest == "" {
		return cell{Text: "—"}
	}
	full := line(digest, 128)
	return cell{Text: short(full), Full: full}
}

// status puts a run's status into words.
func (s *study) status(status string) string {
	switch status {
	case Done:
		return s.T("завершён ¦ done")
	case "interrupted":
		return s.T("прерван ¦ interrupted")
	case "budget":
		return s.T("исчерпан бюджет ¦ budget spent")
	case "failed":
		return s.T("ошибка ¦ failed")
	case "running":
		return s.T("не окончен: остановлен аварийно или ещё идёт ¦ unfinished: killed, or still running")
	case "", "not begun":
		return s.T("не начат ¦ not begun")
	}
	return line(status, 40)
}

// maxIncidents bounds those listed; the CSV file has all.
const maxIncidents = 100

// incidents are what went wrong with the machinery and was survived.
func (s *study) incidents() section {
	out := section{ID: "incidents", Nav: s.T("Сбои ¦ Incidents"), Title: s.T("Сбои ¦ Incidents"),
		Intro: s.T("Что сломалось и было пережито: плагин перезапущен со своими записями. На события прогона это не влияет. ¦ " +
			"What broke and was survived: a plugin was restarted with its records. The events of a run do not depend on it.")}
	if s.restarts() == 0 {
		out.Blocks = []block{{Text: s.T("Сбоев не было. ¦ There were none.")}}
		return out
	}
	t := &table{Caption: s.T("Сбои по прогонам ¦ Incidents by run"), Head: []column{
		{Text: s.T("Условие ¦ Condition")}, {Text: "Seed", Numeric: true}, {Text: s.T("Тик ¦ Tick"), Numeric: true}, {Text: s.T("Что ¦ What")},
		{Text: s.T("Где ¦ Where")}, {Text: s.T("Подробности ¦ Details")}}}
	for _, r := range s.runs {
		for _, i := range r.Incidents {
			if len(t.Rows) < maxIncidents {
				t.Rows = append(t.Rows, texts(line(r.Cell, 100), strconv.FormatUint(r.Seed, 10), s.Int(int(i.Tick)),
					line(i.Kind, 60), line(i.Source, 100), line(i.Detail, 300)))
			}
		}
	}
	if n := s.restarts() - len(t.Rows); n > 0 {
		t.Note = fmt.Sprintf(s.T("И ещё %d: см. data/incidents.csv. ¦ And %d more: see data/incidents.csv."), n)
	}
	out.Blocks = []block{{Table: t}}
	return out
}
