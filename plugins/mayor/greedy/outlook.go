package greedy

import (
	"fmt"
	"slices"

	"github.com/llm-city/gorod/plugins/mayor/hire"
	"github.com/llm-city/gorod/plugins/sdk"
)

// outlook is a town with what is expected of it until the deadline.
type outlook struct {
	sdk.Town
	rate  float64 // coins that a resident spends in an hour, as long as it has any
	specs []sdk.ActionSpec
}

// wanted is how many residents the goal still asks for.
func (o *outlook) wanted() int { return max(0, o.GoalPopulation-len(o.Citizens)) }

// beds and desks that are free.
func (o *outlook) beds() (n int) {
	for _, b := range o.Buildings {
		n += b.FreeBeds
	}
	return n
}

// desks are all there are: each employs one.
func (o *outlook) desks() (n int) {
	for _, b := range o.Buildings {
		n += b.Desks
	}
	return n
}

// sells reports whether residents can spend anything at all.
func (o *outlook) sells() bool {
	return slices.ContainsFunc(o.Buildings, func(b sdk.Building) bool {
		i := slices.IndexFunc(o.Types, func(t sdk.BuildingType) bool { return t.Name == b.Type })
		return i >= 0 && len(o.Types[i].Menu) > 0
	})
}

// spendsFrom is what a resident with some cash spends until the deadline. One
// with a desk does not run out.
func (o *outlook) spendsFrom(cash int64, desk bool) float64 {
	would := o.rate * float64(o.Left)
	if desk {
		return would
	}
	return min(would, float64(cash))
}

// goalWorth is more than anything that money can be: what the goal asks for
// comes first, the cheaper the better.
const goalWorth = 1e12

// recruit is worth what the newcomer will spend less what it costs.
func (o *outlook) recruit(language string) (plan, bool) {
	at := slices.IndexFunc(o.specs, func(s sdk.ActionSpec) bool { return s.Kind == "recruit" })
	if at < 0 || o.beds() == 0 {
		return plan{}, false
	}
	home := slices.IndexFunc(o.Buildings, func(b sdk.Building) bool { return b.FreeBeds > 0 })
	args := newcomer(language, o.Town)
	args["home"] = o.Buildings[home].ID
	p := plan{action: sdk.Action{Kind: "recruit", Args: args}}
	if o.sells() {
		p.worth = o.spendsFrom(o.NewcomerCash, o.desks() > len(o.Citizens))
	}
	p.worth -= float64(o.RecruitCost)
	if o.wanted() > 0 && o.Money-o.RecruitCost >= 0 {
		p.worth += goalWorth
	}
	p.why = fmt.Sprintf("a newcomer is worth %.0f", p.worth)
	return p, true
}

// build is worth what residents spend in it, earn for it, or come to live in it
// for.
func (o *outlook) build(kind sdk.BuildingType) (plan, bool) {
	at := slices.IndexFunc(o.specs, func(s sdk.ActionSpec) bool { return s.Kind == "build" })
	if at < 0 || len(o.Free) == 0 || kind.Cost > o.Money || !offered(o.specs[at], "type", kind.Name) {
		return plan{}, false
	}
	p := plan{action: sdk.Action{Kind: "build", Args: map[string]string{"type": kind.Name}}}
	p.action.Args["x"], p.action.Args["y"] = hire.Lot(o.Free[0])
	p.worth = o.sales(kind) + o.work(kind) + o.homes(kind) - float64(kind.Cost)
	if n := min(kind.Beds, o.wanted()-o.beds()); n > 0 && kind.Cost+o.RecruitCost <= o.Money {
		p.worth += goalWorth * float64(n) / float64(kind.Beds+1) / 2 // recruiting into what there is comes first
	}
	p.why = fmt.Sprintf("%s is worth %.0f", kind.Name, p.worth)
	return p, true
}

func offered(spec sdk.ActionSpec, arg, value string) bool {
	return slices.ContainsFunc(spec.Args, func(a sdk.ArgSpec) bool { return a.Name == arg && slices.Contains(a.Values, value) })
}

// sales are what the first shop brings; a second one divides them.
func (o *outlook) sales(kind sdk.BuildingType) (sum float64) {
	if len(kind.Menu) == 0 || o.sells() {
		return 0
	}
	for i, c := range o.Citizens {
		sum += o.spendsFrom(c.Cash, i < o.desks())
	}
	return sum
}

// work is what residents without a desk spend more when they earn.
func (o *outlook) work(kind sdk.BuildingType) (sum float64) {
	if kind.Desks == 0 || !o.sells() {
		return 0
	}
	idle := o.Citizens[min(o.desks(), len(o.Citizens)):]
	for _, c := range idle[:min(kind.Desks, len(idle))] {
		sum += o.spendsFrom(c.Cash, true) - o.spendsFrom(c.Cash, false)
	}
	return sum
}

// homes is what those who could come to live there are worth, where recruiting
// pays and there is no bed for them yet.
func (o *outlook) homes(kind sdk.BuildingType) float64 {
	each := o.spendsFrom(o.NewcomerCash, o.desks() > len(o.Citizens)) - float64(o.RecruitCost)
	if kind.Beds == 0 || o.beds() > 0 || each <= 0 || !o.sells() {
		return 0
	}
	affordable := max(0, (o.Money-kind.Cost)/max(1, o.RecruitCost))
	return each * float64(min(int64(kind.Beds), affordable, int64(max(0, o.Left-1))))
}
