package evaluation

import (
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// Stamp is what a report says of its making: what the same report needs to be made
// again.
type Stamp struct {
	Generated    time.Time `json:"generated"`
	GorodVersion string    `json:"gorod_version"`
	Models       []Model   `json:"models"`
}

const stampName = "made.json"

func stampOf(in Evaluation) (File, error) {
	data, err := json.MarshalIndent(Stamp{in.Generated, in.GorodVersion, in.Models}, "", "  ")
	if err != nil {
		return File{}, fmt.Errorf("write how the report was made: %w", err)
	}
	return File{stampName, append(data, '\n')}, nil
}

// ErrNoReport says that an evaluation has no report.
var ErrNoReport = errors.New("there is no report")

// ReadStamp reads how the report in an evaluation's folder was made.
func ReadStamp(dir string) (Stamp, error) {
	data, err := os.ReadFile(filepath.Join(dir, Dir, stampName))
	if errors.Is(err, fs.ErrNotExist) {
		return Stamp{}, fmt.Errorf("%s: %w", dir, ErrNoReport)
	}
	if err != nil {
		return Stamp{}, fmt.Errorf("read how the report was made: %w", err)
	}
	var s Stamp
	if err := json.Unmarshal(data, &s); err != nil {
		return Stamp{}, fmt.Errorf("read %s: %w", stampName, err)
	}
	return s, nil
}

// Difference is a number that the rows do not give.
type Difference struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	Printed string `json:"printed"` // empty: the number is missing
	Rows    string `json:"rows"`    // what the rows give; empty: nothing
	Context string `json:"context"` // the line, cut
}

// Checked is what came of looking at a report.
type Checked struct {
	Files       int          `json:"files"`
	Numbers     int          `json:"numbers"`
	Differences []Difference `json:"differences"` // up to a bound
	More        int          `json:"more"`        // differences beyond it
}

// maxDifferences are told.
const maxDifferences = 50

// Verify looks at every number printed in an evaluation's report, and says which
// are not those that its rows give: in is the evaluation as it was analysed just
// now, with what ReadStamp tells.
func Verify(dir string, in Evaluation) (Checked, error) {
	files, err := Render(in)
	if err != nil {
		return Checked{}, err
	}
	var out Checked
	for _, f := range files {
		printed, err := os.ReadFile(filepath.Join(dir, Dir, filepath.FromSlash(f.Name)))
		if errors.Is(err, fs.ErrNotExist) {
			out.tell(Difference{File: f.Name, Context: "the file is missing"})
			continue
		}
		if err != nil {
			return Checked{}, fmt.Errorf("verify: %w", err)
		}
		out.Files++
		out.compare(f.Name, printed, f.Data)
	}
	return out, nil
}

func (c *Checked) tell(d Difference) {
	if len(c.Differences) == maxDifferences {
		c.More++
		return
	}
	c.Differences = append(c.Differences, d)
}

// compare looks at one file.
func (c *Checked) compare(name string, printed, want []byte) {
	if strings.HasSuffix(name, ".pdf") {
		if string(printed) != string(want) {
			c.tell(Difference{File: name, Context: "the figure is another one"})
		}
		return
	}
	told := len(c.Differences) + c.More
	c.align(name, numbersIn(name, printed), numbersIn(name, want))
	if told == len(c.Differences)+c.More {
		if line := reworded(name, printed, want); line > 0 {
			c.tell(Difference{File: name, Line: line, Context: "the numbers are the same, the words are not"})
		}
	}
}

// align goes through the numbers of a file and those that the rows give, side by
// side: one may be another, too much or missing.
func (c *Checked) align(name string, have, given []found) {
	c.Numbers += len(given)
	for i, j := 0, 0; i < len(have) || j < len(given); {
		switch {
		case same(have, given, i, j, 1):
			i, j = i+1, j+1
		case i < len(have) && j < len(given) && changedOnly(have, given, i, j):
			c.tell(Difference{name, have[i].line, have[i].text, given[j].text, have[i].context})
			i, j = i+1, j+1
		case i < len(have) && (j >= len(given) || same(have, given, i+1, j, next)):
			c.tell(Difference{name, have[i].line, have[i].text, "", have[i].context})
			i++
		default:
			c.tell(Difference{name, given[j].line, "", given[j].text, given[j].context})
			j++
		}
	}
}

// next is how many numbers behind a difference have to be the same.
const next = 3

// changedOnly reports whether a number is another one: neither is too much.
func changedOnly(have, given []found, i, j int) bool {
	return same(have, given, i+1, j+1, next) || !same(have, given, i+1, j, next) && !same(have, given, i, j+1, next)
}

// same reports whether the next n numbers are the same.
func same(a, b []found, i, j, n int) bool {
	for k := range n {
		switch {
		case i+k >= len(a) && j+k >= len(b):
			return true
		case i+k >= len(a) || j+k >= len(b) || a[i+k].text != b[j+k].text:
			return false
		}
	}
	return true
}

// reworded is the first line that reads otherwise; 0 where none does. Which test it
// was, who is better and how many stars there are stand in words.
func reworded(name string, a, b []byte) int {
	var given []string
	for _, shown := range lines(name, b) {
		given = append(given, shown)
	}
	at := 0
	for line, shown := range lines(name, a) {
		if at == len(given) || given[at] != shown {
			return line
		}
		at++
	}
	if at < len(given) {
		return at + 1
	}
	return 0
}

// found is a number in a file.
type found struct {
	text    string
	line    int
	context string
}

var (
	number = regexp.MustCompile(`[\x{2212}-]?\d+(?:[.,\x{00a0}]\d+)*`)
	tags   = regexp.MustCompile(`<[^>]*>`)
)

// numbersIn are the numbers of a file, in order.
func numbersIn(name string, data []byte) (out []found) {
	for line, shown := range lines(name, data) {
		for _, n := range number.FindAllString(shown, -1) {
			out = append(out, found{n, line, cut(strings.TrimSpace(shown), 160)})
		}
	}
	return out
}

// lines are those of a file as they are read, with their numbers. The page's own
// scripts and styles are no part of the report, what its charts show is.
func lines(name string, data []byte) iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		script := false
		minus := strings.NewReplacer(`\ensuremath{-}`, "\u2212", "~", "\u00a0")
		for i, line := range strings.Split(string(data), "\n") {
			shown := minus.Replace(line)
			if name == "report.html" {
				plots := strings.Contains(line, `id="plots"`) // numbers of the charts
				if !plots && (strings.HasPrefix(line, "<script>") || strings.HasPrefix(line, "<style>")) {
					script = true
				}
				if script {
					script = !strings.Contains(line, "</script>") && !strings.Contains(line, "</style>")
					continue
				}
				if !plots {
					shown = html.UnescapeString(tags.ReplaceAllString(shown, " "))
				}
			}
			if !yield(i+1, shown) {
				return
			}
		}
	}
}

func cut(s string, limit int) string {
	if r := []rune(s); len(r) > limit {
		return string(r[:limit]) + "…"
	}
	return s
}
