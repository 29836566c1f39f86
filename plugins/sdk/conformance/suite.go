// Package conformance holds what every plugin must do, as checks over its
// connection: they run against a server in a test's own process (package
// plugintest) and against an executable (gorod plugin check).
package conformance

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"regexp"
	"strings"

	"google.golang.org/grpc"

	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/sdk/wire"
)

// Session is a plugin fresh from its start: nothing was asked of it yet.
type Session struct {
	Conn       grpc.ClientConnInterface
	HostBroker uint32 // broker id under which it reaches the host
	End        func() error
}

// Opener starts a plugin that may ask things of host.
type Opener func(ctx context.Context, host sdk.Host) (*Session, error)

// Suite checks one plugin.
type Suite struct {
	Info   sdk.Info
	Schema json.RawMessage
	Config json.RawMessage // that every check configures the plugin with
	Open   Opener
}

// Check is one thing that a plugin must do.
type Check struct {
	Name string // as "it …" goes on
	Run  func(ctx context.Context) error
}

// New asks a plugin what it is and makes its suite. An empty config stands for
// the defaults of the plugin's schema.
func New(ctx context.Context, open Opener, config json.RawMessage) (*Suite, error) {
	s := &Suite{Open: open, Config: config}
	err := s.visit(ctx, &Host{}, func(c *wire.Client, _ *Session) (err error) {
		if s.Info, err = c.Info(ctx); err != nil {
			return fmt.Errorf("ask what it is: %w", err)
		}
		if s.Schema, err = c.ConfigSchema(ctx); err != nil {
			return fmt.Errorf("ask for its config schema: %w", err)
		}
		return nil
	})
	if err == nil && len(config) == 0 {
		s.Config, err = defaults(s.Schema)
	}
	return s, err
}

// Checks are those of the plugin's kind, in the order in which they build on
// each other.
func (s *Suite) Checks() []Check {
	checks := s.lifecycle()
	switch s.Info.Kind {
	case sdk.KindMemory:
		checks = append(checks, s.memory()...)
	case sdk.KindPlanner:
		checks = append(checks, s.planner()...)
	case sdk.KindSentiment:
		checks = append(checks, s.sentiment()...)
	case sdk.KindMayor:
		checks = append(checks, s.mayor()...)
	case sdk.KindMetric:
		checks = append(checks, s.metric()...)
	}
	return checks
}

// visit runs f with a plugin that is not configured.
func (s *Suite) visit(ctx context.Context, host sdk.Host, f func(*wire.Client, *Session) error) error {
	session, err := s.Open(ctx, host)
	if err != nil {
		return err
	}
	return errors.Join(f(wire.NewClient(session.Conn), session), session.End())
}

// work runs f with a plugin that is ready for work, and closes it.
func (s *Suite) work(ctx context.Context, records []sdk.Record, f func(*wire.Client) error) error {
	return s.workWith(ctx, &Host{lives: s.lives}, records, f)
}

func (s *Suite) workWith(ctx context.Context, host sdk.Host, records []sdk.Record, f func(*wire.Client) error) error {
	return s.visit(ctx, host, func(c *wire.Client, session *Session) error {
		if err := c.Configure(ctx, s.setup(session, s.Config)); err != nil {
			return fmt.Errorf("configure: %w", err)
		}
		if _, err := c.Restore(ctx, each(records)); err != nil {
			return fmt.Errorf("restore: %w", err)
		}
		if err := f(c); err != nil {
			return err
		}
		if err := c.Close(ctx); err != nil {
			return fmt.Errorf("close: %w", err)
		}
		return nil
	})
}

func (s *Suite) setup(session *Session, config json.RawMessage) wire.Setup {
	return wire.Setup{
		APIVersion: "v1", Config: config, Seed: 7, RunID: "check", Language: "ru", HostBroker: session.HostBroker,
	}
}

func each(records []sdk.Record) iter.Seq2[sdk.Record, error] {
	return func(yield func(sdk.Record, error) bool) {
		for _, r := range records {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// defaults is the object of a schema's defaults, one level deep.
func defaults(schema json.RawMessage) (json.RawMessage, error) {
	if len(schema) == 0 {
		return json.RawMessage("{}"), nil
	}
	var rules struct {
		Properties map[string]struct {
			Default json.RawMessage `json:"default"`
		} `json:"properties"`
	}
	if err := json.Unmarshal(schema, &rules); err != nil {
		return nil, fmt.Errorf("read the config schema: %w", err)
	}
	config := map[string]json.RawMessage{}
	for name, p := range rules.Properties {
		if len(p.Default) > 0 {
			config[name] = p.Default
		}
	}
	return json.Marshal(config)
}

// lives tells the residents of the suite's world, and the roles of those who
// are none. A request without anything in it is for nobody.
func (s *Suite) lives(agent string) bool {
	switch agent {
	case "":
		return true
	case sdk.MayorAgent:
		return s.Info.Kind == sdk.KindMayor
	case sdk.SentimentAgent:
		return s.Info.Kind == sdk.KindSentiment
	}
	ok, err := regexp.MatchString(`^[ab]\d{4}$`, agent)
	return ok && err == nil
}

// What may be behind answers that are not alike.
const (
	mayBeChance = "is there randomness that does not come from the seed, the clock, or the order of a map?"
	mayBeState  = "is there state that is not in the records, or that is not taken back in full?"
	mayBeShared = "is there state that calls share, or do answers depend on what stands beside them?"
)

// alike compares two answers by their JSON, and shows where they part.
func alike(what string, got, want any, maybe string) error {
	g, err := json.Marshal(got)
	if err != nil {
		return err
	}
	w, err := json.Marshal(want)
	if err != nil {
		return err
	}
	if string(g) == string(w) {
		return nil
	}
	at := 0
	for at < min(len(g), len(w)) && g[at] == w[at] {
		at++
	}
	return fmt.Errorf("%s: %s is not %s: %s", what, around(g, at), around(w, at), maybe)
}

// around is what stands before and after a place in a text.
func around(text []byte, at int) string {
	const before, after = 80, 120
	from, to := max(0, at-before), min(len(text), at+after)
	excerpt := strings.ToValidUTF8(string(text[from:to]), "")
	if from > 0 {
		excerpt = "…" + excerpt
	}
	if to < len(text) {
		excerpt += "…"
	}
	return excerpt
}

// refused reports whether err is nil or a domain error: anything else means
// that the plugin did not live through the call.
func refused(err error) error {
	var domain *sdk.Error
	if err == nil || errors.As(err, &domain) {
		return nil
	}
	return err
}
