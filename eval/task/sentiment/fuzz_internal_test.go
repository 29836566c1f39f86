package sentiment

import (
	"slices"
	"testing"

	"github.com/llm-city/gorod/eval/task/items"
)

func FuzzCSV(f *testing.F) {
	f.Add("text,label\nура,1\n")
	f.Add("text;label\n\"a\nb\";neg\n")
	f.Fuzz(func(t *testing.T, text string) {
		r := &reader{}
		if err := r.csv(items.Text{Name: "x.csv", Bytes: []byte(text)}, "text", "label"); err != nil {
			return
		}
		for _, one := range r.texts {
			if !slices.Contains(labels(), one.label) {
				t.Errorf("%+v", one)
			}
		}
	})
}

func FuzzReading(f *testing.F) {
	f.Add(`{"label":"positive","confidence":0.3,"scores":{"positive":1}}`)
	f.Add("Это негативный отзыв")
	f.Fuzz(func(t *testing.T, reply string) {
		r := parse(reply)
		sum := 0.0
		for _, p := range r.p {
			if p < 0 || p > 1 {
				t.Errorf("%q: %v", reply, r.p)
			}
			sum += p
		}
		if r.p != nil && (sum < 0.99 || sum > 1.01) {
			t.Errorf("%q: %v", reply, r.p)
		}
	})
}
