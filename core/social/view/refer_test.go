package view

import (
	"testing"
	"unicode/utf8"

	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/core/social"
)

func named() *state {
	s := newState(journal.Meta{Language: "ru"}, 10)
	s.people.settle([]journal.Resident{{ID: "a0001", Name: "Анна Петрова"}, {ID: "a0002", Name: "Пётр"}, {ID: "a0003", Name: "Анна Ким"}})
	s.people.visitor(social.Visitor{ID: "@alice"})
	s.people.visitor(social.Visitor{ID: "@kate@example.org"})
	return s
}

func TestTextsReferToPeopleAndTags(t *testing.T) {
	t.Parallel()
	s := named()
	for text, want := range map[string]string{
		"Привет, @Анна Петрова, как дела?": "@Анна Петрова=a0001",
		"@анна кимка":                       "",
		"@Анна":                             "", // two are called so
		"@Петр и @пётр":                     "@Петр=a0002 @пётр=a0002",
		"@anna_petrova: @ALICE.":            "@anna_petrova=a0001 @ALICE=@alice",
		"@kate@example.org, @a0003":         "@kate@example.org=@kate@example.org @a0003=a0003",
		"почта x@alice не упоминание":       "",
		"https://x/@alice и https://x/#tag": "",
		"#Сад #ёлка_2 # #, a#b":             "#Сад=сад #ёлка_2=елка_2",
		"@":                                 "", "@@alice": "@alice=@alice", "@\xff": "",
	} {
		got := ""
		for _, r := range s.referred(text) {
			if got != "" {
				got += " "
			}
			got += text[r.from:r.to] + "="
			if r.who != nobody {
				got += s.people.all[r.who].id
			} else {
				got += r.tag
			}
		}
		if got != want {
			t.Errorf("%q refers to %q, want %q", text, got, want)
		}
	}
}

func FuzzReferencesLieInTheText(f *testing.F) {
	for _, seed := range []string{"@Анна Петрова", "#a#b@alice", "@alice@alice@example.org...", "@ @ @", "#\u0301", "@Анна Петрова Анна Петрова"} {
		f.Add(seed)
	}
	s := named()
	f.Fuzz(func(t *testing.T, text string) {
		at := 0
		for _, r := range s.referred(text) {
			if r.from < at || r.to <= r.from || r.to > len(text) || (r.who == nobody) == (r.tag == "") {
				t.Fatalf("%q: %+v after %d", text, r, at)
			}
			if utf8.ValidString(text) && !utf8.ValidString(text[r.from:r.to]) {
				t.Fatalf("%q is cut within a letter: %q", text, text[r.from:r.to])
			}
			at = r.to
		}
	})
}
