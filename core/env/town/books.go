package town

import (
	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/plugins/sdk"
)

// move moves coins and notes it. Whoever pays has them: that is seen to before.
func (e *Environment) move(tick int64, t event.Transfer) {
	if t.Amount == 0 {
		return
	}
	agent := sdk.MayorAgent
	for account, sign := range map[string]int64{t.From: -1, t.To: 1} {
		switch account {
		case event.AccountWorld:
		case event.AccountMayor:
			e.state.Money += sign * t.Amount
			e.unsaved = true
		default:
			agent = account
			r := e.resident(account)
			r.cash += sign * t.Amount
			r.unsaved = true
		}
	}
	e.pending = append(e.pending, event.New(tick, agent, event.KindTransfer, t))
}

// open opens the books: everybody gets what it has at the start.
func (e *Environment) open(tick int64) {
	e.move(tick, event.Transfer{From: event.AccountWorld, To: event.AccountMayor, Amount: *e.settings.Money, Why: event.ForStart})
	for _, r := range e.residents {
		e.move(tick, event.Transfer{From: event.AccountWorld, To: r.id, Amount: e.settings.Cash, Why: event.ForStart})
	}
}

// Happened implements env.Chronicler: coins that moved, shocks that were told,
// and how the town stands.
func (e *Environment) Happened(tick env.Tick) []event.Event {
	e.judge(tick)
	stands := event.Town{
		Money: e.state.Money, Population: len(e.residents), Buildings: len(e.buildings),
		Decisions: e.decisions, Invalid: e.invalid, Met: e.state.Met != nil,
	}
	for _, b := range e.buildings {
		stands.Beds += b.beds
		stands.FreeBeds += b.freeBeds()
	}
	return append(e.drain(), event.New(tick.Number, "", event.KindTown, stands))
}

// drain hands out what happened since it was last asked.
func (e *Environment) drain() []event.Event {
	events := e.pending
	e.pending = nil
	return events
}
