package report

import (
	"fmt"
	"strings"
)

// maxRowsInMarkdown bounds a chart's table in report.md; the page and the CSV
// files have all rows.
const maxRowsInMarkdown = 12

// markdown is the document for reading as text and for putting into other
// documents. All of its texts are escaped.
func (d *document) markdown() []byte {
	w := &writer{d: d}
	w.para("# " + escape(d.Title))
	for _, n := range d.Notices {
		w.para(fmt.Sprintf("> **%s.** %s", escape(n.Title), escape(n.Text)))
	}
	for _, p := range d.Lead {
		w.para(atStart(escape(p)))
	}
	for _, f := range d.Facts {
		w.line(fmt.Sprintf("- %s: %s", escape(f.Name), escape(f.Value)))
	}
	w.line("")
	for _, s := range d.Sections {
		w.para("## " + escape(s.Title))
		if s.Intro != "" {
			w.para(escape(s.Intro))
		}
		for _, b := range s.Blocks {
			w.block(b)
		}
	}
	w.line("---")
	w.line("")
	w.line(escape(d.Footer))
	return []byte(w.out.String())
}

// writer writes Markdown.
type writer struct {
	d   *document
	out strings.Builder
}

func (w *writer) line(s string) { w.out.WriteString(s + "\n") }
func (w *writer) para(s string) { w.line(s); w.line("") }

func (w *writer) block(b block) {
	switch {
	case b.Heading != "":
		w.para("### " + escape(b.Heading))
	case b.Text != "":
		w.para(atStart(escape(b.Text)))
	case b.Code != "":
		w.para("    " + strings.Join(strings.Fields(b.Code), " "))
	case b.Table != nil:
		w.table(b.Table)
	case b.Chart != nil:
		w.chart(b.Chart)
	case b.Thread != nil:
		w.thread(b.Thread)
	case b.Terms != nil:
		if b.Fold != "" {
			w.para("**" + escape(b.Fold) + "**")
		}
		for _, t := range b.Terms {
			about := "- **" + escape(t.Name) + "** — " + escape(t.Text) + "."
			if extent := w.d.extent(t); extent != "" {
				about += " " + escape(extent) + "."
			}
			w.line(about)
		}
		w.line("")
	}
}

func (w *writer) chart(c *chart) {
	if len(c.Table.Rows) <= maxRowsInMarkdown {
		w.table(c.Table)
	} else {
		w.para("**" + escape(c.Table.Caption) + "**")
		w.para(w.d.T("График — в report.html, данные — в ¦ The chart is in report.html, the data in") + " `data/" + c.File + "`.")
	}
}

func (w *writer) table(t *table) {
	w.para("**" + escape(t.Caption) + "**")
	head, rule := make([]string, len(t.Head)), make([]string, len(t.Head))
	for i, c := range t.Head {
		head[i], rule[i] = c.Text, "---"
		if c.Numeric {
			rule[i] = "--:"
		}
		head[i] = escape(head[i])
	}
	w.line("| " + strings.Join(head, " | ") + " |")
	w.line("|" + strings.Join(rule, "|") + "|")
	for _, row := range t.Rows {
		cells := make([]string, len(row))
		for i, c := range row {
			cells[i] = escape(c.Text)
			if c.Full != "" {
				cells[i] = "`" + strings.ReplaceAll(strings.ReplaceAll(c.Full, "`", ""), "|", "") + "`"
			}
		}
		w.line("| " + strings.Join(cells, " | ") + " |")
	}
	w.line("")
	if t.Note != "" {
		w.para(escape(t.Note))
	}
}

func (w *writer) thread(t *thread) {
	w.para("### " + escape(t.Title))
	w.para(escape(t.Note))
	for _, p := range t.Posts {
		quote := strings.Repeat("> ", p.Depth+1)
		by := []string{"**" + escape(p.Author) + "**"}
		for _, s := range []string{p.Group, p.Kind, p.Time, p.Tone} {
			if s != "" {
				by = append(by, escape(s))
			}
		}
		w.line(quote + strings.Join(by, " · ") + "  ")
		w.line(quote + atStart(escape(strings.Join(strings.Fields(p.Text), " "))))
		w.line("")
	}
}

// escape makes a text mean itself in Markdown: no markup, no HTML, no link, no
// mention, on one line.
func escape(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	s = strings.NewReplacer(
		"&", "&amp;", "<", "&lt;", ">", "&gt;", `\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "|", `\|`,
		"~", `\~`, "$", `\$`, "#", `\#`, "@", "&#64;", "!", `\!`, "://", "&#58;//", "mailto:", "mailto&#58;",
	).Replace(s)
	return strings.NewReplacer("www.", "www&#46;", "WWW.", "WWW&#46;").Replace(s)
}

// atStart keeps a text that begins a paragraph from being a list or a rule.
func atStart(s string) string {
	trimmed := strings.TrimLeft(s, "0123456789")
	switch {
	case strings.HasPrefix(s, "-"), strings.HasPrefix(s, "+"), strings.HasPrefix(s, "="):
		return `\` + s
	case trimmed != s && (strings.HasPrefix(trimmed, ".") || strings.HasPrefix(trimmed, ")")):
		return s[:len(s)-len(trimmed)] + `\` + trimmed
	}
	return s
}
