package encoder

import (
	"math"
	"strings"

	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/text"
)

// labelEntry is what a study says of a label.
type labelEntry struct {
	Valence float64  `json:"valence"`
	Arousal *float64 `json:"arousal"` // nil: by the emotion, else half the valence
	Emotion string   `json:"emotion"`
}

// label is one of the model's, with what it stands for.
type label struct {
	name             string // the model's
	valence, arousal float64
	emotion          string
}

func (e labelEntry) label(name string) label {
	l := label{name: name, valence: e.Valence, emotion: e.Emotion, arousal: math.Abs(e.Valence) / 2}
	switch e.Emotion {
	case "neutral", "no_emotion", "none":
		l.emotion = ""
	}
	if known, ok := emotions()[l.emotion]; ok {
		l.arousal = known.arousal
	}
	if e.Arousal != nil {
		l.arousal = *e.Arousal
	}
	return l
}

type affect struct{ valence, arousal float64 }

// emotions that classifiers know: pleasure after Russell & Mehrabian 1977,
// arousal as sentiment/lexicon has it.
func emotions() map[string]affect {
	return map[string]affect{
		"joy": {0.76, 0.6}, "surprise": {0.40, 0.8}, "love": {0.87, 0.5}, "enthusiasm": {0.64, 0.8},
		"anger": {-0.51, 0.8}, "fear": {-0.64, 0.7}, "sadness": {-0.63, 0.3}, "disgust": {-0.60, 0.6},
		"shame": {-0.57, 0.5}, "guilt": {-0.57, 0.5},
	}
}

// names are the ways in which models write labels, folded, words divided by
// one underscore; the first is the emotion where there is one.
const names = `
joy happiness happy радость счастье
sadness sad грусть печаль
anger angry злость гнев
fear страх
surprise удивление
disgust отвращение
enthusiasm энтузиазм воодушевление
love любовь
shame стыд
guilt вина
`

// polarities are labels of a valence alone.
func polarities() map[string]float64 {
	return map[string]float64{
		"positive": 1, "pos": 1, "позитив": 1, "позитивный": 1, "позитивная": 1, "положительный": 1, "положительная": 1,
		"negative": -1, "neg": -1, "негатив": -1, "негативный": -1, "негативная": -1, "отрицательный": -1, "отрицательная": -1,
		"neutral": 0, "neu": 0, "нейтральный": 0, "нейтральная": 0, "нейтрально": 0, "no_emotion": 0, "none": 0, "нет_эмоции": 0, "без_эмоций": 0,
		"very_positive": 1, "very_negative": -1,
		"1_star": -1, "2_stars": -0.5, "3_stars": 0, "4_stars": 0.5, "5_stars": 1,
	}
}

// knownLabel is what a name stands for that needs no explaining.
func knownLabel(name string) (label, bool) {
	folded := strings.Join(strings.FieldsFunc(text.Fold(name), func(r rune) bool { return r == ' ' || r == '_' || r == '-' }), "_")
	if valence, ok := polarities()[folded]; ok {
		return labelEntry{Valence: valence}.label(name), true
	}
	for line := range strings.Lines(names) {
		words := strings.Fields(line)
		for _, word := range words {
			if word == folded {
				return labelEntry{Valence: emotions()[words[0]].valence, Emotion: words[0]}.label(name), true
			}
		}
	}
	return label{}, false
}

// sentiment sums up a model's answer. Where several labels may hold at once and
// their probabilities come to more than 1, each counts for its share.
func sentiment(labels []label, probabilities []float64) sdk.Sentiment {
	var valence, arousal, sum float64
	best, scores := 0, make(map[string]float64, len(labels))
	for i, l := range labels {
		p := probabilities[i]
		scores[l.name] = rounded(p)
		valence, arousal, sum = valence+p*l.valence, arousal+p*l.arousal, sum+p
		if p > probabilities[best] {
			best = i
		}
	}
	share := max(1, sum)
	out := sdk.Sentiment{
		Valence: rounded(valence / share), Arousal: rounded(arousal / share),
		Label: sdk.Neutral, Scores: scores, Emotion: labels[best].emotion,
	}
	switch v := labels[best].valence; {
	case v > 0:
		out.Label = sdk.Positive
	case v < 0:
		out.Label = sdk.Negative
	}
	return out
}

// rounded is x to four digits: the same on machines, and in batches, that round
// differently in between.
func rounded(x float64) float64 { return math.Round(x*1e4) / 1e4 }
