package persona

import (
	"encoding/json"

	"github.com/llm-city/gorod/plugins/sdk"
)

// Report says how a population came out.
type Report struct {
	About   string `json:"about"`
	Model   string `json:"model"`
	Seed    uint64 `json:"seed"`
	Wanted  int    `json:"wanted"`
	Written int    `json:"written"` // now
	Kept    int    `json:"kept"`    // from before
	// Dimensions have wanted and got counts by value; Given ones were asked
	// for, the model planned the others.
	Dimensions []Outcome `json:"dimensions"`
}

// Outcome is how one dimension came out.
type Outcome struct {
	Dimension string         `json:"dimension"`
	Given     bool           `json:"given"`
	Values    []ValueOutcome `json:"values"`
	Other     int            `json:"other"` // people of none of the values
}

// ValueOutcome is how many have a value.
type ValueOutcome struct {
	Value  string  `json:"value"`
	Share  float64 `json:"share"`
	Wanted int     `json:"wanted"`
	Got    int     `json:"got"`
}

// Met reports whether everybody is there and every dimension that was given
// came out as wanted.
func (r *Report) Met() bool {
	if r.Written+r.Kept != r.Wanted {
		return false
	}
	for _, o := range r.Dimensions {
		for _, v := range o.Values {
			if o.Given && v.Got != v.Wanted {
				return false
			}
		}
	}
	return true
}

func newReport(plan *Plan, people map[int]sdk.Persona, kept int) *Report {
	r := &Report{
		About: plan.Population.About, Model: plan.Model, Seed: plan.Seed,
		Wanted: len(plan.Points), Written: len(people) - kept, Kept: kept,
	}
	for i := range plan.Dimensions {
		d := &plan.Dimensions[i]
		o := Outcome{Dimension: d.Name, Given: d.Given}
		for j, quota := range d.quotas(len(plan.Points)) {
			o.Values = append(o.Values, ValueOutcome{Value: d.Values[j].Name, Share: d.Values[j].Share, Wanted: quota})
		}
		for _, p := range people {
			if at := d.valueOf(&p, free(&p)); at >= 0 {
				o.Values[at].Got++
			} else {
				o.Other++
			}
		}
		r.Dimensions = append(r.Dimensions, o)
	}
	return r
}

// free is what a persona says beside the typed part.
func free(p *sdk.Persona) map[string]any {
	var out map[string]any
	if len(p.Extra) > 0 && json.Unmarshal(p.Extra, &out) != nil {
		return nil // no persona that was read has that
	}
	return out
}
