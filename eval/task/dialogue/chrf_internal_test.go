package dialogue

import (
	"math"
	"strings"
	"testing"
)

// The values are those of sacreBLEU 2.4.3, CHRF().sentence_score.
func TestChrFIsThatOfSacreBLEU(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		reply, reference string
		want             float64
	}{
		{"The cat sat on the mat.", "The cat is on the mat.", 67.17273492330233},
		{"Привет! Как дела?", "Привет, как твои дела?", 39.06631765505267},
		{"да", "да", 100},
		{"нет", "да", 0},
		{"ага, приду в семь", "ага приду к семи", 37.338341361893306},
		{"a", "abcdefgh", 15.151515151515152},
		{"Ёж бежит", "еж бежал по дороге домой", 10.21352059969782},
		{"", "да", 0},
		{"да", "", 0},
	} {
		if got := chrF(tt.reply, tt.reference); math.Abs(got-tt.want) > 1e-9 {
			t.Errorf("%q and %q: %v, want %v", tt.reply, tt.reference, got, tt.want)
		}
	}
}

func BenchmarkChrF(b *testing.B) {
	reply, reference := strings.Repeat("ну что, приедешь в субботу? ", 8), strings.Repeat("да, буду к обеду в воскресенье ", 8)
	for b.Loop() {
		chrF(reply, reference)
	}
}
