package api

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/llm-city/gorod/core/hosts"
)

// guarded turns away who takes this server for another, cuts off clients that are
// slow with a body or with an answer, and tells browsers to trust nothing.
func (o *Options) guarded(next http.Handler) http.Handler {
	known := o.Hosts
	if u, err := url.Parse(o.Base); err == nil && u.Host != "" {
		known.Names = append(slices.Clone(known.Names), u.Hostname())
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		control := http.NewResponseController(w)
		now := time.Now() // deadlines are of the machine's clock
		_ = control.SetReadDeadline(now.Add(o.ReadTime))
		_ = control.SetWriteDeadline(now.Add(maxWrite)) // where the connection has none there is none to cut
		if !known.Answer(r.Host) {
			http.Error(w, "this network does not answer for "+hosts.Quote(r.Host)+": name it with --network-url", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// allowOrigins lets pages of others call the API: they bring their own token.
// Browsers send no cookies with such calls.
func allowOrigins(h http.Header) {
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Expose-Headers", "Link, X-RateLimit-Reset, X-RateLimit-Limit, X-RateLimit-Remaining, Retry-After")
	h.Set("Cache-Control", "no-store")
	h.Add("Vary", "Authorization")
}

func preflight(w http.ResponseWriter, _ *http.Request) {
	allowOrigins(w.Header())
	w.Header().Set("Access-Control-Allow-Methods", "GET, POST, PUT, PATCH, DELETE")
	w.Header().Set("Access-Control-Allow-Headers", "Authorization, Content-Type, Idempotency-Key")
	w.Header().Set("Access-Control-Max-Age", "86400")
	w.WriteHeader(http.StatusNoContent)
}

// notAllowed is for methods that the page for names does not know: no other site
// calls it.
func notAllowed(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Allow", "GET, POST")
	http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
}

// polite limits what one address reads of the pages.
func (s *server) polite(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, reset, ok := s.pages.take(s.from(r)); !ok {
			s.later(w.Header(), reset)
			http.Error(w, "too many requests", http.StatusTooManyRequests)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// later tells a client when to come back.
func (s *server) later(h http.Header, reset time.Time) {
	h.Set("Retry-After", strconv.Itoa(int(max(reset.Sub(s.Now()), time.Second)/time.Second)))
}

// from is the address of the client: of the connection, or, where the server has an
// address of its own and a proxy on this machine stands before it, the one that
// the proxy added last to X-Forwarded-For. What stands before that anybody may
// have written. Of IPv6 it is the network: each of its machines has more
// addresses than can be counted.
func (o *Options) from(r *http.Request) string {
	peer, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		peer = r.RemoteAddr
	}
	at, err := netip.ParseAddr(peer)
	if err != nil {
		return peer
	}
	if forwarded := r.Header.Values("X-Forwarded-For"); o.Base != "" && at.IsLoopback() && len(forwarded) > 0 {
		last := forwarded[len(forwarded)-1]
		if client, err := netip.ParseAddr(strings.TrimSpace(last[strings.LastIndexByte(last, ',')+1:])); err == nil {
			at = client
		}
	}
	if at = at.Unmap().WithZone(""); at.Is6() && !at.IsLoopback() {
		return netip.PrefixFrom(at, 64).Masked().String()
	}
	return at.String()
}
