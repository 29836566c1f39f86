package host_test

import (
	"encoding/json"
	"log/slog"
	"strings"
	"testing"

	"github.com/llm-city/gorod/core/host"
)

func TestWellBehavedPluginsPassEveryCheck(t *testing.T) {
	t.Parallel()
	for _, ref := range []string{"memory/diary", "planner/parrot"} {
		t.Run(ref, func(t *testing.T) {
			t.Parallel()
			report, err := host.Check(t.Context(), catalog(t), ref, slog.New(slog.DiscardHandler))
			if err != nil {
				t.Fatal(err)
			}
			if report.Info.ID() != ref || len(report.Checks) < 10 {
				t.Errorf("%+v", report)
			}
			for _, c := range report.Checks {
				if c.Err != nil {
					t.Errorf("%s: %v", c.Name, c.Err)
				}
			}
		})
	}
}

func TestACheckTellsWhatIsWrong(t *testing.T) {
	t.Parallel()
	report, err := host.Check(t.Context(), catalog(t), "sentiment/meter", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(report)
	if err != nil || !strings.Contains(string(data), "the ruler is stuck") {
		t.Errorf("%s, %v", data, err)
	}
}
