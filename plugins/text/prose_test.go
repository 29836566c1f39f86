package text_test

import (
	"testing"

	"github.com/llm-city/gorod/plugins/text"
)

func TestProseIsFitToBeShown(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		" да\u00a0нет\t \n": "да нет", "a\r\nb\u2028c": "a \nb c", "x\u202etxt.exe\u2066y": "xtxt.exey", "\x1b[31mк\x00р\x7f": "[31mкр", "\xffё\ufffd": "ё", "👩\u200d🚀": "👩\u200d🚀", "": "",
	} {
		if got := text.Prose(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
