package figure_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/llm-city/gorod/eval/report/internal/figure"
)

func forest(t *testing.T) *figure.Figure {
	t.Helper()
	f, err := figure.Forest([]figure.Estimate{
		{Label: "дообученная ёлка − исходная", At: 0.12, Low: 0.03, High: 0.21, Sure: true, Text: "0,12 [0,03; 0,21]"},
		{Label: `<script>"&' 😀`, At: -0.05, Low: -0.2, High: 0.1, Text: "−0,05 [−0,20; 0,10]"},
		{Label: strings.Repeat("очень длинное имя ", 40), At: 0, Text: "0,00"},
	}, "Разность долей", 0, "ru")
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestFigureIsWellFormedSVGWhateverItsLabels(t *testing.T) {
	t.Parallel()
	drawn := forest(t).SVG()
	decoder := xml.NewDecoder(bytes.NewReader(drawn))
	for {
		if _, err := decoder.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if text := string(drawn); !strings.Contains(text, "дообученная ёлка − исходная") || strings.Contains(text, "<script") || !strings.Contains(text, "0,2") {
		t.Error(text)
	}
}

func TestPDFHasItsObjectsWhereItSays(t *testing.T) {
	t.Parallel()
	pdf, err := forest(t).PDF()
	if err != nil {
		t.Fatal(err)
	}
	again, err := forest(t).PDF()
	if err != nil || !bytes.Equal(pdf, again) {
		t.Errorf("drawn twice, it differs: %v", err)
	}
	places := regexp.MustCompile(`(?m)^(\d{10}) 00000 n $`).FindAllSubmatch(pdf, -1)
	if len(places) != 9 {
		t.Fatalf("%d objects", len(places))
	}
	for i, p := range places {
		at := 0
		for _, d := range p[1] {
			at = 10*at + int(d-'0')
		}
		if want := []byte{byte('1' + i), ' ', '0', ' ', 'o', 'b', 'j'}; !bytes.HasPrefix(pdf[at:], want) {
			t.Errorf("at %d stands %q", at, pdf[at:at+12])
		}
	}
	if len(pdf) > 60_000 {
		t.Errorf("%d bytes: the font's unused letters are in it", len(pdf))
	}
}

func TestNumbersThatAreAllTheSameStillHaveAnAxis(t *testing.T) {
	t.Parallel()
	for name, estimates := range map[string][]figure.Estimate{"none": nil, "one": {{Label: "x"}}, "same": {{Label: "x", At: 3, Low: 3, High: 3}}} {
		f, err := figure.Forest(estimates, "", 0, "en")
		if err != nil {
			t.Fatal(err)
		}
		if drawn := string(f.SVG()); strings.Contains(drawn, "NaN") || strings.Contains(drawn, "Inf") {
			t.Errorf("%s: %s", name, drawn)
		}
	}
}

func TestCurvesShowBandsAndNames(t *testing.T) {
	t.Parallel()
	f, err := figure.Curves([]figure.Curve{
		{Name: "исходная", X: []float64{1, 8, 16, 32}, Points: []figure.Estimate{{At: 0.9, Low: 0.8, High: 1}, {At: 0.8, Low: 0.7, High: 0.9}, {At: 0.6, Low: 0.5, High: 0.7}, {At: 0.4, Low: 0.3, High: 0.5}}},
		{Name: "нейтральная", X: []float64{1, 8, 16, 32}, Points: []figure.Estimate{{At: 0.5}, {At: 0.5}, {At: 0.5}, {At: 0.5}}},
	}, "Реплика", "Близость к персоне", "ru")
	if err != nil {
		t.Fatal(err)
	}
	drawn := string(f.SVG())
	if strings.Count(drawn, "<polygon") != 1 || !strings.Contains(drawn, "нейтральная") || !strings.Contains(drawn, "Близость к персоне") {
		t.Error(drawn)
	}
	if pdf, err := f.PDF(); err != nil || !bytes.HasPrefix(pdf, []byte("%PDF-1.4")) {
		t.Error(err)
	}
}
