package reference

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/text"
)

// writer writes one reply.
type writer struct {
	random *rand.Rand
	facts  *llm.Facts
	book   *book
	tone   string // good, plain or bad
	about  string // topic of the last text
	news   string // that is passed on
}

func (w *writer) persona() *sdk.Persona {
	if w.facts.Agent.Persona == nil {
		return &sdk.Persona{}
	}
	return w.facts.Agent.Persona
}

func (w *writer) trait(name string) float64 { return w.persona().Traits[name] }

func (w *writer) chance(p float64) bool { return w.random.Float64() < p }

// mood draws a tone that the mood makes likely.
func (w *writer) mood() string {
	x := w.facts.Agent.Mood.Valence + 0.15*w.trait("agreeableness") - 0.15*w.trait("neuroticism") + 0.5*w.random.NormFloat64()
	switch {
	case x > 0.25:
		return "good"
	case x < -0.25:
		return "bad"
	default:
		return "plain"
	}
}

func (w *writer) pick(options []string) string { return options[w.random.IntN(len(options))] }

// line writes a text of one of the sections, with its slots filled.
func (w *writer) line(sections ...string) string {
	return w.fill(w.pick(w.book.of(sections...)))
}

// fill replaces {topic}, {interest}, {name}, {goal} and forms by gender such
// as {рад|рада}. A sentence begins with a capital letter.
func (w *writer) fill(template string) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(template, "{")
		b.WriteString(before)
		if !ok {
			return capital(b.String())
		}
		slot, after, _ := strings.Cut(rest, "}")
		word := w.slot(slot)
		if strings.HasSuffix(before, ". ") || strings.HasSuffix(before, "! ") || strings.HasSuffix(before, "? ") {
			word = capital(word)
		}
		b.WriteString(word)
		template = after
	}
}

func (w *writer) slot(slot string) string {
	if male, female, ok := strings.Cut(slot, "|"); ok {
		if isFemale(w.persona().Gender) {
			return female
		}
		return male
	}
	switch slot {
	case "topic":
		return w.about
	case "interest":
		return w.interest()
	case "goal":
		return w.goal()
	case "news":
		return w.news
	default: // name
		return w.someone().Name
	}
}

func isFemale(gender string) bool {
	g := strings.ToLower(gender)
	return strings.HasPrefix(g, "f") || strings.HasPrefix(g, "ж") || strings.HasPrefix(g, "w")
}

func (w *writer) interest() string {
	if in := w.persona().Interests; len(in) > 0 {
		return w.pick(in)
	}
	return w.pick(w.book.of("interest"))
}

func (w *writer) goal() string {
	if goals := w.facts.Agent.Goals; len(goals) > 0 {
		return lower(w.pick(goals))
	}
	return w.pick(w.book.of("goal"))
}

// someone is a person who is here, or who wrote what is here.
func (w *writer) someone() sdk.Person {
	people := w.facts.Observation.People
	if len(people) == 0 {
		return sdk.Person{Name: w.pick(w.book.of("somebody"))}
	}
	return people[w.random.IntN(len(people))]
}

// topic takes the weightiest words out of a text: its longest that are neither
// stop words nor the reference's own.
func (w *writer) topic(s string) string {
	if _, rest, quote := strings.Cut(s, "\n> "); quote && rest != "" {
		s, _, _ = strings.Cut(s, "\n> ")
	}
	var best []string
	for word := range strings.FieldsFuncSeq(s, func(r rune) bool { return !unicode.IsLetter(r) }) {
		folded := text.Fold(word)
		if utf8.RuneCountInString(word) >= 5 && !w.book.stop[folded] && !w.book.ours[folded] && w.native(word) && !isVerb(folded) {
			best = append(best, folded)
		}
	}
	if len(best) == 0 {
		return w.interest()
	}
	slices.SortStableFunc(best, func(a, b string) int {
		return cmp.Compare(utf8.RuneCountInString(b), utf8.RuneCountInString(a))
	})
	return best[w.random.IntN(min(len(best), 3))]
}

// isVerb reports whether a folded word looks like a Russian verb: it names no
// topic.
func isVerb(word string) bool {
	for _, end := range []string{"ет", "ит", "ют", "ут", "ят", "ть", "ся", "ли", "ла"} {
		if strings.HasSuffix(word, end) {
			return true
		}
	}
	return false
}

// native reports whether a word is of the society's script.
func (w *writer) native(word string) bool {
	r, _ := utf8.DecodeRuneInString(word)
	return unicode.Is(unicode.Cyrillic, r) == (w.book.language == "ru")
}

// compose writes a text of an opening, a body and a close.
func (w *writer) compose(section string) string {
	parts := []string{}
	if w.chance(0.45) {
		parts = append(parts, w.line("open "+w.tone, "open"))
	}
	parts = append(parts, w.line(section+" "+w.tone, section))
	if w.chance(0.4) {
		parts = append(parts, w.line("close "+w.tone, "close"))
	}
	out := strings.Join(parts, " ")
	style := strings.ToLower(w.persona().Style)
	if (strings.Contains(style, "эмодзи") || strings.Contains(style, "emoji")) && w.chance(0.6) {
		out += " " + w.pick(w.book.of("emoji "+w.tone))
	}
	return out
}

// sentence is a text for no purpose in particular.
func (w *writer) sentence() string {
	w.about = w.interest()
	return w.compose("post")
}

// field writes the text of a property by its name.
func (w *writer) field(key string) string {
	if w.about == "" {
		w.about = w.subject()
	}
	switch key {
	case "thought", "why", "reason":
		return w.line("thought "+w.tone, "thought")
	case "purpose":
		return w.purpose()
	case "place":
		return cmp.Or(w.facts.Observation.Place, "network")
	case "question":
		return w.line("question")
	case "answer":
		return w.line("answer")
	case "name":
		return w.someone().Name
	case "impression":
		return w.line("impression " + w.tone)
	case "episode":
		return w.line("episode")
	case "relationship":
		return w.pick(w.book.of("relationship"))
	default:
		return w.compose("post")
	}
}

// purpose keeps the present plan more often than not.
func (w *writer) purpose() string {
	if now := w.facts.Agent.Plan.Purpose; now != "" && w.chance(0.7) {
		return now
	}
	return w.line("purpose")
}

// subject is what a resident has on its mind: what is addressed to it, then the
// conversation and what it is about, then the feed, then an interest.
func (w *writer) subject() string {
	o := &w.facts.Observation
	if len(o.Messages) > 0 && len(o.Trends) > 0 && w.chance(0.6) {
		return w.topic(w.pick(o.Trends))
	}
	for _, items := range [][]sdk.Item{o.Notifications, o.Messages, o.Timeline} {
		if len(items) > 0 {
			return w.topic(items[w.random.IntN(len(items))].Text)
		}
	}
	return w.interest()
}

func capital(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[size:]
}

func lower(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToLower(r)) + s[size:]
}
