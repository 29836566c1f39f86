package markup_test

import (
	"encoding/xml"
	"strings"
	"testing"

	"github.com/llm-city/gorod/core/social/api/markup"
	"github.com/llm-city/gorod/core/social/view"
)

func links() markup.Links {
	return markup.Links{
		Account: func(a *view.Account) string { return "/@" + a.Handle },
		Tag:     func(tag string) string { return "/tags/" + tag },
	}
}

func TestTextsBecomeHTML(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                                   "<p></p>",
		"a\nb\n\nc":                          "<p>a<br>b</p><p>c</p>",
		`<script>alert("1")</script>`:        "<p>&lt;script&gt;alert(&#34;1&#34;)&lt;/script&gt;</p>",
		"см. https://example.org/a?b=1&c=2.": `<p>см. <a href="https://example.org/a?b=1&amp;c=2" rel="nofollow noopener noreferrer" target="_blank">https://example.org/a?b=1&amp;c=2</a>.</p>`,
		`https://a"onmouseover="x`:           `<p><a href="https://a" rel="nofollow noopener noreferrer" target="_blank">https://a</a>&#34;onmouseover=&#34;x</p>`,
		"https://user:pass@host/":            "<p>https://user:pass@host/</p>",
		"javascript:alert(1) http":           "<p>javascript:alert(1) http</p>",
		"http http:// https://":              "<p>http http:// https://</p>",
	} {
		if got := links().HTML(text, nil); got != want {
			t.Errorf("%q\n got %s\nwant %s", text, got, want)
		}
	}
}

func TestMentionsAndTagsAreLinks(t *testing.T) {
	t.Parallel()
	text := `@Анна <b>, #сад`
	spans := []view.Span{
		{From: 0, To: 9, Account: &view.Account{Handle: `anna"x`}},
		{From: 15, To: 22, Tag: "сад"},
		{From: 20, To: 9999, Tag: "out of it"},
	}
	want := `<p><span class="h-card"><a href="/@anna&#34;x" class="u-url mention" rel="nofollow noopener">@<span>Анна</span></a></span> &lt;b&gt;, ` +
		`<a href="/tags/сад" class="mention hashtag" rel="tag nofollow noopener">#<span>сад</span></a></p>`
	if got := links().HTML(text, spans); got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}

func TestAvatarsShowInitials(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"Анна Петрова": ">АП<", "joe": ">J<", "": "><", `"<x> <y>`: ">XY<"} {
		got := markup.Avatar(name, 7)
		if !strings.Contains(got, want) || xml.Unmarshal([]byte(got), new(struct{})) != nil {
			t.Errorf("%q: %s", name, got)
		}
	}
	if markup.Avatar("a", 1) == markup.Avatar("a", 2) || markup.Avatar("a", 1<<62) == "" {
		t.Error("accounts are not told apart by colour")
	}
}

// FuzzNothingOfATextIsMarkup: the only tags are those that the package writes.
func FuzzNothingOfATextIsMarkup(f *testing.F) {
	for _, seed := range []string{"<a href=javascript:1>", "https://x/\"'><img src=x onerror=1>", "a\n\n\nb", "http://[::1", "\xff<"} {
		f.Add(seed, 0, 3)
	}
	f.Fuzz(func(t *testing.T, text string, from, to int) {
		out := links().HTML(text, []view.Span{{From: from, To: to, Tag: "x"}})
		rest := out
		for {
			open := strings.IndexByte(rest, '<')
			if open < 0 {
				break
			}
			end := strings.IndexByte(rest[open:], '>')
			tag := rest[open : open+end+1]
			known := tag == "<p>" || tag == "</p>" || tag == "<br>" || tag == "</a>" || tag == "<span>" || tag == "</span>" ||
				strings.HasPrefix(tag, `<a href="http`) && strings.HasSuffix(tag, `" rel="nofollow noopener noreferrer" target="_blank">`) && strings.Count(tag, `"`) == 6 ||
				tag == `<a href="/tags/x" class="mention hashtag" rel="tag nofollow noopener">`
			if !known {
				t.Fatalf("%q gives %s", text, tag)
			}
			rest = rest[open+end+1:]
		}
	})
}
