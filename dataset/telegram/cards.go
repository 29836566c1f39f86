package telegram

import "strings"

// personal reads personal_information.
func (r *reader) personal() error {
	person, err := r.card()
	if err == nil && person != nil {
		r.people.own(person.ID, true)
	}
	return err
}

func (r *reader) contact() error {
	person, err := r.card()
	if err == nil && person != nil {
		person.Contact = true
	}
	return err
}

// card reads user_id and the names of somebody; nil if there is neither.
func (r *reader) card() (*Person, error) {
	c, err := r.peek()
	if err != nil {
		return nil, err
	}
	if c != '{' {
		return nil, r.unexpected()
	}
	r.pos++
	var id, first, last, user []byte
	for {
		key, ok, err := r.field()
		if err == nil && ok {
			switch string(key) {
			case "user_id":
				id, err = r.peer(id[:0], "")
			case "first_name":
				first, _, err = r.name(first[:0])
			case "last_name":
				last, _, err = r.name(last[:0])
			case "username":
				user, _, err = r.name(user[:0])
			default:
				err = r.skip()
			}
		}
		if err != nil {
			return nil, err
		}
		if !ok {
			return r.carded(id, first, last, user), nil
		}
	}
}

func (r *reader) carded(id, first, last, user []byte) *Person {
	name := strings.TrimSpace(string(first) + " " + string(last))
	if len(id) == 0 && name == "" {
		return nil
	}
	person := r.people.person(id)
	if person != nil {
		r.people.named(person, []byte(name))
		person.Username = strings.TrimPrefix(string(user), "@")
	}
	return person
}
