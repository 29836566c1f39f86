package host

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/llm-city/gorod/core/schema"
	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/sdk/wire"
)

// Instance is a running plugin. When its process dies, the next call starts
// another one. It may be used by several goroutines.
type Instance struct {
	opts   Options
	recent recent // changes that the store may not have yet

	mu       sync.Mutex
	process  *process
	reviving *revival // not nil while a restart is under way
	restarts []time.Time
	count    int
	failed   error // it is dead for good
	closed   bool
}

// Start starts a plugin, configures it and gives it its records. It lives on
// when ctx ends afterwards; end it with Close.
func Start(ctx context.Context, opts Options) (*Instance, error) {
	opts.setDefaults()
	config, err := checkConfig(&opts.Entry, opts.Config)
	if err != nil {
		return nil, err
	}
	opts.Config = config
	opts.Log = opts.Log.With("plugin", opts.Entry.ID)
	sweepSockets(shortTemp)
	i := &Instance{opts: opts}
	if i.process, err = i.launch(ctx); err != nil {
		return nil, err
	}
	return i, nil
}

// checkConfig fills in the defaults of a config and checks it.
func checkConfig(e *Entry, config json.RawMessage) (json.RawMessage, error) {
	s, err := schema.Compile(e.Schema)
	if err != nil {
		return nil, fmt.Errorf("config schema of %s: %w", e.ID, err)
	}
	filled, err := s.Defaults(config)
	if err != nil {
		return nil, &ConfigError{e.ID, []string{err.Error()}}
	}
	if violations := s.Validate(filled); len(violations) > 0 {
		bad := &ConfigError{Plugin: e.ID}
		for _, v := range violations {
			bad.Violations = append(bad.Violations, v.String())
		}
		return nil, bad
	}
	return filled, nil
}

// launch makes a process that is ready for work.
func (i *Instance) launch(ctx context.Context) (*process, error) {
	o := &i.opts
	if err := o.Entry.verify(o.SHA256); err != nil {
		return nil, err
	}
	version, err := commonVersion(o.Entry.Info)
	if err != nil {
		return nil, err
	}
	p, err := launch(ctx, o.Entry, o.StartTimeout, o.Log)
	if err != nil {
		return nil, err
	}
	p.watch.allow(o.ConfigureTimeout)
	p.watch.memory.Store(o.MaxMemory)
	err = p.do(ctx, func(ctx context.Context, p *process) error { return i.prepare(ctx, p, version) })
	if err != nil {
		crashed := i.isCrash(ctx, p, err)
		p.discard()
		if crashed {
			return nil, &StartError{
				Plugin: o.Entry.ID, Why: "it crashed while it was configured: " + p.death().Error(), Stderr: p.tail.String(), Err: err,
			}
		}
		return nil, fmt.Errorf("configure %s: %w", o.Entry.ID, err)
	}
	p.watch.allow(o.CallTimeout)
	return p, nil
}

func (i *Instance) prepare(ctx context.Context, p *process, version string) error {
	broker, err := p.serveHost(i.opts.Host)
	if err != nil {
		return err
	}
	err = p.client.Configure(ctx, wire.Setup{
		APIVersion: version, Config: i.opts.Config, Seed: i.opts.Seed, RunID: i.opts.RunID,
		Language: i.opts.Language, HostBroker: broker,
	})
	if err != nil {
		return err
	}
	n, err := p.client.Restore(ctx, p.watch.records(overlay(i.opts.Records(ctx), i.recent.changes())))
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	p.log.Debug("the plugin is ready", "pid", p.child.PID(), "records", n)
	return nil
}

// Memory is the plugin as a memory.
func (i *Instance) Memory() sdk.Memory { return memory{i} }

// Planner is the plugin as a planner.
func (i *Instance) Planner() sdk.Planner { return planner{i} }

// Classifier is the plugin as a classifier.
func (i *Instance) Classifier() sdk.Classifier { return classifier{i} }

// Mayor drives a mayor plugin.
func (i *Instance) Mayor() sdk.Mayor { return mayor{i} }

// Metric drives a metric plugin.
func (i *Instance) Metric() sdk.Metric { return metric{i} }

// PID is the id of the present process.
func (i *Instance) PID() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.process.child.PID()
}

// Restarts is how many times the plugin was started again.
func (i *Instance) Restarts() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.count
}

// Close ends the plugin, by force where it takes too long. The error is the
// plugin's own.
func (i *Instance) Close(ctx context.Context) error {
	i.mu.Lock()
	if i.closed {
		i.mu.Unlock()
		return nil
	}
	i.closed = true
	revival := i.reviving
	i.mu.Unlock()
	if revival != nil {
		revival.cancel()
		<-revival.done
	}
	i.mu.Lock()
	p := i.process
	i.mu.Unlock()
	return p.stop(ctx, i.opts.CloseTimeout)
}
