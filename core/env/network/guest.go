package network

import (
	"context"
	"errors"
	"fmt"

	"github.com/llm-city/gorod/core/env/hearsay"
	"github.com/llm-city/gorod/core/env/lang"
	"github.com/llm-city/gorod/core/social"
)

// Guests are visitors as the environment knows them: the directory of people has
// them after the residents, guests keeps what each has heard of the study's
// events by what it answered, liked or passed on.

// Why guests are not let in.
const (
	noGuests  lang.Phrase = "Гостей сюда не пускают. ¦ Visitors are not let in here."
	badVisit  lang.Phrase = "Гость зовётся @имя или @имя@сервер: до 60 латинских букв, цифр и знаков. Визиты бывают такие: %s. ¦ A visitor is called @name or @name@server: up to 60 Latin letters, digits and marks. Visits are of these kinds: %s."
	nameTaken lang.Phrase = "Так зовут жителя: «%s». Выберите другое имя. ¦ A resident is called %q. Choose another name."
	fullHouse lang.Phrase = "Гостей уже слишком много. ¦ There are too many visitors already."
)

// admit lets a visitor in, who has come before or not.
func (e *Environment) admit(ctx context.Context, host social.Visited, v social.Visitor) (*reader, error) {
	if e.people.Claimed(v.ID) {
		return nil, nameTaken.Refuse(e.language, v.ID)
	}
	if err := host.AddVisitor(ctx, v); errors.Is(err, social.ErrTooMany) {
		return nil, fullHouse.Refuse(e.language)
	} else if err != nil {
		return nil, fmt.Errorf("network: let in %s: %w", v.ID, err)
	}
	if e.people.Index(v.ID) < 0 || v.Name != "" {
		e.people.Learn(v.ID, v.Name)
	}
	return e.guest(v.ID), nil
}

// guest is a visitor who was let in.
func (e *Environment) guest(id string) *reader {
	place := e.people.Index(id)
	if at := place - len(e.readers); at == len(e.guests) {
		e.guests = append(e.guests, &reader{id: id, place: place})
	}
	return e.guests[place-len(e.readers)]
}

// knowledge is what a resident or a visitor knows, nil of whoever is neither.
func (e *Environment) knowledge(id string) *hearsay.Knowledge {
	place := e.people.Index(id)
	switch {
	case place < 0:
		return nil
	case place < len(e.readers):
		return &e.readers[place].knows
	}
	return &e.guests[place-len(e.readers)].knows
}

// greet lets in again all visitors of a restored network, with what they had
// heard.
func (e *Environment) greet(heard map[string][]hearsay.Known) error {
	e.people.Forget()
	e.guests = nil
	if host, ok := e.net.(social.Visited); ok {
		for _, v := range host.Visitors() {
			e.people.Learn(v.ID, v.Name)
			e.guest(v.ID).knows = hearsay.Restored(heard[v.ID])
			delete(heard, v.ID)
		}
	}
	for id := range heard {
		return fmt.Errorf("restore environment: row %s %s: nobody has this id", rowReader, id)
	}
	return nil
}
