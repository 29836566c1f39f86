package report

import (
	"math"
	"strconv"

	"github.com/llm-city/gorod/eval/report/internal/page"
)

// dataTable is a CSV file: names of columns in English, numbers with a decimal
// point, whatever the report's language, so that programs read them.
type dataTable struct {
	name string
	head []string
	rows [][]string
}

func (t dataTable) csv() []byte { return page.CSV(t.head, t.rows) }

func csvText(s string) string { return page.CSVText(s) }

func csvInt[T ~int | ~int64](n T) string { return strconv.FormatInt(int64(n), 10) }

// csvNumber is x, or nothing where it is not a number.
func csvNumber(x float64) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return ""
	}
	return strconv.FormatFloat(math.Round(x*1e6)/1e6, 'f', -1, 64)
}

// csvExact is x with all its digits, or nothing where it is not a number.
func csvExact(x float64) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return ""
	}
	return strconv.FormatFloat(x, 'f', -1, 64)
}

// of is what names a run in every file.
func (r *run) key() []string { return []string{csvText(r.Cell), strconv.FormatUint(r.Seed, 10)} }
