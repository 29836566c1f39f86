package runner

import (
	"container/heap"
	"context"
	"sync"
)

// job is a piece of work: an item for a subject, or what a judge says of its
// replies.
type job struct {
	lane   string
	order  int // among those of equal weight, the smaller first
	weight int // questions one after another: those with the most begin first, so that slots are busy to the end
	do     func(ctx context.Context) error
	waits  int    // for so many others
	next   []*job // that wait for it
}

// before makes a job wait for another.
func (j *job) before(later *job) {
	j.next = append(j.next, later)
	later.waits++
}

// schedule does jobs: those of one lane, which is the queue before one model,
// by as many workers as keep its slots busy. Lanes do not wait for each other.
type schedule struct {
	mu      sync.Mutex
	lanes   map[string]*lane
	left    int  // jobs that are not done
	stopped bool // nothing new is begun
	err     error
	stop    func() bool
	cancel  context.CancelFunc
}

type lane struct {
	ready   jobs
	changed *sync.Cond
}

// run does all jobs. width is how many workers a lane has. It ends early when
// stop says so, or with the first error; jobs under way then end by themselves
// where calm says of the error that they may, and are cancelled otherwise.
func run(ctx context.Context, all []*job, width func(lane string) int, stop func() bool, calm func(error) bool) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s := &schedule{lanes: map[string]*lane{}, left: len(all), stop: stop, cancel: cancel}
	for _, j := range all {
		l := s.lanes[j.lane]
		if l == nil {
			l = &lane{changed: sync.NewCond(&s.mu)}
			s.lanes[j.lane] = l
		}
		if j.waits == 0 {
			l.ready = append(l.ready, j)
		}
	}
	awake := context.AfterFunc(ctx, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.end()
	})
	defer awake()
	var workers sync.WaitGroup
	for _, l := range s.lanes {
		heap.Init(&l.ready)
	}
	for name, l := range s.lanes {
		for range max(width(name), 1) {
			workers.Go(func() { s.work(ctx, l, calm) })
		}
	}
	workers.Wait()
	switch {
	case s.err != nil:
		return s.err
	case s.left > 0 && context.Cause(ctx) != nil:
		return context.Cause(ctx)
	case s.left > 0:
		return ErrStopped
	}
	return nil
}

func (s *schedule) work(ctx context.Context, l *lane, calm func(error) bool) {
	for j := s.take(ctx, l); j != nil; j = s.take(ctx, l) {
		err := j.do(ctx)
		s.mu.Lock()
		if err != nil {
			s.fail(err, calm)
		} else {
			s.done(j)
		}
		s.mu.Unlock()
	}
}

// take is the next job of a lane, or nil when there is none to come.
func (s *schedule) take(ctx context.Context, l *lane) *job {
	s.mu.Lock()
	defer s.mu.Unlock()
	for !s.stopped && s.left > 0 && len(l.ready) == 0 {
		l.changed.Wait()
	}
	if s.stop() || ctx.Err() != nil {
		s.end()
	}
	if s.stopped || s.left == 0 {
		return nil
	}
	j, _ := heap.Pop(&l.ready).(*job)
	return j
}

func (s *schedule) done(j *job) {
	s.left--
	for _, later := range j.next {
		if later.waits--; later.waits == 0 {
			l := s.lanes[later.lane]
			heap.Push(&l.ready, later)
			l.changed.Signal()
		}
	}
	if s.left == 0 || s.stop() {
		s.end()
	}
}

func (s *schedule) fail(err error, calm func(error) bool) {
	if s.err == nil {
		s.err = err
	}
	if !calm(err) {
		s.cancel()
	}
	s.end()
}

// end lets workers go home.
func (s *schedule) end() {
	s.stopped = s.stopped || s.left > 0
	for _, l := range s.lanes {
		l.changed.Broadcast()
	}
}

// jobs is a heap: the longest first, then those that were planned first.
type jobs []*job

func (h jobs) Len() int { return len(h) }
func (h jobs) Less(i, j int) bool {
	if h[i].weight != h[j].weight {
		return h[i].weight > h[j].weight
	}
	return h[i].order < h[j].order
}
func (h jobs) Swap(i, j int) { h[i], h[j] = h[j], h[i] }

// Push implements heap.Interface.
func (h *jobs) Push(x any) {
	if j, ok := x.(*job); ok {
		*h = append(*h, j)
	}
}

// Pop implements heap.Interface.
func (h *jobs) Pop() any {
	n := len(*h) - 1
	x := (*h)[n]
	*h = (*h)[:n]
	return x
}
