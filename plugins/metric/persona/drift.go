package persona

import (
	"math"

	"github.com/llm-city/gorod/plugins/metric/internal/score"
	"github.com/llm-city/gorod/plugins/metric/internal/stat"
)

// score says how far residents drift from their early texts.
func (v *voices) score(sheet *score.Sheet) {
	if v.deaf {
		return
	}
	var distances, slopes stat.Mean
	drifting := 0
	for i := range v.all {
		who, id := &v.all[i], v.roster.ID(i)
		if who.drift.N < v.config.MinTexts {
			continue
		}
		line := who.drift.Line()
		sheet.Agent("persona_distance", id, who.distance.Value(), line.N)
		distances.Add(who.distance.Value())
		if math.IsNaN(line.P) { // all texts at one time
			continue
		}
		sheet.Agent("persona_drift", id, line.Slope, line.N)
		sheet.Agent("persona_drift_se", id, line.Error, line.N)
		sheet.Agent("persona_drift_p", id, line.P, line.N)
		slopes.Add(line.Slope)
		if line.Slope > 0 && line.P < v.config.Significance {
			drifting++
		}
	}
	sheet.Run("persona_distance", distances.Value(), distances.N)
	sheet.Run("persona_drift", slopes.Value(), slopes.N)
	sheet.Run("persona_drift_se", slopes.Error(), slopes.N)
	sheet.Run("persona_drift_p", slopes.P(), slopes.N)
	sheet.Run("persona_drift_share", stat.Ratio(drifting, slopes.N), slopes.N)
	v.scoreNeutral(sheet)
	v.scoreOpposite(sheet)
}

// scoreNeutral compares each resident with the mean of the others.
func (v *voices) scoreNeutral(sheet *score.Sheet) {
	var total vector
	for i := range v.all {
		if who := &v.all[i]; who.n > 0 {
			total.add(1/float64(who.n), who.sum)
		}
	}
	var distances, slopes stat.Mean
	for i := range v.all {
		who, id := &v.all[i], v.roster.ID(i)
		own, heard := v.centroid(i)
		if !heard {
			continue
		}
		others := make(vector, len(total))
		others.add(1, total)
		others.add(-1/float64(who.n), who.sum)
		neutral, ok := others.unit()
		if !ok {
			continue
		}
		d, slope := distance(own, neutral), who.towards(neutral)
		sheet.Agent("neutral_distance", id, d, who.n)
		sheet.Agent("neutral_slope", id, slope, who.n)
		distances.Add(d)
		if !math.IsNaN(slope) {
			slopes.Add(slope)
		}
	}
	sheet.Run("neutral_distance", distances.Value(), distances.N)
	sheet.Run("neutral_slope", slopes.Value(), slopes.N)
	sheet.Run("neutral_slope_se", slopes.Error(), slopes.N)
	sheet.Run("neutral_slope_p", slopes.P(), slopes.N)
}
