package curious_test

import (
	"math"
	"testing"

	"github.com/llm-city/gorod/plugins/memory/curious"
)

// The values are of the published formula and constants, in 50 digits.
func TestPriorityIsThePublishedFormula(t *testing.T) {
	t.Parallel()
	tests := []struct {
		replays                     int
		surprise                    float64
		curious, count, adversarial float64
	}{
		{0, 3, 100000, 100000, 100000},
		{1, 0, 7000.0398107170553497250, 7000, 0.0398107170553497250770},
		{1, 1, 7001.0069895452400894431, 7000, 1.0069895452400894431009},
		{2, 0.5, 4900.6241645850582235904, 4900, 0.6241645850582235904100},
		{5, 2.25, 1682.4696032506751163024, 1680.7, 1.7696032506751163024911},
		{10, 0.03, 282.58031011217615068945, 282.475249, 0.1050611121761506894582},
		{30, 7.5, 4.3269428901923498979564, 0.2253934029069225808786, 4.1015494872854273170777},
		{50, -1.5, 1.3345731784659956115216, 0.0001798465042647412146, 1.3343933319617308703069},
		{200, 0, 0.0398107170553497250770, 1.0461838291314357175e-27, 0.0398107170553497250770},
	}
	for _, tt := range tests {
		for config, want := range map[string]float64{
			``: tt.curious, `{"priority":"curious"}`: tt.curious, `{"priority":"count"}`: tt.count, `{"priority":"adversarial"}`: tt.adversarial,
		} {
			got, err := curious.Priority(config, tt.replays, tt.surprise)
			if err != nil || math.Abs(got-want) > 1e-12*math.Max(1, want) {
				t.Errorf("%s: priority of %d replays and surprise %v = %.17g, %v; want %.17g", config, tt.replays, tt.surprise, got, err, want)
			}
		}
	}
}

func TestConstantsMayBeOthers(t *testing.T) {
	t.Parallel()
	const config = `{"c":1,"beta":0.5,"epsilon":0.1,"alpha":2,"initial":7}`
	for replays, want := range map[int]float64{0: 7, 3: 4.535} { // 1·½³ + 2.1²
		if got, err := curious.Priority(config, replays, 2); err != nil || math.Abs(got-want) > 1e-12 {
			t.Errorf("%d replays: %v, %v; want %v", replays, got, err, want)
		}
	}
	for _, bad := range []string{`{"night":"25:00"}`, `{"night":"soon"}`, `{"c":"many"}`, `[]`} {
		if _, err := curious.Priority(bad, 0, 0); err == nil {
			t.Errorf("%s is taken", bad)
		}
	}
}
