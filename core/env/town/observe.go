package town

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/core/env/hearsay"
	"github.com/llm-city/gorod/core/env/lang"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/plugins/sdk"
)

// peopleSeen is how many of those present a resident sees: of a crowd, those
// who come after it in the population, round from the last to the first.
const peopleSeen = 30

// street is where one is who is in no building.
const street = "street"

// What residents are told about themselves.
const (
	aboutYou  lang.Phrase = "У вас монет: %d. Дом: %s. Работа: %s. При себе: %s. ¦ You have %d coins. Home: %s. Work: %s. With you: %s."
	aboutBusy lang.Phrase = " Вы заняты до %s: %s. ¦ You are busy until %s: %s."
	nothing   lang.Phrase = "нет ¦ none"
)

// Turns implements env.Environment: a resident that is busy takes no part,
// unless somebody has talked to it.
func (e *Environment) Turns(_ context.Context, tick env.Tick, awake []string) ([]env.Turn, error) {
	e.begin(tick)
	e.crowds = map[string][]int{}
	for i, r := range e.residents {
		e.crowds[idOf(r.at)] = append(e.crowds[idOf(r.at)], i)
	}
	var turns []env.Turn
	for _, id := range awake {
		r := e.resident(id)
		if r == nil {
			return nil, fmt.Errorf("town: nobody has the id %q", id)
		}
		if r.busy(tick.Time) {
			if !r.addressed() || r.interrupted >= e.settings.Exchanges {
				continue
			}
			r.interrupted++
			r.unsaved = true
		}
		turns = append(turns, env.Turn{Agent: id, Acts: true})
	}
	return turns, nil
}

// Observe implements env.Environment: where the resident is and with whom, what
// was said to it and told to it, and as the only item of the timeline, written
// by itself, what it has.
func (e *Environment) Observe(_ context.Context, tick env.Tick, agent string) (sdk.Observation, []event.Event, error) {
	r := e.resident(agent)
	if r == nil {
		return sdk.Observation{}, nil, fmt.Errorf("town: nobody has the id %q", agent)
	}
	o := sdk.Observation{Tick: tick.Number, Time: tick.Time.Format(time.RFC3339), Place: placeOf(r.at), People: e.around(r)}
	var events []event.Event
	see := func(list *[]sdk.Item, item sdk.Item) {
		*list = append(*list, item)
		var author *hearsay.Knowledge
		if a := e.resident(item.Author); a != nil && a != r {
			author = &a.knows
		}
		if h, news := r.knows.Hear(item, author); news {
			r.unsaved = true
			events = append(events, event.New(tick.Number, r.id, event.KindHeard, h))
		}
	}
	for _, id := range r.told {
		see(&o.Notifications, sdk.Item{ID: id, Kind: sdk.ItemEvent, Text: e.texts[id], Time: o.Time, Event: id, Addressed: true})
	}
	for i := range r.talk {
		see(&o.Messages, e.item(&r.talk[i]))
	}
	r.read()
	o.Timeline = []sdk.Item{{Kind: sdk.ItemEvent, Author: r.id, AuthorName: e.people.Name(r.id), Text: e.status(r), Time: o.Time}}
	return o, events, nil
}

// read notes that the resident has seen what waited for it.
func (r *resident) read() {
	if len(r.told) > 0 {
		r.told, r.unsaved = nil, true
	}
	for i := range r.talk {
		if r.talk[i].New {
			r.talk[i].New, r.unsaved = false, true
		}
	}
}

func placeOf(b *building) string {
	if b == nil {
		return street
	}
	return b.id
}

// around are those present as the tick began.
func (e *Environment) around(r *resident) []sdk.Person {
	crowd := e.crowds[idOf(r.at)]
	at, _ := slices.BinarySearch(crowd, r.place)
	var out []sdk.Person
	for i := range len(crowd) {
		if who := crowd[(at+i)%len(crowd)]; who != r.place && len(out) < peopleSeen {
			out = append(out, e.people.Person(who))
		}
	}
	return out
}

func (e *Environment) item(l *line) sdk.Item {
	return sdk.Item{
		ID: lineID(l.Num), Kind: sdk.ItemMessage, Author: l.From, AuthorName: e.people.Name(l.From), Text: l.Text,
		Time: l.Time.Format(time.RFC3339), Event: l.Event, Addressed: l.New,
	}
}

// status is what a resident has, in words for it.
func (e *Environment) status(r *resident) string {
	none := nothing.In(e.language)
	home, job := none, none
	if r.home != nil {
		home = r.home.id
	}
	if r.job != nil {
		job = r.job.id
	}
	text := fmt.Sprintf(aboutYou.In(e.language), r.cash, home, job, e.bag(r))
	if r.busy(e.now) {
		text += fmt.Sprintf(aboutBusy.In(e.language), r.until.Format("15:04"), e.titles.say(r.doing, ""))
	}
	return text
}

// bag is what a resident has with it, in words.
func (e *Environment) bag(r *resident) string {
	if len(r.bag) == 0 {
		return nothing.In(e.language)
	}
	things := make([]string, 0, len(r.bag))
	for _, thing := range slices.Sorted(maps.Keys(r.bag)) {
		things = append(things, quantity(e.titles.say(thing, ""), r.bag[thing]))
	}
	return strings.Join(things, ", ")
}

func quantity(thing string, n int) string { return fmt.Sprintf("%s × %d", thing, n) }
