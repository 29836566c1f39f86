package report

import (
	"strings"

	"github.com/llm-city/gorod/eval/report/internal/words"
)

// document is a report before it is put into HTML or Markdown. Its texts are
// plain: each format escapes them.
type document struct {
	words.Language
	Code     string // of the language, for HTML
	Title    string
	Lead     []string // paragraphs of the description
	Facts    []fact
	Notices  []notice
	Sections []section
	Footer   string
}

// fact is one thing to know about the study.
type fact struct{ Name, Value string }

// notice is what must not be overlooked.
type notice struct{ Title, Text string }

// section is a part of the report.
type section struct {
	ID     string
	Nav    string // Title in a word
	Title  string
	Intro  string
	Blocks []block
}

// block is one thing in a section: exactly one field is set, beside Half
// and Fold.
type block struct {
	Half    bool // a table that leaves room for another block beside it
	Heading string
	Text    string
	Code    string
	Table   *table
	Chart   *chart
	Thread  *thread
	Terms   []term
	Fold    string // of Terms: what they are, shown in their place until asked for
}

// term is a word with its meaning.
type term struct{ Name, Unit, Range, Text string }

// extent is the unit and the range of a term, where it has them.
func (d *document) extent(t term) string {
	var out []string
	if t.Unit != "" {
		out = append(out, d.T("Единица ¦ Unit")+": "+t.Unit)
	}
	if t.Range != "" {
		out = append(out, d.T("диапазон ¦ range")+": "+t.Range)
	}
	return strings.Join(out, "; ")
}

// table is a table. The first column names the rows.
type table struct {
	Caption string
	Note    string
	Head    []column
	Rows    [][]cell
}

// column is the head of a column.
type column struct {
	Text    string
	Numeric bool
}

// cell is a cell of a table. Full is what Text is short for, offered to copy.
type cell struct {
	Text string
	Full string
	Bad  bool   // worth a look
	Hint string // what Text means, told when it is pointed at
}

func texts(ss ...string) []cell {
	cells := make([]cell, len(ss))
	for i, s := range ss {
		cells[i].Text = s
	}
	return cells
}

// thread is a conversation to read.
type thread struct {
	Title string
	Note  string
	Posts []post
}

// post is one message of a thread.
type post struct {
	Author, Group, Kind, Time, Text string
	Depth                           int    // 0 … 4
	Tone                            string // its sentiment in words; empty where not rated
	Class                           string // of the sentiment: negative, neutral, positive
}

// document puts the report together.
func (s *study) document(dir string) *document {
	d := &document{
		Language: s.Language, Code: s.T("ru ¦ en"), Title: line(s.in.Title, 200), Lead: paragraphs(s.in.Description),
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
