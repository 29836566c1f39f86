package pii

import (
	"strings"
	"unicode/utf8"
)

// link goes over the link whose scheme is the word at [from, end), and matches it
// where it is personal. Nothing is looked for within a link.
func (c *scan) link(from, end int) bool {
	if !strings.HasPrefix(c.s[end:], "://") {
		return false
	}
	to := linkEnd(c.s, end+3)
	if t, ok := personalLink(c.s[from:to]); ok {
		c.keyText(c.s[from:to])
		return c.match(t, from, to)
	}
	c.pos = to
	return false
}

// bareLink matches a link without a scheme that begins with the word of a host.
func (c *scan) bareLink(from, end int) bool {
	if end >= len(c.s) || c.s[end] != '.' || wordly(c.before(from)) || !knownDomain(c.s[from:]) {
		return false
	}
	to := linkEnd(c.s, from)
	t, ok := personalLink(c.s[from:to])
	if !ok {
		return false
	}
	c.keyText(c.s[from:to])
	return c.match(t, from, to)
}

// knownDomain reports whether a text begins with a domain that personalLink
// knows.
func knownDomain(s string) bool {
	const domains = "t.me telegram.me telegram.dog wa.me api.whatsapp.com vk.com m.vk.com vk.ru ok.ru instagram.com facebook.com api.telegram.org"
	if len(s) > 4 && strings.EqualFold(s[:4], "www.") {
		s = s[4:]
	}
	for d := range strings.FieldsSeq(domains) {
		if len(s) > len(d) && s[len(d)] == '/' && strings.EqualFold(s[:len(d)], d) {
			return true
		}
	}
	return false
}

// linkEnd is where a link ends that has begun before i.
func linkEnd(s string, i int) int {
	from := i
	for i < len(s) {
		r, size := utf8.DecodeRuneInString(s[i:])
		if r <= ' ' || strings.ContainsRune("<>\"«»`|\\^{}[]\u00a0", r) || r == utf8.RuneError {
			break
		}
		i += size
	}
	for i > from && strings.IndexByte(".,;:!?)'*", s[i-1]) >= 0 {
		i--
	}
	return i
}

// personalLink tells what a link gives away, if anything.
func personalLink(link string) (Type, bool) {
	scheme, rest, ok := strings.Cut(link, "://")
	if !ok {
		scheme, rest = "", link
	}
	if strings.EqualFold(scheme, "tg") {
		return Telegram, true
	}
	authority, path := rest, ""
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		authority, path = rest[:i], rest[i:]
	}
	if strings.Contains(authority, "@") && len(authority) > 1 {
		return URL, ok
	}
	domain := strings.TrimPrefix(strings.ToLower(authority), "www.")
	switch domain {
	case "t.me", "telegram.me", "telegram.dog":
		return Telegram, len(path) > 1
	}
	return URL, profile(domain, strings.ToLower(path)) || secret(path)
}

// profile reports whether a page is somebody's own.
func profile(domain, path string) bool {
	switch domain {
	case "wa.me":
		return len(path) > 1
	case "api.whatsapp.com":
		return strings.Contains(path, "phone=")
	case "vk.com", "m.vk.com", "vk.ru":
		return strings.HasPrefix(path, "/id") && len(path) > 3 && isDigit(path[3])
	case "ok.ru":
		return strings.HasPrefix(path, "/profile/")
	case "instagram.com":
		return len(path) > 1 && strings.Count(strings.TrimRight(path, "/"), "/") == 1
	case "facebook.com":
		return strings.HasPrefix(path, "/profile.php?")
	case "api.telegram.org":
		return strings.HasPrefix(path, "/bot") || strings.HasPrefix(path, "/file/bot")
	}
	return false
}

// secret reports whether the query or the fragment of a link holds a token, a
// telephone or an address of mail.
func secret(path string) bool {
	i := strings.IndexAny(path, "?#")
	if i < 0 {
		return false
	}
	rest := path[i+1:]
	for rest != "" {
		pair := rest
		if i := strings.IndexAny(rest, "&;?#"); i >= 0 {
			pair, rest = rest[:i], rest[i+1:]
		} else {
			rest = ""
		}
		key, value, ok := strings.Cut(pair, "=")
		if ok && len(value) >= 4 && secretKey(strings.ToLower(key)) || strings.Contains(value, "@") || strings.Contains(value, "%40") {
			return true
		}
	}
	return false
}

func secretKey(key string) bool {
	for _, part := range []string{"token", "secret", "passw", "passwd", "pwd", "apikey", "api_key", "api-key", "session", "signature", "credential", "jwt", "phone", "email"} {
		if strings.Contains(key, part) {
			return true
		}
	}
	switch key {
	case "key", "auth", "sig", "sid", "hash", "pass", "code", "otp", "pin":
		return true
	}
	return false
}
