package conformance_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/sdk/conformance"
)

func TestRepliesAreTheSmallestThatFitTheSchema(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		``: `text`,
		`{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"integer","minimum":3},"c":{"type":"boolean"}}}`: `{"a":"text","b":3,"c":true}`,
		`{"type":"array","items":{"enum":["x","y"]},"minItems":2}`:                                                         `["x","x"]`,
		`{"type":"array","items":{"type":"string"},"maxItems":0}`:                                                          `[]`,
		`{"anyOf":[{"const":5},{"type":"string"}]}`:                                                                        `5`,
		`{"$ref":"#/$defs/d","$defs":{"d":{"type":["number","null"],"maximum":0.5}}}`:                                      `0.5`,
		`{"type":"string","maxLength":2}`:                                                                                  `"te"`,
		`{"type":"string","minLength":7}`:                                                                                  `"text text"`,
		`{"type":"null"}`:                                                                                                  `null`,
		`{"$ref":"#"}`:                                                                                                     `null`,
	}
	for schema, want := range tests {
		reply, err := (&conformance.Host{}).Generate(t.Context(), sdk.GenerateRequest{Schema: json.RawMessage(schema)})
		if err != nil || reply.Text != want {
			t.Errorf("%s: %s, %v; want %s", schema, reply.Text, err, want)
		}
	}
}

func TestVectorsHaveLengthOneAndFollowTheWords(t *testing.T) {
	t.Parallel()
	v, err := (&conformance.Host{}).Embed(t.Context(), sdk.Call{}, []string{"мост закрыт", "Мост закрыт", "школа", ""})
	if err != nil {
		t.Fatal(err)
	}
	dot := func(a, b []float32) (sum float64) {
		for i := range a {
			sum += float64(a[i]) * float64(b[i])
		}
		return sum
	}
	for i := range v {
		if d := dot(v[i], v[i]); math.Abs(d-1) > 1e-6 {
			t.Errorf("vector %d has length² %v", i, d)
		}
	}
	if dot(v[0], v[1]) < 0.99 || dot(v[0], v[2]) > 0.5 {
		t.Errorf("likeness %v and %v", dot(v[0], v[1]), dot(v[0], v[2]))
	}
}
