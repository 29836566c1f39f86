package runner

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/core/llm/pool"
)

// clocked is a model that takes its time for each question.
type clocked struct {
	llm.Provider
	mu     sync.Mutex
	random *rand.Rand
	busy   time.Duration
}

const clockedMean, clockedSigma = 200 * time.Millisecond, 0.5

func (c *clocked) Generate(context.Context, llm.Request) (llm.Response, error) {
	c.mu.Lock()
	takes := time.Duration(float64(clockedMean) * math.Exp(clockedSigma*c.random.NormFloat64()-clockedSigma*clockedSigma/2))
	c.busy += takes
	c.mu.Unlock()
	time.Sleep(takes)
	return llm.Response{}, nil
}

// load is so many jobs of so many questions.
type load struct{ jobs, questions int }

// What may be idle is the end: when the last questions have begun, slots wait
// for the slowest of them, on average 0.35 s of the 14 to 23 s.
func TestSlotsAreBusyToTheEnd(t *testing.T) {
	t.Parallel()
	const slots = 16
	for name, loads := range map[string][]load{
		"conversations after short questions": {{400, 1}, {40, 32}},
		"more conversations than room":        {{24, 38}, {600, 1}},
		"some more conversations than slots":  {{18, 60}},
		"hardly longer than all the rest":     {{8, 60}, {620, 1}},
		"of many lengths":                     {{3, 80}, {20, 40}, {30, 20}, {50, 3}},
		"conversations alone":                 {{24, 60}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				model := &clocked{random: rand.New(rand.NewPCG(1, 2))}
				asked := inTurn{pool.New([]pool.Model{{Name: "m", Endpoints: []pool.Endpoint{{Name: "s", Provider: model}}, Parallel: slots}}, pool.Options{}).Model("m")}
				var all []*job
				for _, l := range loads {
					for range l.jobs {
						all = append(all, &job{lane: "m", order: len(all), weight: l.questions, do: func(ctx context.Context) error {
							for range l.questions {
								if _, err := asked.Generate(ctx, llm.Request{}); err != nil {
									return err
								}
							}
							return nil
						}})
					}
				}
				began := time.Now()
				if err := run(t.Context(), all, func(string) room { return roomFor(slots) }, goOn, never); err != nil {
					t.Fatal(err)
				}
				took := time.Since(began).Seconds()
				used := model.busy.Seconds() / (slots * took)
				t.Logf("%.1f s, utilisation %.3f", took, used)
				if used < 0.94 {
					t.Errorf("utilisation %.3f", used)
				}
			})
		})
	}
}

// Conversations change places only where one would be late otherwise: a server
// that keeps the beginnings of prompts reads anew what was away.
func TestConversationsStayTogetherWhereNoneIsLate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		asked := inTurn{&clocked{random: rand.New(rand.NewPCG(1, 2))}}
		var order []int
		var all []*job
		for i, questions := range append([]int{9, 8, 7}, make([]int, 80)...) {
			all = append(all, &job{lane: "m", order: i, weight: questions, do: func(ctx context.Context) error {
				for range max(questions, 1) {
					if _, err := asked.Generate(ctx, llm.Request{}); err != nil {
						return err
					}
					order = append(order, i)
				}
				return nil
			}})
		}
		if err := run(t.Context(), all, wide(1), goOn, never); err != nil {
			t.Fatal(err)
		}
		if changes := len(slices.Compact(order)); changes != len(all) {
			t.Errorf("%d jobs were asked in %d pieces", len(all), changes)
		}
	})
}

func TestWhoStandsAsideGoesHomeAtAStop(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		asked := inTurn{&clocked{random: rand.New(rand.NewPCG(1, 2))}}
		stopped := false
		said := make([]error, 2)
		talk := func(i, questions int) *job {
			return &job{lane: "m", order: i, weight: questions, do: func(ctx context.Context) error {
				for n := range questions {
					if i == 1 && n == 1 {
						stopped = true // the other stands aside by now
					}
					if _, said[i] = asked.Generate(ctx, llm.Request{}); said[i] != nil {
						return said[i]
					}
				}
				return nil
			}}
		}
		err := run(t.Context(), []*job{talk(0, 9), talk(1, 9)}, wide(1), func() bool { return stopped }, func(err error) bool { return errors.Is(err, ErrStopped) })
		if !errors.Is(err, ErrStopped) || !errors.Is(said[0], ErrStopped) {
			t.Error(err, said)
		}
	})
}
