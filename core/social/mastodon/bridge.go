// Package mastodon lets a run's residents live on a real server that speaks
// Mastodon, each with an account of its own. The run goes on in its embedded
// network and never waits for the server: what residents do is done again there
// after each tick, once, and what people there write to residents comes to the
// run as visits. So a run verifies without the server.
package mastodon

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/llm-city/gorod/core/control"
	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
)

// Asker takes what people outside ask of the run: a control.Queue.
type Asker interface {
	Add(ctx context.Context, who, key string, at time.Time, order control.Order) (control.Command, error)
}

var _ Asker = (*control.Queue)(nil)

// Options are what a Bridge is made of. Those from Transport on may be left out.
type Options struct {
	Dir       string           // the run's folder
	Journal   *journal.Journal // of the run
	Queue     Asker            // nil: nothing comes in; the run is over
	Network   spec.Network     // with its server and its reach
	Tokens    map[string]Token // by id of the resident
	Residents []spec.Resident
	Language  string
	Now       func() time.Time
	Log       *slog.Logger

	Transport http.RoundTripper
	Wait      func(ctx context.Context, d time.Duration) error
	Jitter    func() float64 // from 0 to 1
	// Incident is told of what goes wrong with the server and is survived.
	Incident func(kind, source, detail string)
}

// Bridge keeps a server up to date with a run, and the run with what people say
// to residents there.
type Bridge struct {
	Options
	clock
	server    string
	host      string
	transport *transport
	pacer     *pacer
	store     *store
	names     *names
	accounts  map[string]*account // by resident
	order     []*account

	limitsOnce sync.Mutex
	limits     *limits // nil: not known yet

	mu      sync.Mutex
	byID    map[string]*account // by id on the server
	blocked map[*account]bool   // that wait for what others do
	trouble trouble
	settled chan struct{} // closed when a job is settled
	tick    chan struct{} // a tick was committed

	deaf    context.CancelFunc // nothing more comes in
	cancel  context.CancelFunc // nothing more is begun
	running sync.WaitGroup
}

// ErrLost says that a run has lost what it knows of its server.
var ErrLost = errors.New("what the server was told is not known any more")

// Open takes up the work for a run: it reads what an earlier process left, and
// goes on with it until Close. The server is not asked before. It gives ErrLost
// where the run has begun and its database is gone.
func Open(ctx context.Context, o Options) (*Bridge, error) {
	b := &Bridge{
		Options: o, server: strings.TrimSuffix(o.Network.Server, "/"), host: hostOf(o.Network.Server), names: newNames(o.Residents),
		accounts: map[string]*account{}, byID: map[string]*account{}, blocked: map[*account]bool{},
		settled: make(chan struct{}), tick: make(chan struct{}, 1),
	}
	b.fill()
	for _, r := range o.Residents {
		a := newAccount(b, r.ID, sdk.Agent{ID: r.ID, Persona: r.Persona}.Name(), o.Tokens[r.ID])
		b.accounts[r.ID] = a
		b.order = append(b.order, a)
	}
	if err := b.open(ctx); err != nil {
		return nil, err
	}
	b.start(ctx)
	return b, nil
}

// fill gives options that are left out their values.
func (b *Bridge) fill() {
	b.clock = clock{b.Now, b.Wait, b.Jitter}
	if b.wait == nil {
		b.wait = sleep
	}
	if b.jitter == nil {
		b.jitter = rand.Float64
	}
	if b.Incident == nil {
		b.Incident = func(string, string, string) {}
	}
	base := b.Transport
	if base == nil {
		base = newBase(b.Network.Reach.Parallel)
	}
	b.transport = &transport{base, b.now, b.heard}
	b.pacer = newPacer(b.clock, b.Network.Reach.Parallel, b.Network.Reach.Retry)
}

func newBase(parallel int) http.RoundTripper {
	base, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return http.DefaultTransport
	}
	base = base.Clone()
	base.MaxResponseHeaderBytes, base.MaxIdleConnsPerHost = maxHeader, parallel
	return base
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-t.C:
		return nil
	}
}

// open opens the database and checks that it is of this run and this server.
func (b *Bridge) open(ctx context.Context) (err error) {
	path := filepath.Join(b.Dir, File)
	if b.store, err = openStore(ctx, path); err != nil {
		return err
	}
	_, server, begun, err := b.store.position(ctx)
	if err == nil && !begun {
		_, ticked, lastErr := b.Journal.Last(ctx)
		if err = lastErr; ticked && err == nil {
			err = fmt.Errorf("%s: %w: everything that residents did would be posted again; put the file back", path, ErrLost)
		}
		if err == nil {
			err = b.store.take(ctx, b.server, -1, nil)
		}
	} else if err == nil && server != b.server {
		err = fmt.Errorf("%s is about %s, not about %s: a run stays on the server where it began", path, server, b.server)
	}
	if err != nil {
		err = errors.Join(err, b.store.close())
	}
	return err
}

// start starts the work.
func (b *Bridge) start(ctx context.Context) {
	ctx, b.cancel = context.WithCancel(context.WithoutCancel(ctx))
	listening, stop := context.WithCancel(ctx)
	b.deaf = stop
	b.running.Go(func() { b.collect(ctx) })
	for i, a := range b.order {
		b.running.Go(func() { a.work(ctx) })
		if b.Queue != nil {
			b.running.Go(func() { a.attend(listening, i < maxStreams) })
		}
	}
}

// Committed says that a tick was committed. It returns at once.
func (b *Bridge) Committed() {
	select {
	case b.tick <- struct{}{}:
	default:
	}
}

// Close lets requests under way end, for some seconds, and closes the database.
// What is left in the outbox is done when the run is opened again.
func (b *Bridge) Close() error {
	b.deaf()
	b.cancel()
	b.running.Wait()
	return b.store.close()
}
