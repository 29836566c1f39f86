package panel

import (
	"context"

	"github.com/llm-city/gorod/core/panel/internal/city"
)

const peopleAPage = 50

type peopleBody struct {
	at
	paging
	Sought, Group, Order string
	Groups, Orders       []string
	People               []city.Resident
}

// people lists the residents.
func (p *Panel) people(ctx context.Context, q *request) error {
	get := q.URL.Query().Get
	body := peopleBody{Sought: prose(get("q"), longestSearch), Group: get("group"), Order: get("order"),
		Orders: []string{city.ByPlace, city.ByName, city.ByTalk, city.ByMood, city.ByUnhappy}}
	err := q.read(ctx, "people", &body.at, func(v *city.View) error {
		body.Groups = v.Groups()
		all := v.Residents(body.Sought, body.Group, body.Order)
		body.paging = q.paged(len(all), peopleAPage)
		body.People = all[min((body.Page-1)*peopleAPage, len(all)):min(body.Page*peopleAPage, len(all))]
		return nil
	})
	if err != nil {
		return err
	}
	return q.show("people", q.words.T("menu.people"), body)
}
