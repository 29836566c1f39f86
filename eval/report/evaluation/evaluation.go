// Package evaluation writes the report of an evaluation: report.html, report.md,
// LaTeX that compiles as it is, figures and CSV. What it prints comes from an
// analysis of the scores, and can be computed again from them: Verify does.
package evaluation

import (
	"fmt"
	"path/filepath"
	"time"

	"github.com/llm-city/gorod/eval/analysis"
	"github.com/llm-city/gorod/eval/report/internal/page"
	"github.com/llm-city/gorod/eval/report/internal/words"
	"github.com/llm-city/gorod/eval/sample"
	"github.com/llm-city/gorod/eval/suite"
)

// Evaluation is what a report is about. Its texts are not trusted.
type Evaluation struct {
	Suite        *suite.Suite
	Result       *analysis.Result
	Models       []Model
	Replies      Replies
	Generated    time.Time
	GorodVersion string
	// Samples are those that the result's picks name, as far as they are there.
	Samples map[string]sample.Sample
}

// Model is an entry of the suite's models as it answered.
type Model struct {
	Entry, Provider, Model, Digest string
}

// Replies count the samples.
type Replies struct {
	All       int
	Errors    int // without a usable reply
	Truncated int
	// Reference says that the built-in stand-in answered some of them.
	Reference bool
}

// File is a file of the report.
type File struct {
	Name string // within the report's folder, with slashes
	Data []byte
}

// Dir is the folder of the report in that of an evaluation.
const Dir = "report"

// writer puts a report together.
type writer struct {
	words.Language
	in Evaluation
	r  *analysis.Result

	places map[[3]string]string // of samples, by task, measure and subject
	names  map[string]string    // of files, by what they are of
}

// Render makes all files of a report. The same evaluation gives the same bytes.
func Render(in Evaluation) ([]File, error) {
	w := &writer{Language: words.Language(in.Suite.Language), in: in, r: in.Result, names: map[string]string{}}
	w.places = w.panels()
	doc := w.document()
	html, err := doc.HTML()
	if err != nil {
		return nil, err
	}
	figures, err := w.figures()
	if err != nil {
		return nil, fmt.Errorf("draw figures: %w", err)
	}
	files := []File{{"report.html", html}, {"report.md", doc.Markdown()}}
	files = append(files, w.latex(figures)...)
	for _, f := range figures {
		files = append(files, File{"figures/" + f.name + ".svg", f.svg}, File{"figures/" + f.name + ".pdf", f.pdf})
	}
	return append(files, w.data()...), nil
}

// Write writes a report into dir/report and gives the path of its page. Each file
// is replaced whole or not at all.
func Write(dir string, in Evaluation) (string, error) {
	files, err := Render(in)
	if err != nil {
		return "", err
	}
	stamp, err := stampOf(in)
	if err != nil {
		return "", err
	}
	out := page.Folder{Path: filepath.Join(dir, Dir)}
	for _, f := range append(files, stamp) {
		out.Write(filepath.FromSlash(f.Name), f.Data)
	}
	return filepath.Join(dir, Dir, "report.html"), out.Err
}
