package mastodon

import (
	"html"
	"strings"
)

// maxHTML bounds how much of a status is read, in bytes.
const maxHTML = 256 << 10

// plain is the text of a status, which servers give as HTML: paragraphs are
// divided by an empty line, <br> ends a line, all other tags and what scripts and
// styles hold are left out. Nothing in it is markup any more.
func plain(s string) string {
	s = s[:min(len(s), maxHTML)]
	var b strings.Builder
	for s != "" {
		at := strings.IndexByte(s, '<')
		if at < 0 {
			b.WriteString(unescape(s))
			break
		}
		b.WriteString(unescape(s[:at]))
		name, length := tag(s[at:])
		s = s[at+length:]
		switch name {
		case "":
			b.WriteByte('<')
		case "br", "br/":
			b.WriteByte('\n')
		case "/p", "/div", "/blockquote", "/pre", "/h1", "/h2", "/h3":
			b.WriteString("\n\n")
		case "li":
			b.WriteString("\n• ")
		case "script", "style":
			s = after(s, "</"+name)
		}
	}
	return tidy(b.String())
}

// tag is the name of the tag that a text begins with, in lower case with its
// slash, and how long it is; without a name it is none.
func tag(s string) (name string, length int) {
	if strings.HasPrefix(s, "<!--") {
		if end := strings.Index(s[4:], "-->"); end >= 0 {
			return "!", 4 + end + 3
		}
		return "!", len(s)
	}
	if len(s) < 2 || s[1] != '/' && s[1] != '!' && s[1] != '?' && (s[1]|0x20 < 'a' || s[1]|0x20 > 'z') {
		return "", 1
	}
	end := tagEnd(s)
	if end < 0 {
		return "!", len(s) // it does not end
	}
	inside := strings.TrimLeft(s[1:end], " ")
	if space := strings.IndexAny(inside, " \t\r\n"); space >= 0 {
		inside = inside[:space]
	}
	return strings.ToLower(inside), end + 1
}

// tagEnd is where the tag that a text begins with is closed, outside of quotes;
// negative: nowhere.
func tagEnd(s string) int {
	quote := byte(0)
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return i
		}
	}
	return -1
}

// after is what follows the tag that begins with open.
func after(s, open string) string {
	at := strings.Index(strings.ToLower(s), open)
	if at < 0 {
		return ""
	}
	_, length := tag(s[at:])
	return s[at+length:]
}

func unescape(s string) string { return html.UnescapeString(strings.ReplaceAll(s, "\r", "")) }

// tidy leaves at most one empty line between lines, and none around them.
func tidy(s string) string {
	var out []string
	for line := range strings.SplitSeq(s, "\n") {
		line = strings.TrimSpace(line)
		if line == "" && (len(out) == 0 || out[len(out)-1] == "") {
			continue
		}
		out = append(out, line)
	}
	return strings.TrimSpace(strings.Join(out, "\n"))
}
