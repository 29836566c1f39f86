package embedded

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/social"
)

// rowGuest is a visitor with its place in the order of coming, from 1.
type rowGuest struct {
	social.Visitor
	Number int `json:"number"`
}

// AddVisitor implements social.Visited. A visitor who gives no name keeps the
// one it gave before.
func (n *Network) AddVisitor(_ context.Context, v social.Visitor) error {
	v, err := v.Checked()
	if err != nil {
		return err
	}
	at, known := n.index[v.ID]
	switch {
	case !known && len(n.visitors) >= maxVisitors:
		return fmt.Errorf("%w visitors", social.ErrTooMany)
	case !known:
		at = n.admit(v)
	case !n.visits(at):
		return fmt.Errorf("%w: a visitor called %q, as a resident is", social.ErrInvalid, v.ID)
	case v.Name == "" || n.guest(at).Name == v.Name:
		return nil
	default:
		n.visitors[n.guest(at).Number-1].Name = v.Name
	}
	n.changed.add(change{kind: rowVisitor, at: at})
	return nil
}

// Visitors implements social.Visited.
func (n *Network) Visitors() []social.Visitor { return slices.Clone(n.visitors) }

// admit makes an account after all others.
func (n *Network) admit(v social.Visitor) int32 {
	at := int32(len(n.accounts))
	n.accounts = append(n.accounts, account{id: v.ID})
	n.visitors = append(n.visitors, v)
	n.index[v.ID] = at
	return at
}

// visits reports whether an account is a visitor's.
func (n *Network) visits(at int32) bool { return int(at) >= len(n.accounts)-len(n.visitors) }

func (n *Network) guest(at int32) rowGuest {
	place := int(at) - (len(n.accounts) - len(n.visitors))
	return rowGuest{n.visitors[place], place + 1}
}

// seeOff forgets all visitors.
func (n *Network) seeOff() {
	for _, v := range n.visitors {
		delete(n.index, v.ID)
	}
	n.accounts, n.visitors = n.accounts[:len(n.accounts)-len(n.visitors)], nil
}

// visitor takes in the row of a visitor. Those who refer to it wait until all
// are there.
func (l *loader) visitor(row event.Row) error {
	var g rowGuest
	if err := json.Unmarshal(row.JSON, &g); err != nil {
		return err
	}
	if checked, err := g.Checked(); err != nil || checked.ID != row.ID {
		return fmt.Errorf("bad visitor")
	}
	l.guests[g.Number] = g.Visitor
	return nil
}

// receive gives visitors their accounts in the order of their coming, then takes
// in what refers to them.
func (l *loader) receive() error {
	for number := 1; number <= len(l.guests); number++ {
		v, ok := l.guests[number]
		if _, known := l.n.index[v.ID]; !ok || known {
			return fmt.Errorf("visitor %d of %d is missing or there twice", number, len(l.guests))
		}
		l.n.admit(v)
	}
	for _, row := range l.ofGuests {
		if err := l.settle(row); err != nil {
			return fmt.Errorf("row %s %s: %w", row.Kind, row.ID, err)
		}
	}
	return nil
}
