package pages

import (
	"strconv"
	"strings"
)

// Language is the one of ru and en that a browser prefers, by its
// Accept-Language; usual where it names neither.
func Language(accept, usual string) string {
	best, weight := usual, 0.0
	for i, part := range strings.Split(accept, ",") {
		if i == 20 {
			break
		}
		tag, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		q := 1.0
		if value, ok := strings.CutPrefix(strings.ReplaceAll(params, " ", ""), "q="); ok {
			var err error
			if q, err = strconv.ParseFloat(value, 64); err != nil {
				continue
			}
		}
		primary, _, _ := strings.Cut(strings.ToLower(tag), "-")
		if (primary == "ru" || primary == "en") && q > weight {
			best, weight = primary, q
		}
	}
	return best
}
