package evaluation

import (
	"fmt"
	"strings"

	"github.com/llm-city/gorod/eval/analysis"
	"github.com/llm-city/gorod/eval/report/internal/page"
	"github.com/llm-city/gorod/eval/sample"
)

// Bounds of what is shown of samples.
const (
	maxPanels   = 240
	maxMessages = 4 // the last of a prompt
	maxMessage  = 600
	maxReply    = 1200
	maxWords    = 400
)

// panels are the places of samples by measure and subject: those that there is
// room for.
func (w *writer) panels() map[[3]string]string {
	out := map[[3]string]string{}
	for i, t := range w.r.Tasks {
		for j, m := range t.Measures {
			for k, s := range m.Subjects {
				if len(s.Picks) > 0 && len(out) < maxPanels {
					out[[3]string{t.Name, m.Name, s.Name}] = fmt.Sprintf("samples-%d-%d-%d", i+1, j+1, k+1)
				}
			}
		}
	}
	return out
}

// anchor is where the samples behind a number are.
func (w *writer) anchor(m *analysis.Measure, subject string) string {
	return w.places[[3]string{m.Task, m.Name, subject}]
}

// samples are questions and replies behind the numbers.
func (w *writer) samples() page.Section {
	out := page.Section{ID: "samples", Nav: w.T("Примеры ¦ Samples"), Title: w.T("Примеры ответов ¦ Samples"), Intro: w.T(
		"Несколько ответов за каждым числом, выбранных по хешу номера, а не по оценке. Все — в samples.parquet и scores.parquet. ¦ " +
			"A few replies behind each number, drawn by a hash of their ids, not by their scores. All are in samples.parquet and scores.parquet.")}
	for _, t := range w.r.Tasks {
		for _, m := range t.Measures {
			for _, s := range m.Subjects {
				id := w.anchor(m, s.Name)
				if id == "" {
					continue
				}
				panel := &page.Samples{ID: id, Title: name(t.Name) + ": " + w.title(&m.Measure) + ", " + name(s.Name)}
				for _, p := range s.Picks {
					panel.Samples = append(panel.Samples, w.sample(m, p))
				}
				out.Blocks = append(out.Blocks, page.Block{Samples: panel})
			}
		}
	}
	return out
}

func (w *writer) sample(m *analysis.Measure, p analysis.Pick) page.Sample {
	out := page.Sample{Title: page.Line(p.Sample, 120)}
	score := w.T("Оценка: ¦ Score:") + " "
	if p.Missing != "" {
		score += w.T("нет — ¦ none —") + " " + page.Line(p.Missing, maxWords)
	} else {
		score += w.value(m, p.Value)
	}
	if p.Other != "" {
		score += " " + w.T("против ¦ against") + " " + name(p.Other)
	}
	if p.By != "" {
		score += "; " + name(p.By)
	}
	if p.Words != "" {
		score += ": «" + page.Line(p.Words, maxWords) + "»"
	}
	out.Scores = score
	s, known := w.in.Samples[p.Sample]
	if !known {
		return out
	}
	if item := page.Line(s.Item, 60); item != "" {
		out.Title = item + " · " + w.T("повтор ¦ repeat") + " " + fmt.Sprint(s.Repeat+1)
	}
	from := max(0, len(s.Messages)-maxMessages)
	if from > 0 {
		out.Parts = append(out.Parts, page.Part{By: "…", Text: fmt.Sprintf(w.T("ещё %s раньше ¦ %s before"), w.Count(from, "сообщение|сообщения|сообщений ¦ message|messages"))})
	}
	for _, msg := range s.Messages[from:] {
		out.Parts = append(out.Parts, page.Part{By: w.role(msg), Text: shown(msg.Content, maxMessage)})
	}
	out.Parts = append(out.Parts, page.Part{By: w.T("Ответ ¦ Reply") + ", " + name(s.Subject), Text: shown(s.Reply, maxReply)})
	if s.Reference != "" {
		out.Parts = append(out.Parts, page.Part{By: w.T("Образец ¦ Reference"), Text: shown(s.Reference, maxReply)})
	}
	if s.Error != "" {
		out.Parts = append(out.Parts, page.Part{By: w.T("Ошибка ¦ Error"), Text: page.Line(s.Error, maxWords)})
	}
	return out
}

func (w *writer) role(m sample.Message) string {
	switch m.Role {
	case "system":
		return w.T("Инструкция ¦ System")
	case "assistant":
		return w.T("Ответ раньше ¦ Reply before")
	}
	return w.T("Вопрос ¦ Question")
}

// shown is a text of a model on several lines, cut.
func shown(s string, limit int) string {
	s = page.Prose(s)
	if runes := []rune(s); len(runes) > limit {
		s = strings.TrimSpace(string(runes[:limit])) + " …"
	}
	return s
}
