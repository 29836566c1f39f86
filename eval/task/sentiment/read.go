package sentiment

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/llm-city/gorod/core/parquet"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/eval/task"
	"github.com/llm-city/gorod/eval/task/items"
	"github.com/llm-city/gorod/plugins/sdk"
)

// labelled is a text that people labelled.
type labelled struct{ id, text, label string }

// maxProblems of rows are told.
const maxProblems = 20

// errEnough ends reading once there are as many texts as the task asks.
var errEnough = errors.New("enough")

// reader takes in rows.
type reader struct {
	file     string
	limit    int // 0: none
	texts    []labelled
	problems spec.Problems
}

// read reads what a task names: Parquet, or CSV with a header, its columns parted
// by commas, semicolons or tabs.
func read(s task.Setup) ([]labelled, error) {
	of := s.Task.Sentiment
	r := &reader{file: of.Data, limit: s.Task.Limit}
	textColumn, labelColumn := "text", "label" // of what is shipped
	if of.Data != "" {
		textColumn, labelColumn = cmp.Or(of.Text, textColumn), cmp.Or(of.Label, labelColumn)
	}
	var err error
	if strings.EqualFold(filepath.Ext(of.Data), ".parquet") {
		err = r.parquet(of.Data, textColumn, labelColumn)
	} else {
		var t items.Text
		if t, err = items.Open(s, "sentiment.data", of.Data, "shipped texts", shipped); err == nil {
			err = r.csv(t, textColumn, labelColumn)
		}
	}
	switch {
	case len(r.problems) > 0:
		return nil, r.problems
	case err != nil && !errors.Is(err, errEnough):
		if _, ok := errors.AsType[spec.Problems](err); ok {
			return nil, err
		}
		return nil, spec.Problems{items.Problem(s, "sentiment.data", "cannot be read", err.Error(), "")}
	case len(r.texts) == 0:
		return nil, spec.Problems{{File: r.file, Line: 1, Column: 1, What: "no texts", Why: "the file is empty", Do: "add rows"}}
	}
	return r.texts, nil
}

func (r *reader) parquet(path, textColumn, labelColumn string) error {
	return parquet.ReadAny(path, func(row int, values map[string]any) error {
		for _, column := range []string{textColumn, labelColumn} {
			if _, ok := values[column]; !ok {
				return spec.Problems{r.noColumn(column, slices.Sorted(maps.Keys(values)))}
			}
		}
		said, ok := values[textColumn].(string)
		if !ok {
			return spec.Problems{r.problem(row, fmt.Sprintf("row %d: column %s", row, textColumn), "it is no text", "")}
		}
		return r.row(row, fmt.Sprintf("row %d: ", row), said, values[labelColumn])
	})
}

func (r *reader) csv(t items.Text, textColumn, labelColumn string) error {
	r.file = t.Name
	in := csv.NewReader(bytes.NewReader(t.Bytes))
	in.Comma = separator(t.Bytes)
	header, err := in.Read()
	if errors.Is(err, io.EOF) {
		return nil
	}
	for i := range header {
		header[i] = strings.TrimSpace(header[i])
	}
	at := [2]int{slices.Index(header, textColumn), slices.Index(header, labelColumn)}
	for i, column := range []string{textColumn, labelColumn} {
		if err == nil && at[i] < 0 {
			return spec.Problems{r.noColumn(column, header)}
		}
	}
	for err == nil {
		var row []string
		if row, err = in.Read(); err == nil {
			line, _ := in.FieldPos(0)
			err = r.row(line, "", row[at[0]], row[at[1]])
		}
	}
	if parse, ok := errors.AsType[*csv.ParseError](err); ok {
		return spec.Problems{{File: t.Name, Line: parse.StartLine, Column: max(1, parse.Column), What: "malformed CSV", Why: parse.Err.Error(), Do: "put texts with separators or quotes into double quotes"}}
	}
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// separator is what the header parts its names with most often.
func separator(csv []byte) rune {
	line, _, _ := bytes.Cut(csv, []byte("\n"))
	best := ','
	for _, c := range ";\t" {
		if bytes.Count(line, []byte(string(c))) > bytes.Count(line, []byte(string(best))) {
			best = c
		}
	}
	return best
}

func (r *reader) problem(line int, what, why, do string) spec.Problem {
	return spec.Problem{File: r.file, Line: line, Column: 1, What: what, Why: why, Do: do}
}

func (r *reader) noColumn(column string, has []string) spec.Problem {
	return r.problem(1, fmt.Sprintf("no column %q", column), "the file has "+strings.Join(has, ", "), "name its columns in sentiment.text and sentiment.label")
}

// row takes in a row at a line.
func (r *reader) row(line int, where, said string, label any) error {
	class, ok := classOf(label)
	switch {
	case strings.TrimSpace(said) == "":
		r.problems = append(r.problems, r.problem(line, where+"the text is empty", "", "write one or remove the row"))
	case !ok:
		r.problems = append(r.problems, r.problem(line, fmt.Sprintf("%slabel %.40q", where, fmt.Sprint(label)), "it is none of negative, neutral, positive, -1, 0, 1", "mend it, or name another column in sentiment.label"))
	default:
		r.texts = append(r.texts, labelled{fmt.Sprintf("row-%d", len(r.texts)+1), said, class})
	}
	if len(r.problems) >= maxProblems || r.limit > 0 && len(r.texts) >= r.limit {
		return errEnough
	}
	return nil
}

// classOf is the class that a label names: a word or a number.
func classOf(label any) (string, bool) {
	word := strings.ToLower(strings.TrimSpace(fmt.Sprint(label)))
	if x, err := strconv.ParseFloat(word, 64); err == nil {
		if x != math.Trunc(x) || x < -1 || x > 1 {
			return "", false
		}
		return labels()[int(x)+1], true
	}
	switch word {
	case "negative", "neg", "негативная", "негативный", "отрицательная":
		return sdk.Negative, true
	case "neutral", "neu", "нейтральная", "нейтральный":
		return sdk.Neutral, true
	case "positive", "pos", "позитивная", "позитивный", "положительная":
		return sdk.Positive, true
	}
	return "", false
}
