package report

import (
	"strings"
	"testing"
	"time"
)

func TestTimesAreAsShortAsTheyCanBeToldApart(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		step   time.Duration
		ticks  int64
		ru, en string // of tick 1
	}{
		"a day":     {time.Hour, 24, "09:00", "09:00"},
		"two days":  {time.Hour, 48, "02.03 09:00", "Mar 2 09:00"},
		"days":      {24 * time.Hour, 10, "03.03.26", "Mar 3 2026"},
		"a minute":  {time.Second, 60, "08:00:01", "08:00:01"},
		"no clock":  {0, 5, "1", "1"},
		"half days": {12 * time.Hour, 4, "02.03 20:00", "Mar 2 20:00"},
	} {
		for language, want := range map[string]string{"ru": c.ru, "en": c.en} {
			in := Study{Language: language, Runs: []Run{{Clock: Clock{start, c.step, c.ticks}}}}
			s, err := newStudy(t.Context(), in)
			if err != nil {
				t.Fatal(err)
			}
			if got := s.when(1); got != want {
				t.Errorf("%s, %s: %q, want %q", name, language, got, want)
			}
		}
	}
}

func TestRunsWithDifferentClocksAreComparedByTick(t *testing.T) {
	t.Parallel()
	in := two("en")
	in.Runs[2].Clock.Step = time.Minute
	html, markdown, _ := written(t, in)
	if !strings.Contains(markdown, "| tick | just | ask |\n|---|--:|--:|\n| 0 |") {
		t.Error("the table is not by tick")
	}
	if strings.Contains(html, "Simulated time") {
		t.Error("a simulated time is told for all")
	}
	if !strings.Contains(markdown, "| just | 50.0% | 1.0 ticks (2/2) |") {
		t.Error("the time until half had heard is not in ticks")
	}
}

func TestTheHeadSaysHowMuchWasRun(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   Study
		want string
	}{
		{town("ru", 2, 3, 12, 24), "2 условия × 3 повтора × 12 жителей × 24 тика"},
		{town("ru", 1, 1, 1, 1), "1 условие × 1 повтор × 1 житель × 1 тик"},
		{town("ru", 5, 1, 21, 2), "5 условий × 1 повтор × 21 житель × 2 тика"},
		{town("en", 1, 1, 2, 1), "1 condition × 1 seed × 2 residents × 1 tick"},
		{two("ru"), "2 условия × 1–2 повтора × 4 жителя × 2 тика"},
	} {
		s, err := newStudy(t.Context(), c.in)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.ReplaceAll(s.extent(), "\u00a0", " "); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

func TestMoreConditionsThanCanBeToldApartAreNotDrawn(t *testing.T) {
	t.Parallel()
	html, _, data := written(t, town("ru", maxPlotted+2, 1, 2, 2))
	if !strings.Contains(html, "первые 21 из 23 условий") {
		t.Error("nothing says that conditions are left out of charts")
	}
	if n := strings.Count(html, `<th scope="col" class="number">planner=`); n < maxPlotted+2 {
		t.Errorf("the table of comparison has %d conditions", n)
	}
	if n := len(data["runs"]); n != maxPlotted+3 {
		t.Errorf("runs.csv has %d rows", n)
	}
}
