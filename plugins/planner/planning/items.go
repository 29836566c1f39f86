package planning

import (
	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/text"
)

// itemView is one thing seen. Ref is the id to act on; Text is not the agent's
// own and stands in quotes.
type itemView struct {
	Ref, Who, Kind, Text, Group, Parent, Event string
	Options                                    []string
}

// items are things seen, a line each.
func (d *Desk) items(items []sdk.Item, k *key) ([]string, error) {
	out := make([]string, len(items))
	for i := range items {
		var err error
		out[i], err = d.memo.get(k.item(&items[i]), func() (string, error) { return d.render("item", d.itemView(&items[i])) })
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (d *Desk) itemView(item *sdk.Item) itemView {
	v := itemView{
		Ref: line(item.ID, maxName), Who: line(item.AuthorName, maxName), Kind: d.words.kinds[item.Kind],
		Text: text.Quote(item.Text, maxItem), Group: line(item.Group, maxName), Event: line(item.Event, maxName),
		Options: lines(item.Options, maxPollChoice, maxName),
	}
	if v.Kind == "" {
		v.Kind = line(item.Kind, maxName)
	}
	if v.Who == "" {
		v.Who = line(item.Author, maxName)
	}
	// A boost is acted on through the post that it passes on.
	switch parent := line(item.Parent, maxName); {
	case item.ID == "" || item.Kind == sdk.ItemBoost:
		v.Ref = parent
	default:
		v.Parent = parent
	}
	if v.Event == v.Ref {
		v.Event = ""
	}
	return v
}

// people are who is here, each with an id.
func (d *Desk) people(people []sdk.Person, k *key) ([]string, error) {
	out := make([]string, len(people))
	for i := range people {
		var err error
		out[i], err = d.memo.get(k.person(&people[i]), func() (string, error) {
			return d.render("person", pair{line(people[i].Name, maxName), line(people[i].ID, maxName)})
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}
