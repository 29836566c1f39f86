package report

// estimatesData has a row an estimate: what the tables of metrics, surveys,
// propositions and towns show, of every condition.
func (s *study) estimatesData() dataTable {
	t := dataTable{name: "estimates", head: []string{"cell", "about", "id", "part", "group", "tick", "n", "mean", "low", "high"}}
	add := func(c *condition, about, id, part, group, tick string, e estimate) {
		if e.N > 0 {
			t.rows = append(t.rows, []string{csvText(c.name), csvText(about), csvText(id), part, csvText(group), tick,
				csvInt(e.N), csvNumber(e.Mean), csvNumber(e.Low), csvNumber(e.High)})
		}
	}
	for _, about := range s.subjects() {
		for i, e := range s.scoreEstimates(about) {
			add(s.conditions[i], about.source, about.metric, csvText(about.item), about.group, "", e)
		}
	}
	for _, c := range s.conditions {
		for _, q := range s.questions() {
			for _, tick := range q.ticks {
				if q.Type == typeScale {
					add(c, "survey/"+line(q.Survey, 80), q.ID, "mean", "", csvInt(tick), scaleEstimate(q, tick, c))
				}
				for _, p := range s.picks(q) {
					add(c, "survey/"+line(q.Survey, 80), q.ID, p.csv, "", csvInt(tick), sharesOf(per(c.runs, p.share(q, tick))))
				}
			}
		}
		for _, p := range s.judged() {
			for _, tick := range p.ticks {
				add(c, "proposition", p.ID, "", "", csvInt(tick), p.estimate(c, tick))
			}
		}
		for _, number := range s.townNumbers() {
			add(c, "town", number.id, "end", "", "", townEnd(c.runs, number))
		}
		add(c, "town", "decisions", "", "", "", meanOf(per(c.runs, decisions)))
		add(c, "town", "invalid_decisions", "share", "", "", sharesOf(per(c.runs, refused)))
		add(c, "town", "goal_met", "share", "", "", sharesOf(per(c.runs, succeeded)))
	}
	return t
}
