package report

import "strconv"

// townData has a row a run and bin that it reached.
func (s *study) townData() dataTable {
	t := dataTable{name: "town", head: []string{"cell", "seed", "tick", "money", "population", "buildings", "beds", "free_beds", "occupancy", "decisions", "invalid", "met"}}
	for _, r := range s.runs {
		for i, b := range r.Bins {
			if now := b.Town; now != nil {
				last := min(int64(i+1)*s.axis.width, r.Ticks) - 1
				t.rows = append(t.rows, append(r.key(), csvInt(last), csvInt(now.Money), csvInt(now.Population), csvInt(now.Buildings), csvInt(now.Beds),
					csvInt(now.FreeBeds), csvNumber(occupancy(*now)), csvInt(now.Decisions), csvInt(now.Invalid), strconv.FormatBool(now.Met)))
			}
		}
	}
	return t
}

func (s *study) townDecisionsData() dataTable {
	t := dataTable{name: "town_decisions", head: []string{"cell", "seed", "kind", "ok", "count"}}
	for _, r := range s.runs {
		if r.Town != nil {
			for _, d := range r.Town.Decrees {
				t.rows = append(t.rows, append(r.key(), csvText(d.Key.Kind), strconv.FormatBool(d.Key.OK), csvInt(d.N)))
			}
		}
	}
	return t
}

func (s *study) townFlowsData() dataTable {
	t := dataTable{name: "town_flows", head: []string{"cell", "seed", "from", "to", "why", "coins", "transfers"}}
	for _, r := range s.runs {
		if r.Town != nil {
			for _, f := range r.Town.Flows {
				t.rows = append(t.rows, append(r.key(), csvText(f.From), csvText(f.To), csvText(f.Why), csvInt(f.Coins), csvInt(f.N)))
			}
		}
	}
	return t
}
