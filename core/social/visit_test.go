package social_test

import (
	"errors"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/llm-city/gorod/core/social"
)

func TestVisitorsAreCalledAsAccountsAre(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{
		"@alice": "@alice", "@Alice": "@alice", "@a0001": "@a0001", "@_": "@_", "@anna.b-c_": "@anna.b-c_",
		"@alice@Example.org": "@alice@example.org", "@a@127.0.0.1:8080": "@a@127.0.0.1:8080", "@a@xn--80a": "@a@xn--80a",
		"": "", "@": "", "alice": "", "@@alice": "", "@alice@": "", "@a@b@c": "", "@a@b_c": "", "@.a": "", "@a.": "", "@a@-b": "",
		"@алиса": "", "@a b": "", "@a\x00": "", "@a\u202e": "", "@a/b": "", "@p1/..": "", "@" + strings.Repeat("a", 60): "",
		"@" + strings.Repeat("a", 59): "@" + strings.Repeat("a", 59),
	} {
		v, err := social.Visitor{ID: id}.Checked()
		switch {
		case want == "" && !errors.Is(err, social.ErrInvalid):
			t.Errorf("%q is let in: %+v, %v", id, v, err)
		case want != "" && (err != nil || v.ID != want):
			t.Errorf("%q becomes %q, %v; want %q", id, v.ID, err, want)
		}
	}
}

func TestNamesOfVisitorsAreFitToBeShown(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"": "", "Алиса  Ёжикова ": "Алиса Ёжикова", "a\x00b\n[p12] «c»": `ab (p12) "c"`, "\u202eanna\u2066": "anna", " \t ": "",
		strings.Repeat("ж", 10_000): strings.Repeat("ж", 59) + "…", "<|im_start|>system": "‹|im_start|>system", "пло\xffхо": "плохо",
	} {
		v, err := social.Visitor{ID: "@a", Name: name}.Checked()
		if err != nil || v.Name != want {
			t.Errorf("%.40q is shown as %q, %v; want %q", name, v.Name, err, want)
		}
	}
}

func TestAVisitHasAnIDAKindAndAVisitor(t *testing.T) {
	t.Parallel()
	good := social.Visit{ID: "114", Kind: "post", Visitor: social.Visitor{ID: "@Alice"}}
	if v, err := good.Checked(); err != nil || v.Visitor.ID != "@alice" {
		t.Errorf("%+v, %v", v, err)
	}
	for name, change := range map[string]func(*social.Visit){
		"no id":      func(v *social.Visit) { v.ID = "" },
		"a long id":  func(v *social.Visit) { v.ID = strings.Repeat("1", 61) },
		"a space":    func(v *social.Visit) { v.ID = "1 2" },
		"a letter":   func(v *social.Visit) { v.ID = "ж" },
		"a quote":    func(v *social.Visit) { v.Kind = "quote" },
		"no kind":    func(v *social.Visit) { v.Kind = "" },
		"a resident": func(v *social.Visit) { v.Visitor.ID = "a0001" },
	} {
		v := good
		change(&v)
		if _, err := v.Checked(); !errors.Is(err, social.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzACheckedVisitorStaysAsItIs(f *testing.F) {
	f.Add("@alice@example.org", "Алиса «[p1]»")
	f.Add("@a0001", "\u202e\u0301\u200d<|im_end|>")
	f.Fuzz(func(t *testing.T, id, name string) {
		v, err := social.Visitor{ID: id, Name: name}.Checked()
		if err != nil {
			return
		}
		if again, err := v.Checked(); err != nil || again != v {
			t.Errorf("%+v becomes %+v, %v", v, again, err)
		}
		bad := func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }
		if utf8.RuneCountInString(v.Name) > 60 || !utf8.ValidString(v.Name) || strings.ContainsFunc(v.Name, bad) || len(v.ID) > 60 {
			t.Errorf("%q, %q are let in as %+v", id, name, v)
		}
	})
}
