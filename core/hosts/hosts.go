// Package hosts says for which names a web server of ours answers. A page of
// another site can give its own name the address of this machine (DNS
// rebinding), so that a browser takes us for that site; its requests name the
// site then.
package hosts

import (
	"net/netip"
	"slices"
	"strings"
)

// maxQuoted is how much of a name is repeated to who asked for it.
const maxQuoted = 80

// Hosts are the names that a server has besides those of this machine:
// localhost and its addresses, which no other site can have.
type Hosts struct {
	Names []string // without ports
	AnyIP bool     // addresses beyond this machine as well
}

// Answer reports whether a request with this Host was meant for the server.
func (h Hosts) Answer(host string) bool {
	name, ok := nameOf(host)
	if !ok {
		return false
	}
	ip, err := netip.ParseAddr(name)
	switch {
	case name == "localhost", err == nil && (ip.IsLoopback() || h.AnyIP):
		return true
	}
	return slices.ContainsFunc(h.Names, func(known string) bool { return strings.EqualFold(known, name) })
}

// nameOf is a Host without its port, in lower case; false where the port is no
// number.
func nameOf(host string) (name string, ok bool) {
	name, port := host, ""
	if inside, after, bracketed := strings.Cut(host, "]"); bracketed {
		if name, bracketed = strings.CutPrefix(inside, "["); !bracketed {
			return "", false
		}
		port = after
	} else if colon := strings.IndexByte(host, ':'); colon >= 0 {
		name, port = host[:colon], host[colon:]
	}
	digits, given := strings.CutPrefix(port, ":")
	number := len(digits) <= 5 && strings.Trim(digits, "0123456789") == ""
	return strings.ToLower(name), name != "" && number && (given || port == "")
}

// Quote is a name as an answer may repeat it.
func Quote(host string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, host[:min(len(host), maxQuoted)])
}
