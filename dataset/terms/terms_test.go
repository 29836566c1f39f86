package terms_test

import (
	"slices"
	"testing"

	"github.com/llm-city/gorod/dataset/terms"
)

func TestTermsAreWhatATextIsAbout(t *testing.T) {
	t.Parallel()
	r := terms.NewReader()
	for text, want := range map[string][]string{
		"Мы купили новый МОСТ, мосты!": {"куп", "нов", "мост", "мост"},
		"The bridges of the city":      {"bridg", "citi"},
		"и в на по":                    nil,
		"👍 … 12":                       nil,
		"":                             nil,
	} {
		if got := slices.Collect(r.Of(text, 100)); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if got := slices.Collect(r.Of("мост река город", 2)); len(got) != 2 {
		t.Errorf("limit 2: %q", got)
	}
}
