// Package page puts a report into HTML, which holds its charts and needs no
// network, and into Markdown.
package page

import (
	"strings"

	"github.com/llm-city/gorod/eval/report/internal/words"
)

// Document is a report before it is put into HTML or Markdown. Its texts are
// plain: each format escapes them.
type Document struct {
	words.Language
	Code     string // of the language, for HTML
	Kind     string // of the report, above its title
	Title    string
	Lead     []string // paragraphs of the description
	Facts    []Fact
	Notices  []Notice
	Sections []Section
	Footer   string
}

// Fact is one thing to know about the study.
type Fact struct{ Name, Value string }

// Notice is what must not be overlooked.
type Notice struct{ Title, Text string }

// Section is a part of the report.
type Section struct {
	ID     string
	Nav    string // Title in a word
	Title  string
	Intro  string
	Blocks []Block
}

// Block is one thing in a section: exactly one field is set, beside Half
// and Fold.
type Block struct {
	Half    bool // a table that leaves room for another block beside it
	Heading string
	Text    string
	Code    string
	Table   *Table
	Chart   *Chart
	Thread  *Thread
	Terms   []Term
	Fold    string // of Terms: what they are, shown in their place until asked for
	Samples *Samples
}

// Samples are questions and replies behind a number, shown when it is asked
// for. They are of the page alone: Markdown leaves them out.
type Samples struct {
	ID      string // of Cell.Link
	Title   string
	Note    string
	Samples []Sample
}

// Sample is one question with its reply.
type Sample struct {
	Title  string
	Parts  []Part
	Scores string
}

// Part is one message of a sample.
type Part struct{ By, Text string }

// Term is a word with its meaning.
type Term struct{ Name, Unit, Range, Text string }

// extent is the unit and the range of a term, where it has them.
func (d *Document) extent(t Term) string {
	var out []string
	if t.Unit != "" {
		out = append(out, d.T("Единица ¦ Unit")+": "+t.Unit)
	}
	if t.Range != "" {
		out = append(out, d.T("диапазон ¦ range")+": "+t.Range)
	}
	return strings.Join(out, "; ")
}

// Table is a table. The first column names the rows.
type Table struct {
	Caption string
	Note    string
	Head    []Column
	Rows    [][]Cell
}

// Column is the head of a column.
type Column struct {
	Text    string
	Numeric bool
}

// Cell is a cell of a table. Full is what Text is short for, offered to copy.
type Cell struct {
	Text string
	Full string
	Bad  bool   // worth a look
	Hint string // what Text means, told when it is pointed at
	Link string // id of the samples behind a number
}

// Texts are cells of plain texts.
func Texts(ss ...string) []Cell {
	cells := make([]Cell, len(ss))
	for i, s := range ss {
		cells[i].Text = s
	}
	return cells
}

// Thread is a conversation to read.
type Thread struct {
	Title string
	Note  string
	Posts []Post
}

// Post is one message of a thread.
type Post struct {
	Author, Group, Kind, Time, Text string
	Depth                           int    // 0 … 4
	Tone                            string // its sentiment in words; empty where not rated
	Class                           string // of the sentiment: negative, neutral, positive
}
