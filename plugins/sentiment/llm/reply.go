package llm

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"github.com/llm-city/gorod/plugins/sdk"
)

// rating is what a model says of a text.
type rating struct {
	I       int      `json:"i,omitempty"` // the text's number, from 1
	Valence *float64 `json:"valence"`
	Arousal float64  `json:"arousal"`
	Emotion string   `json:"emotion"`
}

// schema of the reply to n texts.
func schema(n int, emotions []string) (json.RawMessage, error) {
	names, err := json.Marshal(emotions)
	if err != nil {
		return nil, fmt.Errorf("name the emotions: %w", err)
	}
	return fmt.Appendf(nil, `{"type":"object","additionalProperties":false,"required":["ratings"],"properties":{"ratings":{`+
		`"type":"array","minItems":%d,"maxItems":%d,"items":{"type":"object","additionalProperties":false,`+
		`"required":["i","valence","arousal","emotion"],"properties":{"i":{"type":"integer","minimum":1,"maximum":%d},`+
		`"valence":{"type":"number","minimum":-1,"maximum":1},"arousal":{"type":"number","minimum":0,"maximum":1},`+
		`"emotion":{"type":"string","enum":%s}}}}}}`, n, n, n, names), nil
}

// read returns the ratings of n texts by place; nil where the reply has none
// that can be used, or more than one.
func read(reply string, n int) []*rating {
	out := make([]*rating, n)
	var got struct {
		Ratings []rating `json:"ratings"`
	}
	if json.Unmarshal([]byte(reply), &got) != nil {
		return out
	}
	seen := make([]int, n)
	for i := range got.Ratings {
		r := &got.Ratings[i]
		if r.I < 1 || r.I > n {
			continue
		}
		seen[r.I-1]++
		if r.Valence != nil && math.Abs(*r.Valence) <= 1 && r.Arousal >= 0 && r.Arousal <= 1 {
			out[r.I-1] = r
		}
	}
	for i, times := range seen {
		if times > 1 {
			out[i] = nil
		}
	}
	return out
}

// sentiment is a rating in the terms that all classifiers share. Its scores
// divide 1: the valence goes to its own side, what is left is neutral.
func (c *classifier) sentiment(r *rating) sdk.Sentiment {
	v := rounded(*r.Valence)
	out := sdk.Sentiment{
		Valence: v, Arousal: rounded(r.Arousal), Label: sdk.Neutral,
		Scores: map[string]float64{sdk.Positive: max(v, 0), sdk.Negative: max(-v, 0), sdk.Neutral: rounded(1 - math.Abs(v))},
	}
	switch {
	case v >= c.config.PositiveFrom:
		out.Label = sdk.Positive
	case v <= c.config.NegativeFrom:
		out.Label = sdk.Negative
	}
	if r.Emotion != none && slices.Contains(c.config.Emotions, r.Emotion) {
		out.Emotion = r.Emotion
	}
	return out
}

// rounded is x to four digits: what a report shows.
func rounded(x float64) float64 { return math.Round(x*1e4) / 1e4 }
