package page

import (
	"bytes"
	"encoding/csv"
	"strings"
)

// CSV is a file of rows under a head.
func CSV(head []string, rows [][]string) []byte {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	w.UseCRLF = true                                  // RFC 4180
	_ = w.WriteAll(append([][]string{head}, rows...)) // a buffer takes everything
	return out.Bytes()
}

// CSVText is a text that no spreadsheet takes for a formula.
func CSVText(s string) string {
	s = strings.ReplaceAll(Prose(s), "\n", " ")
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}
