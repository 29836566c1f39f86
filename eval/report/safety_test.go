package report

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/llm-city/gorod/eval/report/internal/page"
)

func TestHostileTextsStayTextInThePage(t *testing.T) {
	t.Parallel()
	library, err := page.Library()
	if err != nil {
		t.Fatal(err)
	}
	for _, language := range []string{"ru", "en"} {
		html, _, _ := written(t, hostile(language))
		ours := strings.Replace(html, library, "", 1)
		for tag, want := range map[string]int{"<script": 3, "</script": 3, "<style": 1, "<img": 0, "<iframe": 0} {
			if got := strings.Count(ours, tag); got != want {
				t.Errorf("%s: %d × %s, want %d", language, got, tag, want)
			}
		}
		markup := html[:strings.Index(html, `<script type="application/json"`)]
		if attributes := regexp.MustCompile(`<[a-z][^<>]*\s(on\w+|style|src)=`).FindAllString(regexp.MustCompile(`"[^"]*"`).ReplaceAllString(markup, ""), -1); len(attributes) > 0 {
			t.Errorf("%s: %v", language, attributes)
		}
		for _, link := range regexp.MustCompile(`(?:href|action)="([^"]*)"`).FindAllStringSubmatch(markup, -1) {
			if !strings.HasPrefix(link[1], "#") {
				t.Errorf("%s: leads to %s", language, link[1])
			}
		}
		if !strings.Contains(markup, "&lt;/script&gt;&lt;script&gt;alert(1)") {
			t.Errorf("%s: what was said is not shown", language)
		}
		if strings.ContainsRune(html, '\u202e') {
			t.Errorf("%s: the direction of writing can be turned", language)
		}
	}
}

func TestHostileTextsReachChartsAsData(t *testing.T) {
	t.Parallel()
	html, _, _ := written(t, hostile("ru"))
	_, rest, _ := strings.Cut(html, `id="plots">`)
	data, _, _ := strings.Cut(rest, "</script>")
	if strings.ContainsAny(data, "<>&") {
		t.Error("the charts' data hold what HTML knows")
	}
	var plots map[string]struct {
		Option struct {
			Series []struct{ Name string }
		}
	}
	if err := json.Unmarshal([]byte(data), &plots); err != nil {
		t.Fatal(err)
	}
	if name := plots["activity-actions"].Option.Series[0].Name; !strings.Contains(name, "</script><script>") {
		t.Errorf("a condition is called %q", name)
	}
}

func TestThePolicyAllowsThePagesOwnScriptsAndNothingElse(t *testing.T) {
	t.Parallel()
	html, _, _ := written(t, two("ru"))
	_, rest, _ := strings.Cut(html, `http-equiv="Content-Security-Policy" content="`)
	policy, _, _ := strings.Cut(rest, `"`)
	policy = strings.NewReplacer("&#39;", "'", "&#43;", "+").Replace(policy)
	for _, part := range []string{"default-src 'none'", "base-uri 'none'", "form-action 'none'"} {
		if !strings.Contains(policy, part) {
			t.Errorf("no %s in %s", part, policy)
		}
	}
	if strings.Contains(policy, "unsafe") || strings.Contains(policy, "http") {
		t.Errorf("too much is allowed: %s", policy)
	}
	inline := regexp.MustCompile(`(?s)<(script|style)>(.*?)</(?:script|style)>`).FindAllStringSubmatch(html, -1)
	if len(inline) != 3 {
		t.Fatalf("%d inline scripts and styles", len(inline))
	}
	for _, m := range inline {
		if !strings.Contains(policy, page.Hash(m[2])) {
			t.Errorf("the policy forbids the page's own %s", m[1])
		}
	}
}

func TestHostileTextsStayTextInMarkdown(t *testing.T) {
	t.Parallel()
	_, markdown, _ := written(t, hostile("en"))
	spans := regexp.MustCompile("`[^`\n]*`").ReplaceAllString(strings.ReplaceAll(markdown, "\\`", ""), "`")
	for line := range strings.Lines(spans) {
		if strings.HasPrefix(line, "    ") { // code
			continue
		}
		if strings.ContainsAny(line, "<") || regexp.MustCompile(`(^|[^\\])\[[^\]]*[^\\]\]\(`).MatchString(line) {
			t.Errorf("markup: %s", line)
		}
	}
	columns := 0
	for line := range strings.Lines(spans) {
		n := strings.Count(strings.ReplaceAll(line, `\|`, ""), "|")
		switch {
		case !strings.HasPrefix(line, "|"):
			columns = 0
		case columns == 0:
			columns = n
		case n != columns:
			t.Errorf("%d cells, want %d: %s", n, columns, line)
		}
	}
}

func TestNoCellIsAFormula(t *testing.T) {
	t.Parallel()
	_, _, data := written(t, hostile("ru"))
	for name, rows := range data {
		if len(rows) < 2 && name != "spread_hops" {
			t.Errorf("%s.csv is empty", name)
		}
		for _, row := range rows {
			for _, cell := range row {
				if strings.HasPrefix(cell, "-1") || cell == "-0.25" {
					continue // a number
				}
				if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
					t.Errorf("%s.csv: %s", name, cell)
				}
			}
		}
	}
	for in, want := range map[string]string{"=1": "'=1", "+1": "'+1", "-1": "'-1", "@x": "'@x", "\t=1": "'=1", "а\nб": "а б", "": "", "x=1": "x=1"} {
		if got := csvText(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}

func FuzzTextsAreFitToBeShown(f *testing.F) {
	f.Add(attack)
	f.Add("\xff\u202e=1\r\n\t-x")
	f.Fuzz(func(t *testing.T, s string) {
		shown := prose(s)
		for _, r := range shown {
			if r != '\n' && unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == unicode.ReplacementChar {
				t.Errorf("%q holds %U", shown, r)
			}
		}
		if e := page.Escape(s); strings.ContainsAny(e, "<>\n") {
			t.Errorf("%q is not escaped", e)
		}
		if c := csvText(s); c != "" && strings.ContainsRune("=+-@", rune(c[0])) || strings.ContainsAny(c, "\r\n\t") {
			t.Errorf("%q is a formula or breaks the row", c)
		}
	})
}
