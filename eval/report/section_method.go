package report

import (
	"fmt"
	"path/filepath"
	"strings"
	"unicode"
)

// definitions say what each measure is.
func (s *study) definitions() section {
	var terms []term
	for _, m := range s.shown() {
		terms = append(terms, term{Name: s.T(m.name), Unit: s.T(m.unit), Range: m.reach, Text: s.T(m.about)})
	}
	terms = append(terms, s.spreadTerms()...)
	out := section{ID: "definitions", Nav: s.T("Определения ¦ Definitions"), Title: s.T("Определения ¦ Definitions"), Intro: s.T(
		"Условие — сочетание значений матрицы; повтор — прогон условия со своим seed; тик — шаг времени в модели. Полосы и скобки показывают наименьшее и наибольшее значение по повторам, а не доверительный интервал. ¦ " +
			"A condition is one combination of the matrix; a seed is one run of it; a tick is a step of simulated time. Bands and brackets are the least and the greatest value over seeds, not a confidence interval.")}
	if len(terms) > 0 {
		out.Blocks = []block{{Terms: terms}}
	}
	return out
}

func (s *study) spreadTerms() []term {
	if !s.shows(Spread) || len(s.events()) == 0 {
		return nil
	}
	return []term{
		{Name: s.T("Слышали ¦ Heard"), Unit: s.T(unitShare), Range: ofOne,
			Text: s.T("жители, которые увидели хоть что-то о событии, среди всех жителей ¦ residents who saw anything about the event, among all residents")},
		{Name: s.T("До половины жителей ¦ Until half had heard"), Unit: s.T("время в модели ¦ simulated time"), Range: fromZero,
			Text: s.T("от тика, в котором о событии впервые сказали, до тика, в котором услышала половина жителей ¦ from the tick in which the event was first told to the one in which half of the residents had heard")},
		{Name: s.T("Пересказы ¦ Hops"), Unit: s.T(unitCount), Range: fromZero,
			Text: s.T("0 — узнал от исследования, 1 — от того, кому сказало исследование, и так далее ¦ 0: from the study; 1: from one whom the study told; and so on")},
	}
}

// replay says how to check the study and how to cite it.
func (s *study) replay(dir string) section {
	shown := dir
	if filepath.IsAbs(dir) {
		shown = filepath.Base(dir)
	}
	shown = line(filepath.ToSlash(shown), 200)
	title := line(s.in.Title, 200)
	if s.in.Title != s.in.Name {
		title += ". " + line(s.in.Name, 100)
	}
	return section{
		ID: "replay", Nav: s.T("Повтор ¦ Replay"), Title: s.T("Как повторить и сослаться ¦ How to replay and cite"),
		Blocks: []block{
			{Text: s.T("Повтор по записанным вызовам моделей, без единого нового вызова, должен дать те же дайджесты: ¦ " +
				"A replay from the recorded model calls, without any new one, must give the same digests:")},
			{Code: "gorod verify " + quoted(shown)},
			{Text: s.T("Ссылка: ¦ Cite as:")},
			{Code: fmt.Sprintf("%s, gorod %s, %s. %s: %s.", title, line(s.in.GorodVersion, 60),
				s.in.Generated.Format("2006-01-02"), s.T("Дайджесты ¦ Digests"), s.digests())},
			{Text: s.T("Данные отчёта лежат рядом, в data/*.csv (UTF-8, RFC 4180). Все события — в экспорте: ¦ " +
				"The report's data lie beside it, in data/*.csv (UTF-8, RFC 4180). All events are in the export:")},
			{Code: "gorod export " + quoted(shown)},
		},
	}
}

func (s *study) digests() string {
	out := ""
	for i, r := range s.runs {
		if i == 3 {
			return out + ", …"
		}
		if r.Digest != "" {
			if out != "" {
				out += ", "
			}
			out += short(line(r.Digest, 128))
		}
	}
	if out == "" {
		return "—"
	}
	return out
}

// quoted is a path fit for a shell.
func quoted(path string) string {
	for _, r := range path {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-_./+=,:@%", r) {
			return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
		}
	}
	return path
}
