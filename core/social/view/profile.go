package view

import (
	"fmt"
	"strings"

	"github.com/llm-city/gorod/core/env/lang"
	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/text"
)

// Bounds of a profile, in characters.
const (
	maxBio   = 500
	maxField = 255
)

// Field is a line of a profile.
type Field struct{ Name, Value string }

const (
	sayAge       lang.Phrase = "Возраст ¦ Age"
	sayWork      lang.Phrase = "Занятие ¦ Occupation"
	sayHome      lang.Phrase = "Живёт ¦ Lives in"
	sayGroup     lang.Phrase = "Группа ¦ Group"
	sayInterests lang.Phrase = "Интересы ¦ Interests"
	sayMood      lang.Phrase = "Настроение ¦ Mood"
	sayVisitor   lang.Phrase = "Гость города ¦ A visitor of the city"
)

// profile is what a resident's page says of it: its persona's words.
func profile(p sdk.Persona, group, language string) (bio string, fields []Field) {
	add := func(name lang.Phrase, value string) {
		if value = lang.Excerpt(value, maxField); value != "" {
			fields = append(fields, Field{name.In(language), value})
		}
	}
	if p.Age > 0 {
		add(sayAge, fmt.Sprint(p.Age))
	}
	add(sayWork, p.Occupation)
	add(sayHome, p.Residence)
	add(sayGroup, group)
	add(sayInterests, strings.Join(p.Interests, ", "))
	return text.Cut(lang.Clean(p.Bio), maxBio), fields
}

// moodField says how a resident feels: valence from -1 to 1, arousal from 0 to
// 1.
func moodField(m sdk.Mood, language string) Field {
	return Field{sayMood.In(language), fmt.Sprintf("%s %+.2f · %.2f", feeling(m).In(language), m.Valence, m.Arousal)}
}

// feeling names the quarter of the circle of valence and arousal.
func feeling(m sdk.Mood) lang.Phrase {
	stirred := m.Arousal > 0.5
	switch {
	case m.Valence > 0.25 && stirred:
		return "в восторге ¦ excited"
	case m.Valence > 0.25:
		return "в хорошем настроении ¦ content"
	case m.Valence < -0.25 && stirred:
		return "в гневе или тревоге ¦ upset"
	case m.Valence < -0.25:
		return "в плохом настроении ¦ low"
	case stirred:
		return "в волнении ¦ stirred"
	}
	return "ровное ¦ calm"
}
