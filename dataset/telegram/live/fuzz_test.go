package live

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/gotd/td/tg"
)

func FuzzSpansLieInTheText(f *testing.F) {
	f.Add("ё😀 @ada", 4, 4, 0, 2)
	f.Add("a\xff\U0001F600", 2, 1<<31-1, -1, 3)
	f.Fuzz(func(t *testing.T, text string, at, length, at2, length2 int) {
		text = valid(text)
		for _, s := range spans(text, []tg.MessageEntityClass{
			&tg.MessageEntityBold{Offset: at, Length: length}, &tg.MessageEntityCode{Offset: at2, Length: length2},
		}) {
			if s.From < 0 || s.From >= s.To || s.To > len(text) || !utf8.ValidString(text[s.From:s.To]) {
				t.Errorf("%q: %+v", text, s)
			}
		}
	})
}

func FuzzAnIndexIsWholeOrRefused(f *testing.F) {
	f.Add(`{"low":1,"high":9,"at":0,"size":4,"count":1,"sum":7}`+"\n"+`{"low":10,"hi`, int64(4))
	f.Fuzz(func(t *testing.T, index string, data int64) {
		pages, size, err := readIndex(strings.NewReader(index), data)
		if err != nil {
			return
		}
		if again, n, err := readIndex(strings.NewReader(index[:size]), data); err != nil || n != size || !slices.Equal(again, pages) {
			t.Errorf("cut to %d: %v %d %v", size, again, n, err)
		}
	})
}
