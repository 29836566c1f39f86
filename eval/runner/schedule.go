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
	order  int // among those of equal rank, the smaller first
	weight int // questions one after another
	do     func(ctx context.Context) error
	next   []*job // that wait for it

	// The schedule's mutex guards the rest.
	waits   int           // for so many others
	left    int           // questions that are not asked
	behind  int           // questions of the longest chain of jobs that wait for it
	resumed chan struct{} // of a job that stands aside: closed when it goes on
}

// before makes a job wait for another.
func (j *job) before(later *job) {
	j.next = append(j.next, later)
	later.waits++
}

// rank is how many questions must be asked one after another from here on. Who
// has the most goes first, so that slots are busy to the end.
func (j *job) rank() int { return j.left + j.behind }

// schedule does jobs: those of one lane, which is the queue before one server,
// by as many at once as keep its slots busy. Lanes do not wait for each other.
type schedule struct {
	mu      sync.Mutex
	lanes   map[string]*lane
	left    int  // jobs that are not done
	stopped bool // nothing new is begun
	err     error
	stop    func() bool
	calm    func(error) bool
	cancel  context.CancelFunc
	jobs    sync.WaitGroup
}

type lane struct {
	room
	ready jobs // to be begun, and those that stand aside
	left  int  // questions that are not asked
}

// room is what a lane has.
type room struct {
	slots int // of its server
	jobs  int // at once
}

// run does all jobs. It ends early when stop says so, or with the first error;
// jobs under way then end by themselves where calm says of the error that they
// may, and are cancelled otherwise.
func run(ctx context.Context, all []*job, roomOf func(lane string) room, stop func() bool, calm func(error) bool) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s := &schedule{lanes: map[string]*lane{}, left: len(all), stop: stop, calm: calm, cancel: cancel}
	for _, j := range all {
		l := s.lanes[j.lane]
		if l == nil {
			l = &lane{room: roomOf(j.lane)}
			s.lanes[j.lane] = l
		}
		j.left = max(j.weight, 1)
		l.left += j.left
		if j.waits == 0 {
			l.ready = append(l.ready, j)
		}
	}
	for _, j := range all {
		j.measure()
	}
	awake := context.AfterFunc(ctx, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.end()
	})
	defer awake()
	s.begin(ctx)
	s.jobs.Wait()
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

// measure finds what is behind a job.
func (j *job) measure() int {
	if j.behind == 0 {
		for _, later := range j.next {
			j.behind = max(j.behind, later.measure())
		}
	}
	return j.rank()
}

func (s *schedule) begin(ctx context.Context) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range s.lanes {
		heap.Init(&l.ready)
	}
	for _, l := range s.lanes {
		s.fill(ctx, l)
	}
}

// fill has jobs of a lane begin or go on while there is room.
func (s *schedule) fill(ctx context.Context, l *lane) {
	if s.stop() || ctx.Err() != nil {
		s.end()
	}
	for !s.stopped && l.jobs > 0 && len(l.ready) > 0 {
		j, _ := heap.Pop(&l.ready).(*job)
		l.jobs--
		if j.resumed != nil {
			j.goOn()
			continue
		}
		s.jobs.Go(func() { s.work(ctx, l, j) })
	}
}

func (s *schedule) work(ctx context.Context, l *lane, j *job) {
	err := j.do(context.WithValue(ctx, turnKey{}, &turn{s, l, j}))
	s.mu.Lock()
	defer s.mu.Unlock()
	l.jobs++
	if err != nil {
		s.fail(err)
		return
	}
	s.done(ctx, j)
	s.fill(ctx, l)
}

func (s *schedule) done(ctx context.Context, j *job) {
	s.left--
	s.lanes[j.lane].left -= j.left
	for _, later := range j.next {
		if later.waits--; later.waits == 0 {
			l := s.lanes[later.lane]
			heap.Push(&l.ready, later)
			s.fill(ctx, l)
		}
	}
}

func (s *schedule) fail(err error) {
	if s.err == nil {
		s.err = err
	}
	if !s.calm(err) {
		s.cancel()
	}
	s.end()
}

// end begins nothing new, and sends home who stands aside.
func (s *schedule) end() {
	s.stopped = true
	for _, l := range s.lanes {
		for _, j := range l.ready {
			j.goOn()
		}
	}
}

// jobs is a heap: the highest rank first, then those that were planned first.
type jobs []*job

func (h jobs) Len() int { return len(h) }
func (h jobs) Less(i, j int) bool {
	if a, b := h[i].rank(), h[j].rank(); a != b {
		return a > b
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
