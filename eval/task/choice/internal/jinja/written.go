package jinja

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Written is a value as Python writes it into a text: texts as they are, whole
// numbers without a point.
func Written(v any) string {
	switch v := v.(type) {
	case nil:
		return "None"
	case string:
		return v
	case bool:
		if v {
			return "True"
		}
		return "False"
	}
	if n, ok := integer(v); ok {
		return strconv.Itoa(n)
	}
	if x, ok := float(v); ok {
		s := strconv.FormatFloat(x, 'g', -1, 64)
		if _, err := strconv.ParseInt(s, 10, 64); err == nil {
			s += ".0"
		}
		return s
	}
	var parts []string
	switch v := v.(type) {
	case []any:
		for _, one := range v {
			parts = append(parts, repr(one))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case map[string]any: // Python keeps the order of the document, which is gone here
		for _, key := range slices.Sorted(maps.Keys(v)) {
			parts = append(parts, repr(key)+": "+repr(v[key]))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return fmt.Sprint(v)
}

// repr is a value as Python writes it within a list: texts in quotes.
func repr(v any) string {
	s, ok := v.(string)
	if !ok {
		return Written(v)
	}
	quote := "'"
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		quote = `"`
	}
	escape := strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\r", `\r`, "\t", `\t`, quote, `\`+quote)
	return quote + escape.Replace(s) + quote
}
