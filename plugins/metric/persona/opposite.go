package persona

import (
	"math"

	"github.com/llm-city/gorod/plugins/metric/internal/score"
	"github.com/llm-city/gorod/plugins/metric/internal/stat"
)

// scoreOpposite compares each resident with the one whose persona is the most
// opposed to its own.
func (v *voices) scoreOpposite(sheet *score.Sheet) {
	personas := newPersonas(v.roster)
	var distances, slopes, margins stat.Mean
	for i := range v.all {
		own, heard := v.centroid(i)
		if !heard {
			continue
		}
		j, opposed := personas.opposite(i)
		if !opposed {
			continue
		}
		opposite, heard := v.centroid(j)
		if !heard {
			continue
		}
		who, id := &v.all[i], v.roster.ID(i)
		d, slope := distance(own, opposite), who.towards(opposite)
		margin := d - who.distance.Value()
		sheet.Agent("opposite_distance", id, d, who.n)
		sheet.Agent("opposite_slope", id, slope, who.n)
		sheet.Agent("opposite_margin", id, margin, who.n)
		distances.Add(d)
		if !math.IsNaN(slope) {
			slopes.Add(slope)
		}
		if !math.IsNaN(margin) {
			margins.Add(margin)
		}
	}
	sheet.Run("opposite_distance", distances.Value(), distances.N)
	sheet.Run("opposite_slope", slopes.Value(), slopes.N)
	sheet.Run("opposite_slope_se", slopes.Error(), slopes.N)
	sheet.Run("opposite_slope_p", slopes.P(), slopes.N)
	sheet.Run("opposite_margin", margins.Value(), margins.N)
}

// centroid is the direction of the mean of resident i's texts, false where
// there are too few.
func (v *voices) centroid(i int) (vector, bool) {
	if v.all[i].n < v.config.Early+v.config.MinTexts {
		return nil, false
	}
	return v.all[i].sum.unit()
}
