package panel

import (
	"cmp"
	"slices"

	"github.com/llm-city/gorod/core/panel/internal/chart"
	"github.com/llm-city/gorod/core/panel/internal/city"
	"github.com/llm-city/gorod/plugins/sdk"
)

// town is what a town has, and how its mayor rules.
func (q *request) town(b *placeBody, v *city.View, rows rowsOf) error {
	towns := v.Towns()
	var money, people, beds []float64
	for _, t := range towns {
		money, people, beds = append(money, float64(t.Money)), append(people, float64(t.Population)), append(beds, float64(t.Beds))
	}
	if n := len(towns); n > 0 {
		b.Town = &towns[n-1]
	}
	b.Money = []named{
		q.figure("money", []chart.Series{{Name: q.words.T("town.money"), Values: money}}, chart.Options{Fill: true}, v.Marks()),
		q.figure("population", []chart.Series{{Name: q.words.T("town.population"), Values: people}, {Name: q.words.T("town.beds"), Values: beds}}, chart.Options{}, nil),
	}
	decrees := v.Decrees()
	b.Decrees = slices.Clone(decrees[max(0, len(decrees)-mostDecrees):])
	slices.Reverse(b.Decrees)
	if err := b.dwellers(v, rows); err != nil {
		return err
	}
	err := b.lots(v, rows)
	b.Dwell = b.Dwell[:min(mostDwell, len(b.Dwell))]
	return err
}

// dwellers are the residents with what they have and where they are.
func (b *placeBody) dwellers(v *city.View, rows rowsOf) error {
	type resident struct {
		At, Home, Job string
		Cash          int64
	}
	for _, row := range rows.by[rowResident] {
		r, err := value[resident](row)
		if err != nil {
			return err
		}
		if _, there := v.Resident(row.ID); !there {
			continue
		}
		d := dwellerRow{v.Name(row.ID), r.At, r.Home, r.Job, r.Cash}
		if v.Tick < rows.tick && row.Tick > v.Tick {
			d.rewind(v)
			b.Unknown = b.Unknown || d.Home == unknown
		}
		b.Dwell = append(b.Dwell, d)
	}
	return nil
}

// unknown is where somebody was of whom nothing tells.
const unknown = "?"

// rewind takes a resident back to the view's tick.
func (d *dwellerRow) rewind(v *city.View) {
	at, home, job, later := v.Whereabouts(d.ID)
	d.Cash = v.Cash(d.ID)
	if home.Known {
		d.Home = home.Building
	} else if later[1] {
		d.Home = unknown
	}
	if at.Known {
		d.At = at.Building
	} else if later[0] { // everybody begins at home
		d.At = d.Home
	}
	if job.Known || later[2] { // who has not worked yet has no desk
		d.Job = job.Building
	}
}

// lots are the buildings.
func (b *placeBody) lots(v *city.View, rows rowsOf) error {
	here, living := map[string]int{}, map[string]int{}
	for _, r := range b.Dwell {
		here[r.At]++
		living[r.Home]++
	}
	past, raised := v.Tick < rows.tick, v.Raised()
	for _, row := range rows.by[rowBuilding] {
		l, err := value[lot](row)
		if err != nil {
			return err
		}
		if past && raised[sdk.Lot{X: l.X, Y: l.Y}] {
			continue
		}
		if past {
			l.Income = v.Income(row.ID)
		}
		l.ID, l.Here, l.Living = row.ID, here[row.ID], living[row.ID]
		b.Across, b.Down = max(b.Across, l.X+1), max(b.Down, l.Y+1)
		b.Lots = append(b.Lots, l)
	}
	if past && b.Town != nil {
		b.Burnt = max(0, b.Town.Buildings-len(b.Lots))
	}
	slices.SortFunc(b.Lots, func(a, c lot) int { return cmp.Or(cmp.Compare(a.Y, c.Y), cmp.Compare(a.X, c.X)) })
	return nil
}
