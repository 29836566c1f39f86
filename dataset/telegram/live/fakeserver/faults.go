package fakeserver

import (
	"fmt"

	"github.com/gotd/td/tg"
	"github.com/gotd/td/tgerr"
)

// Fault is what goes wrong with one call. The zero one is that nothing does.
type Fault struct {
	err         *tgerr.Error
	drop        bool
	acknowledge bool
	page        func([]tg.MessageClass) []tg.MessageClass
}

// Fail has the next calls of a method go wrong, one fault a call.
func (s *Server) Fail(method string, faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults[method] = append(s.faults[method], faults...)
}

// Fine lets a call through, between faults.
func Fine() Fault { return Fault{} }

// Flood asks for a pause.
func Flood(seconds int) Fault { return Refuse(420, fmt.Sprintf("FLOOD_WAIT_%d", seconds)) }

// Delay puts a takeout off.
func Delay(seconds int) Fault { return Refuse(420, fmt.Sprintf("TAKEOUT_INIT_DELAY_%d", seconds)) }

// Refuse answers with an error.
func Refuse(code int, message string) Fault { return Fault{err: tgerr.New(code, message)} }

// Drop cuts the connection before the request is acknowledged.
func Drop() Fault { return Fault{drop: true} }

// DropLate cuts the connection between the acknowledgement and the answer.
func DropLate() Fault { return Fault{drop: true, acknowledge: true} }

// Short hands out only the first n messages of a page.
func Short(n int) Fault {
	return Fault{page: func(all []tg.MessageClass) []tg.MessageClass { return all[:min(n, len(all))] }}
}

// Doubled hands out each message of a page twice.
func Doubled() Fault {
	return Fault{page: func(all []tg.MessageClass) []tg.MessageClass { return append(all, all...) }}
}

// Overlapping adds other messages to a page, such as those of the page before.
func Overlapping(more ...tg.MessageClass) Fault {
	return Fault{page: func(all []tg.MessageClass) []tg.MessageClass { return append(more, all...) }}
}

// Instead hands out these messages, whatever was asked for.
func Instead(page ...tg.MessageClass) Fault {
	return Fault{page: func([]tg.MessageClass) []tg.MessageClass { return page }}
}
