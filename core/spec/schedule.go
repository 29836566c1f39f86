package spec

import (
	"fmt"
	"slices"
	"time"
)

// Schedule says after which ticks something is asked.
type Schedule struct {
	At    []time.Time   `yaml:"at,omitempty" doc:"simulated times"`
	Ticks []int64       `yaml:"ticks,omitempty" doc:"numbers of ticks, from 0"`
	Every time.Duration `yaml:"every,omitempty" doc:"again and again, from the first tick on: simulated time between"`
	End   bool          `yaml:"end,omitempty" doc:"after the last tick; the default where no other time is given"`
}

// Due reports whether a tick is one of the schedule's; last says that the run
// ends with it, which may be before the clock does.
func (s Schedule) Due(c Clock, tick int64, last bool) bool {
	if s.End && last || slices.Contains(s.Ticks, tick) {
		return true
	}
	for _, at := range s.At {
		if c.TickAt(at) == tick {
			return true
		}
	}
	return s.Every > 0 && tick%max(1, int64(s.Every/c.Step)) == 0
}

// TickAt is the first tick that is not before a time.
func (c Clock) TickAt(t time.Time) int64 {
	return int64((t.Sub(c.Start) + c.Step - 1) / c.Step)
}

// schedule checks a schedule and fills in its default.
func (c *checker) schedule(path string, s *Schedule) {
	if len(s.At) == 0 && len(s.Ticks) == 0 && s.Every == 0 {
		s.End = true
	}
	for i := range s.At {
		c.within(fmt.Sprintf("%s.at[%d]", path, i), &s.At[i], nil)
	}
	for i := range s.Ticks {
		c.within(fmt.Sprintf("%s.ticks[%d]", path, i), nil, &s.Ticks[i])
	}
	c.every(path+".every", s.Every)
}

func (c *checker) every(path string, every time.Duration) {
	if c.study.Clock.Step <= 0 {
		return // reported
	}
	if every != 0 && (every < c.study.Clock.Step || every%c.study.Clock.Step != 0) {
		c.problem(c.at(path), path+" is out of range", fmt.Sprintf("time goes in steps of %s", c.study.Clock.Step), "give a multiple of clock.step")
	}
}

// within checks that a moment lies in the run.
func (c *checker) within(path string, at *time.Time, tick *int64) {
	clock := c.study.Clock
	if clock.Step <= 0 {
		return // reported
	}
	last := clock.At(int64(clock.Ticks) - 1)
	switch {
	case at != nil && (at.Before(clock.Start) || at.After(last)):
		c.problem(c.at(path), path+" is outside of the clock", fmt.Sprintf("the first tick is at %s, the last at %s", clock.Start.Format("2006-01-02T15:04"), last.Format("2006-01-02T15:04")), "move it, or the clock")
	case tick != nil && (*tick < 0 || *tick >= int64(clock.Ticks)):
		c.problem(c.at(path), path+" is outside of the clock", fmt.Sprintf("the run has ticks 0 to %d", clock.Ticks-1), "move it, or the clock")
	}
}
