package reference

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/text"
)

// args writes the arguments of an action.
func (f *filler) args(o *option) map[string]string {
	f.about = f.subject()
	if o.item != nil {
		f.about, f.news = f.topic(o.item.Text), quoted(o.item.Text)
	}
	out := map[string]string{}
	for _, spec := range f.facts.Actions {
		if spec.Kind != o.kind {
			continue
		}
		for _, arg := range spec.Args {
			if value := f.arg(o, arg); value != "" {
				out[arg.Name] = value
			}
		}
	}
	switch {
	case o.kind != "post":
	case out["event"] != "":
		f.news = f.told(out["event"])
		out["text"] = f.compose("news")
	case f.chance(reminiscence):
		if f.news = f.remembered(); f.news != "" {
			out["text"] = f.compose("news")
		}
	}
	return out
}

// reminiscence is how often a post passes on what the resident remembers.
const reminiscence = 0.3

// remembered is a memory that is fit to be passed on, the first ones more
// likely: what a memory plugin puts first weighs most.
func (f *filler) remembered() string {
	for _, item := range f.facts.Recollection.Items {
		if news := quoted(item.Text); utf8.RuneCountInString(news) >= minNews && !f.ownWords(news) && f.chance(1-forgetting) {
			return news
		}
	}
	return ""
}

// forgetting is how likely a memory is passed over for the next one.
const forgetting = 0.4

// ownWords reports whether a text is one that the reference wrote: its phrases
// would wander through a society for ever.
func (f *filler) ownWords(s string) bool {
	words, own := 0, 0
	for _, word := range text.Words(s, maxNews) {
		words++
		if f.book.ours[word] || f.book.stop[word] {
			own++
		}
	}
	return 3*own > words
}

// arg writes one argument; a value that is not among those allowed is replaced
// by one that is, or left out.
func (f *filler) arg(o *option, arg sdk.ArgSpec) string {
	value := f.draft(o, arg)
	switch {
	case len(arg.Values) == 0 && value == "" && arg.Required:
		return f.interest()
	case len(arg.Values) == 0 || slices.Contains(arg.Values, value):
		return value
	case arg.Required || value != "":
		return f.pick(arg.Values)
	}
	return ""
}

func (f *filler) draft(o *option, arg sdk.ArgSpec) string {
	switch arg.Name {
	case "text":
		return f.text(o)
	case "target":
		if o.item != nil {
			return o.item.ID
		}
		return f.addressee(o)
	case "to":
		return f.addressee(o)
	case "event":
		return f.event(o, arg.Values)
	case "option":
		if o.item != nil && len(o.item.Options) > 0 {
			return f.pick(o.item.Options)
		}
	case "options":
		if f.chance(0.05) {
			return f.line("poll")
		}
	case "group":
		return f.group(o, arg)
	case "query", "about":
		return f.interest()
	case "purpose":
		return f.line("purpose")
	case "why":
		return f.line("thought " + f.tone)
	}
	return ""
}

// text is what an action says.
func (f *filler) text(o *option) string {
	switch o.kind {
	case "reply", "direct", "quote":
		return f.compose("reply")
	case "tell":
		return f.compose("news")
	case "ask":
		return f.line("ask")
	case "say":
		return f.compose("say")
	default:
		return f.compose("post")
	}
}

func (f *filler) addressee(o *option) string {
	if o.kind != "tell" && o.item != nil && o.item.Author != "" {
		return o.item.Author
	}
	p := f.someone()
	if p.ID != "" {
		return p.ID
	}
	return p.Name
}

// event is the study's event that an action is about: that of the item, or one
// that the resident has just heard of.
func (f *filler) event(o *option, known []string) string {
	switch {
	case o.item != nil:
		return o.item.Event
	case len(known) > 0 && f.chance(0.7+0.2*f.trait("extraversion")):
		event := f.pick(known)
		if f.told(event) != "" {
			return event
		}
	}
	return ""
}

// hasNews reports whether something of the study's events is addressed to the
// resident.
func (f *filler) hasNews() bool {
	return slices.ContainsFunc(f.facts.Observation.Notifications, func(i sdk.Item) bool { return i.Event != "" && i.Text != "" })
}

// told is the text by which the resident knows an event, if it is in sight.
func (f *filler) told(event string) string {
	for _, item := range f.facts.Observation.Notifications {
		if event != "" && item.Event == event && item.Text != "" {
			return quoted(item.Text)
		}
	}
	return ""
}

// Lengths of what is passed on, in letters. What is shorter is no news but a
// topic.
const (
	minNews = 14
	maxNews = 120
)

// quoted is what a text quotes, or the text: news are passed on by many, and
// stay as they began.
func quoted(s string) string {
	for _, marks := range [][2]string{{"«", "»"}, {"“", "”"}} {
		if _, rest, ok := strings.Cut(s, marks[0]); ok {
			if at := strings.LastIndex(rest, marks[1]); at > 0 && utf8.RuneCountInString(rest[:at]) >= minNews {
				s = rest[:at]
			}
		}
	}
	return text.Cut(strings.TrimSpace(s), maxNews)
}

func (f *filler) group(o *option, arg sdk.ArgSpec) string {
	switch {
	case o.kind == "create_group":
		return capital(f.interest())
	case len(arg.Values) > 0 && (arg.Required || f.chance(0.2)):
		return f.pick(arg.Values)
	}
	return ""
}
