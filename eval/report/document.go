package report

import (
	"github.com/llm-city/gorod/eval/report/internal/page"
)

// What a report is made of.
type (
	document = page.Document
	fact     = page.Fact
	notice   = page.Notice
	section  = page.Section
	block    = page.Block
	term     = page.Term
	table    = page.Table
	column   = page.Column
	cell     = page.Cell
	thread   = page.Thread
	post     = page.Post
	chart    = page.Chart
	plot     = page.Plot
	band     = page.Band
)

func texts(ss ...string) []cell { return page.Texts(ss...) }

func colour(i int) string { return page.Colour(i) }

func prose(s string) string { return page.Prose(s) }

func line(s string, limit int) string { return page.Line(s, limit) }

// document puts the report together.
func (s *study) document(dir string) *document {
	d := &document{
		Language: s.Language, Kind: s.T("Отчёт об эксперименте ¦ Report of an experiment"), Code: s.T("ru ¦ en"), Title: line(s.in.Title, 200), Lead: paragraphs(s.in.Description),
		Facts: s.facts(), Notices: s.notices(),
		Footer: s.T("Создано gorod ¦ Made by gorod") + " " + line(s.in.GorodVersion, 60) + ", " + s.Moment(s.in.Generated),
	}
	for _, part := range []func() section{
		s.comparison, s.town, s.surveys, s.propositions, s.interventions, s.activity, s.moods, s.sentiments, s.actions, s.spread,
		s.ties, s.exposure, s.metrics, s.extracts, s.calls, s.examples,
		s.runsSection, s.incidents, s.definitions, func() section { return s.replay(dir) },
	} {
		if made := part(); len(made.Blocks) > 0 {
			d.Sections = append(d.Sections, made)
		}
	}
	return d
}
