package scaffold

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/llm-city/gorod/plugins/sdk"
)

// Languages of plugins.
const (
	Go     = "go"
	Python = "python"
)

// Languages are all of them.
func Languages() []string { return []string{Go, Python} }

// Refusal says what is wrong with what was asked for, and what to do.
type Refusal struct{ why string }

func (r *Refusal) Error() string { return r.why }

func refuse(format string, args ...any) error { return &Refusal{fmt.Sprintf(format, args...)} }

// maxName is the length of the longest name, in bytes.
const maxName = 64

func check(o Options) error {
	if err := known("kind", o.Kind, sdk.Kinds()); err != nil {
		return err
	}
	if err := known("language", o.Lang, Languages()); err != nil {
		return err
	}
	if ok, err := regexp.MatchString(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?$`, o.Name); !ok || err != nil || len(o.Name) > maxName {
		return refuse("%.100q is no name for a plugin: it has lower-case Latin letters, digits and hyphens between them, at most %d in all; such as %s",
			o.Name, maxName, mended(o.Name))
	}
	if o.Name == "main" && o.Lang == Go {
		return refuse("a plugin in Go cannot be called main: main.go is there already")
	}
	return nil
}

func known(what, word string, words []string) error {
	if slices.Contains(words, word) {
		return nil
	}
	hint, best := "", 1 // letters in common; one is chance
	for _, w := range words {
		if n := common(strings.ToLower(word), w); n > best {
			hint, best = fmt.Sprintf("; did you mean %s?", w), n
		}
	}
	return refuse("%s %.100q is none of %s%s", what, word, strings.Join(words, ", "), hint)
}

// common is how many letters a and b begin with alike.
func common(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// mended is a name that could have been meant.
func mended(name string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0:
			b.WriteByte('-')
		}
		if b.Len() >= maxName {
			break
		}
	}
	parts := strings.FieldsFunc(b.String(), func(r rune) bool { return r == '-' })
	if len(parts) == 0 {
		return "my-plugin"
	}
	return strings.Join(parts, "-")
}
