package report

import "time"

// axis is simulated time cut into bins: the same for all runs, so that they can
// be compared.
type axis struct {
	clock Clock // of the runs, if they share one
	same  bool  // they do
	ticks int64 // of the longest run
	width int64 // ticks in a bin
}

func newAxis(runs []Run) axis {
	x := axis{same: true, width: 1}
	for i, r := range runs {
		if i == 0 {
			x.clock = r.Clock
		}
		x.same = x.same && r.Clock.Start.Equal(x.clock.Start) && r.Clock.Step == x.clock.Step
		x.ticks = max(x.ticks, r.Clock.Ticks, r.Ticks)
	}
	x.same = x.same && x.clock.Step > 0
	if x.ticks > maxBins {
		x.width = (x.ticks + maxBins - 1) / maxBins
	}
	return x
}

// bins is how many there are.
func (x axis) bins() int { return int((x.ticks + x.width - 1) / x.width) }

// at is the simulated time of a tick.
func (x axis) at(tick int64) time.Time { return x.clock.Start.Add(time.Duration(tick) * x.clock.Step) }

// labels name the bins by the time of their first tick, or by its number where
// runs do not share a clock.
func (s *study) labels() []string {
	labels := make([]string, s.axis.bins())
	for i := range labels {
		labels[i] = s.when(int64(i) * s.axis.width)
	}
	return labels
}

// when is the simulated time of a tick, as short as it can be told apart.
func (s *study) when(tick int64) string {
	if !s.axis.same {
		return s.Int(int(tick))
	}
	span := time.Duration(s.axis.ticks) * s.axis.clock.Step
	layout := s.T("02.01 15:04 ¦ Jan 2 15:04")
	switch {
	case s.axis.clock.Step%(24*time.Hour) == 0:
		layout = s.T("02.01.06 ¦ Jan 2 2006")
	case s.axis.clock.Step < time.Minute:
		layout = "15:04:05"
	case span <= 24*time.Hour:
		layout = "15:04"
	}
	return s.axis.at(tick).Format(layout)
}

// timeTitle names the axis of time.
func (s *study) timeTitle() string {
	if !s.axis.same {
		return s.T("тик ¦ tick")
	}
	return s.T("время в модели ¦ simulated time")
}

// measured says over what a point of a chart is taken.
func (s *study) measured() string {
	if s.axis.width == 1 {
		return s.T("за тик ¦ per tick")
	}
	return s.T("за тик, в среднем по ¦ per tick, averaged over") + " " +
		s.Count(int(s.axis.width), "тику|тикам|тикам ¦ tick|ticks")
}
