package city

import (
	"github.com/llm-city/gorod/core/event"
)

// books are what the residents of a town have and its buildings earned, after
// each tick that changed it.
type books struct{ cash, income map[string][]balance }

type balance struct {
	tick   int32
	amount int64
}

func (b *books) take(tick int32, t event.Transfer) {
	if b.cash == nil {
		b.cash, b.income = map[string][]balance{}, map[string][]balance{}
	}
	for account, sign := range map[string]int64{t.From: -1, t.To: 1} {
		if account != event.AccountMayor && account != event.AccountWorld {
			b.cash[account] = grown(b.cash[account], tick, sign*t.Amount)
		}
	}
	if t.Why == event.ForWage || t.Why == event.ForGoods {
		b.income[t.Building] = grown(b.income[t.Building], tick, t.Amount)
	}
}

func grown(of []balance, tick int32, by int64) []balance {
	n := len(of)
	switch {
	case n == 0:
		return append(of, balance{tick, by})
	case of[n-1].tick == tick:
		of[n-1].amount += by
		return of
	}
	return append(of, balance{tick, of[n-1].amount + by})
}

func after(of []balance, tick int64) int64 {
	if n := upTo(of, tick, func(b balance) int32 { return b.tick }); n > 0 {
		return of[n-1].amount
	}
	return 0
}

// Cash is what a resident of a town had after the view's tick.
func (v *View) Cash(id string) int64 { return after(v.past.books.cash[id], v.Tick) }

// Income is what a building had earned after the view's tick.
func (v *View) Income(building string) int64 { return after(v.past.books.income[building], v.Tick) }
