package api

import (
	"net/http"
	"strconv"
	"time"
)

// guarded cuts off clients that are slow with a body or with an answer, and
// tells browsers to trust nothing.
func (s *server) guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		control := http.NewResponseController(w)
		now := time.Now() // deadlines are of the machine's clock
		_ = control.SetReadDeadline(now.Add(s.ReadTime))
		_ = control.SetWriteDeadline(now.Add(maxWrite)) // where the connection has none there is none to cut
		next.ServeHTTP(w, r)
	})
}

// allowOrigins lets pages of others call the API: they bring their own token.
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

// polite limits what one address reads of the pages.
func (s *server) polite(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, reset, ok := s.pages.take(address(r)); !ok {
			w.Header().Set("Retry-After", strconv.Itoa(int(max(reset.Sub(s.Now()), time.Second)/time.Second)))
			http.Error(w, "too many requests", http.StatusTooManyRequests)
			return
		}
		next.ServeHTTP(w, r)
	})
}
