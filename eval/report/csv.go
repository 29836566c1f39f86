package report

import (
	"bytes"
	"encoding/csv"
	"math"
	"strconv"
	"strings"
)

// dataTable is a CSV file: names of columns in English, numbers with a decimal
// point, whatever the report's language, so that programs read them.
type dataTable struct {
	name string
	head []string
	rows [][]string
}

func (t dataTable) csv() []byte {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	w.UseCRLF = true                                      // RFC 4180
	_ = w.WriteAll(append([][]string{t.head}, t.rows...)) // a buffer takes everything
	return out.Bytes()
}

// csvText is a text that no spreadsheet takes for a formula.
func csvText(s string) string {
	s = strings.ReplaceAll(prose(s), "\n", " ")
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

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
