package pii_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/llm-city/gorod/dataset/chat"
	"github.com/llm-city/gorod/dataset/clean/pii"
)

func FuzzRedact(f *testing.F) {
	for line := range strings.Lines(labelled) {
		f.Add(label.ReplaceAllString(strings.TrimSpace(line), "$2"), 0, 5)
	}
	f.Add("\xff\xd0", 1, 2)
	f.Add("ул. 1-я ул, [PHONE_1", 3, 9)
	r, err := pii.New(pii.Options{People: neighbours(), Common: true})
	if err != nil {
		f.Fatal(err)
	}
	types := []string{"phone", "email", "mention", "mention_name", "bank_card", "link"}
	f.Fuzz(func(t *testing.T, in string, from, to int) {
		s := r.Scope()
		var spans []chat.Span
		for _, ty := range types {
			spans = append(spans, chat.Span{Type: ty, From: from, To: to})
		}
		out := s.Redact(in, spans)
		if utf8.ValidString(in) && !utf8.ValidString(out) {
			t.Fatalf("%q gives %q", in, out)
		}
		if again := s.Redact(out, nil); again != out {
			t.Fatalf("%q gives %q, and again %q", in, out, again)
		}
		if again := r.Scope().Redact(out, nil); again != out {
			t.Fatalf("%q gives %q, and in another dialogue %q", in, out, again)
		}
		if other := r.Scope().Redact(in, spans); other != out {
			t.Fatalf("%q gives %q and %q", in, out, other)
		}
	})
}
