package event

import (
	"cmp"
	"encoding/json"
	"strconv"
	"strings"
)

// Control says that somebody acted on the run from outside, and what came of it.
type Control struct {
	ID  int64  `json:"id"`  // of the command, from 1
	Who string `json:"who"` // gave it
	At  string `json:"at"`  // when it arrived, wall time, RFC 3339
	// Order is what was asked for: a control.Order.
	Order json.RawMessage `json:"order"`
	// Refused says why nothing was done; empty where it was.
	Refused string   `json:"refused,omitempty"`
	Effects []Effect `json:"effects,omitempty"`
	// Action is what a visitor did.
	Action *Action `json:"action,omitempty"`
}

// Visitor is the id of who did the Action, whoever handed the order over.
func (c Control) Visitor() string {
	var order struct {
		Visit struct {
			Visitor struct {
				ID string `json:"id"`
			} `json:"visitor"`
		} `json:"visit"`
	}
	if json.Unmarshal(c.Order, &order) != nil {
		return c.Who
	}
	return cmp.Or(order.Visit.Visitor.ID, c.Who)
}

// ControlID names what comes of a command: what residents are told by it, their
// answers to it.
func ControlID(command int64) string { return controlMark + strconv.FormatInt(command, 10) }

const controlMark = "control-"

// IsControlID reports whether an id is one that a command gives to what comes of
// it.
func IsControlID(id string) bool {
	_, is := ControlNumber(id)
	return is
}

// ControlNumber is the command that gave an id to what comes of it.
func ControlNumber(id string) (command int64, is bool) {
	number, marked := strings.CutPrefix(id, controlMark)
	command, err := strconv.ParseInt(number, 10, 64)
	return command, marked && err == nil && ControlID(command) == id
}

// IsExchange reports whether an id is that of a talk which a resident was told to
// remember, and nobody else: it is no news.
func IsExchange(id string) bool {
	origin := Origin(id)
	return origin != id && IsControlID(origin)
}
