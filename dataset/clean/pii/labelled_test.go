package pii_test

import (
	_ "embed"
	"regexp"
	"strings"
	"testing"

	"github.com/llm-city/gorod/dataset/clean/pii"
)

//go:embed testdata/labelled.txt
var labelled string

// neighbours are the people of the labelled messages.
func neighbours() []pii.Person {
	return []pii.Person{
		{ID: "user1", Names: []string{"Маша Петрова"}},
		{ID: "user2", Names: []string{"Иван 🚀 Сидоров"}},
		{ID: "user3", Names: []string{"Dmitry Sokolov"}},
		{ID: "user4", Names: []string{"света"}},
		{ID: "user5", Names: []string{"Артём"}},
		{ID: "user6", Names: []string{"Павел"}},
		{ID: "user7", Names: []string{"Лев Т."}},
		{ID: "user8", Names: []string{"Фёдор Достоевский"}},
		{ID: "user9", Names: []string{"Мама"}},
		{ID: "user10", Names: []string{"Happy Home"}},
	}
}

func redactor(tb testing.TB, o pii.Options) *pii.Redactor {
	tb.Helper()
	r, err := pii.New(o)
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

var (
	label       = regexp.MustCompile(`\{([A-Z]+):([^}]*)\}`)
	placeholder = regexp.MustCompile(`\[([A-Z]+)_\d+\]`)
)

type score struct{ right, found, wanted int }

func TestLabelledMessagesAreRedactedPreciselyAndWhole(t *testing.T) {
	t.Parallel()
	r, scores, lines := redactor(t, pii.Options{People: neighbours()}), map[string]*score{}, 0
	for _, ty := range pii.Types() {
		scores[string(ty)] = &score{}
	}
	for line := range strings.Lines(labelled) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "# ") {
			continue
		}
		lines++
		original := line
		if label.MatchString(line) {
			original = label.ReplaceAllString(line, "$2")
		}
		got := r.Scope().Redact(original, nil)
		same := placeholder.ReplaceAllString(got, "[$1]") == placeholder.ReplaceAllString(label.ReplaceAllString(line, "[$1]"), "[$1]")
		if !same {
			t.Logf("%s\n    gives %s", line, got)
		}
		for _, m := range label.FindAllStringSubmatch(line, -1) {
			scores[m[1]].wanted++
			if same {
				scores[m[1]].right++
			}
		}
		if original != got {
			for _, m := range placeholder.FindAllStringSubmatch(got, -1) {
				scores[m[1]].found++
			}
		}
	}
	if lines < 300 {
		t.Errorf("%d lines", lines)
	}
	for ty, s := range scores {
		precision, recall := float64(s.right)/float64(max(s.found, 1)), float64(s.right)/float64(max(s.wanted, 1))
		t.Logf("%-9s precision %.3f recall %.3f of %d", ty, precision, recall, s.wanted)
		if precision < 0.97 || recall < 0.95 || s.wanted == 0 {
			t.Errorf("%s: precision %.3f recall %.3f of %d", ty, precision, recall, s.wanted)
		}
	}
}
