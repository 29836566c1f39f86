package pii_test

import (
	"strings"
	"testing"
	"time"

	"github.com/llm-city/gorod/dataset/clean/pii"
)

// A text made to be slow takes no longer than its length allows: milliseconds,
// and not minutes.
func TestLongTextsTakeLinearTime(t *testing.T) {
	r := redactor(t, pii.Options{People: neighbours()})
	for _, piece := range []string{
		"1 ", "1", "ул ", "ул. А ", "Маша ", "Света ", "@", "a@", "a@b.", "д 1 ", "кв 1, ", "(", "+", "+7", "[", "[PHONE_1", "http://", "a://a@", "t.me/a ", "паспорт 4510 № ",
		"Аб, ", "Аб ул. В 1 ", "40702810938000012346 ", "04", "\xff", "а\u0301", "😀", "89161234567", "89161234567 ", "a.", "a-", "ivan.", "ivan-", "x?token=", "г. А ", "1-я ", "t.", "ул-", "ул.А-", "а.а@а", "www.", "№ ",
	} {
		s := r.Scope()
		took := func(n int) time.Duration {
			text := strings.Repeat(piece, n/len(piece))
			begin := time.Now()
			s.Redact(text, nil)
			return time.Since(begin)
		}
		if d := took(1 << 17); d > 4*time.Second {
			t.Errorf("%q: 128 KB take %v", piece, d)
		}
	}
}
