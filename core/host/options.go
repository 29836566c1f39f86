package host

import (
	"cmp"
	"context"
	"encoding/json"
	"iter"
	"log/slog"
	"time"

	"github.com/llm-city/gorod/plugins/sdk"
)

// What happens when a plugin dies.
const (
	Restart = "restart" // it is started again with its records, at most 3 times an hour
	Fail    = "fail"    // the call under way fails with a CrashError
)

// Options are what a plugin is started with. Entry, Config, Host, Now and Log
// are required.
type Options struct {
	Entry    Entry
	SHA256   string          // pins the executable, in hex; empty takes the one found
	Config   json.RawMessage // an object; defaults of the schema are filled in
	Seed     uint64
	RunID    string
	Language string
	// Records are the plugin's records as they stand now, in (agent, key) order:
	// those committed, and over them the changes of ticks that are not committed
	// yet. Changes that the plugin returned in the tick under way need not be
	// among them; the Instance remembers those until a later tick begins. Hand
	// every change to the store before calling with a later tick.
	Records func(ctx context.Context) iter.Seq2[sdk.Record, error]
	Host    sdk.Host
	OnCrash string // Restart (the default) or Fail
	// OnIncident is told of a crash that was survived.
	OnIncident func(detail string)
	Now        func() time.Time // for counting restarts
	Log        *slog.Logger

	StartTimeout     time.Duration // until the handshake; 10 s
	ConfigureTimeout time.Duration // without progress in Configure or Restore; 60 s
	// CallTimeout is how long a plugin may work on calls without finishing one
	// and without waiting for the host; then it is killed. 10 min, since
	// plugins may hold models of their own.
	CallTimeout time.Duration
	// MaxMemory is how many bytes the process may hold before it counts as
	// crashed; 0 means no bound. It is watched on Linux only.
	MaxMemory    int64
	CloseTimeout time.Duration // of Close; 5 s
}

func (o *Options) setDefaults() {
	o.OnCrash = cmp.Or(o.OnCrash, Restart)
	o.StartTimeout = cmp.Or(o.StartTimeout, 10*time.Second)
	o.ConfigureTimeout = cmp.Or(o.ConfigureTimeout, time.Minute)
	o.CallTimeout = cmp.Or(o.CallTimeout, 10*time.Minute)
	o.CloseTimeout = cmp.Or(o.CloseTimeout, 5*time.Second)
	if o.Records == nil {
		o.Records = func(context.Context) iter.Seq2[sdk.Record, error] {
			return func(func(sdk.Record, error) bool) {}
		}
	}
	if o.OnIncident == nil {
		o.OnIncident = func(string) {}
	}
}
