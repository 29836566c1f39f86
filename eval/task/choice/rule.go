package choice

import (
	"regexp"
	"strings"
	"unicode"
)

// rule is how written answers are asked for and compared.
type rule struct {
	until       []string // a reply ends before the first of these
	maxTokens   int
	temperature float64
	filters     []filter // at least one
	ignore      []*regexp.Regexp
	ignoreCase  bool
	ignoreMarks bool
	ignoreEnds  bool // marks and space around an answer, but a minus
}

// filter takes the answer out of a reply.
type filter struct {
	name  string
	steps []func(string) string
}

func (f *filter) apply(reply string) string {
	for _, step := range f.steps {
		reply = step(reply)
	}
	return reply
}

// stopped is a reply up to the first text that ends it.
func (r *rule) stopped(reply string) string {
	for _, stop := range r.until {
		if stop != "" {
			reply, _, _ = strings.Cut(reply, stop)
		}
	}
	return reply
}

// matches reports whether an answer is one of those accepted, with what the rule
// ignores left out of both.
func (r *rule) matches(answer string, accepted []string) bool {
	answer = r.normal(answer)
	for _, a := range accepted {
		if answer == r.normal(a) {
			return true
		}
	}
	return false
}

func (r *rule) normal(s string) string {
	for _, re := range r.ignore {
		s = re.ReplaceAllString(s, "")
	}
	if r.ignoreCase {
		s = strings.ToLower(s)
	}
	if r.ignoreEnds {
		s = ends(strings.Join(strings.Fields(s), " "))
	}
	if r.ignoreMarks {
		s = strings.Map(func(c rune) rune {
			if unicode.IsPunct(c) || unicode.IsSymbol(c) {
				return -1
			}
			return c
		}, s)
		s = strings.Join(strings.Fields(s), " ")
	}
	return s
}

// ends takes away the marks around a text; a minus before a digit is none.
func ends(s string) string {
	mark := func(c rune) bool { return unicode.IsPunct(c) || unicode.IsSymbol(c) || unicode.IsSpace(c) }
	out := strings.TrimFunc(s, mark)
	if at := strings.Index(s, out); out != "" && unicode.IsDigit([]rune(out)[0]) {
		if before := s[:at]; strings.HasSuffix(before, "-") || strings.HasSuffix(before, "−") {
			return "-" + out
		}
	}
	return out
}

// invalid is what lm-evaluation-harness takes for a reply in which a pattern is
// not found.
const invalid = "[invalid]"

// pattern takes the match of a group with an index (negative: from the end) out
// of a reply: the group's text, or the first group's that is not empty, or the
// whole match where it has no groups, as RegexFilter of lm-evaluation-harness.
func pattern(re *regexp.Regexp, group int, fallback string) func(string) string {
	return func(reply string) string {
		found := re.FindAllStringSubmatch(reply, -1)
		at := group
		if at < 0 {
			at += len(found)
		}
		if at < 0 || at >= len(found) {
			return fallback
		}
		match := found[at]
		if len(match) == 1 {
			return strings.TrimSpace(match[0])
		}
		for _, g := range match[1:] {
			if g != "" {
				return strings.TrimSpace(g)
			}
		}
		return fallback
	}
}
