package sdk

import "context"

// Labels of a Sentiment.
const (
	Negative = "negative"
	Neutral  = "neutral"
	Positive = "positive"
)

// Classifier rates texts. Classify is called from several goroutines.
type Classifier interface {
	// Classify returns one Sentiment a text, in order.
	Classify(ctx context.Context, tick int64, texts []string) ([]Sentiment, error)
}

// Sentiment is how a text sounds.
type Sentiment struct {
	Valence float64            `json:"valence"` // -1 (bad) … 1 (good)
	Arousal float64            `json:"arousal"` // 0 (calm) … 1 (stirred)
	Label   string             `json:"label"`   // Negative, Neutral or Positive
	Scores  map[string]float64 `json:"scores,omitempty"`
	Emotion string             `json:"emotion,omitempty"`
}
