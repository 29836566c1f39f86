package host

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/sdk/conformance"
)

// checkTimeout is how long a plugin may work on one check.
const checkTimeout = time.Minute

// Report is what Check found.
type Report struct {
	Info   sdk.Info  `json:"info"`
	Path   string    `json:"path"`
	SHA256 string    `json:"sha256"`
	Checks []Checked `json:"checks"`
}

// Checked is one thing that a plugin must do, and whether it does.
type Checked struct {
	Name    string `json:"name"`
	Err     error  `json:"-"`
	Problem string `json:"problem,omitempty"`
}

// Check runs the conformance suite of its kind against a plugin, each check in
// processes of its own. The error says that the plugin could not be found, did
// not say what it is, or needs settings that have no defaults.
func Check(ctx context.Context, c *Catalog, ref string, log *slog.Logger) (Report, error) {
	e, err := c.Find(ref)
	if err != nil {
		return Report{}, err
	}
	config, err := checkConfig(&e, nil)
	if err != nil {
		return Report{}, err
	}
	suite, err := conformance.New(ctx, e.open(log.With("plugin", e.ID)), config)
	if err != nil {
		return Report{}, err
	}
	report := Report{Info: e.Info, Path: e.Path, SHA256: e.SHA256}
	for _, check := range suite.Checks() {
		checked := Checked{Name: check.Name, Err: check.Run(ctx)}
		if err := ctx.Err(); err != nil {
			return report, err
		}
		if checked.Err != nil {
			checked.Problem = checked.Err.Error()
		}
		report.Checks = append(report.Checks, checked)
	}
	return report, nil
}

// open starts a process for every session.
func (e *Entry) open(log *slog.Logger) conformance.Opener {
	return func(ctx context.Context, host sdk.Host) (*conformance.Session, error) {
		p, err := launch(ctx, *e, inspectTimeout, log)
		if err != nil {
			return nil, err
		}
		p.watch.allow(checkTimeout)
		p.watch.enter() // a session is one call to the watch
		broker, err := p.serveHost(host)
		if err != nil {
			p.discard()
			return nil, err
		}
		return &conformance.Session{Conn: p.link.conn, HostBroker: broker, End: func() error {
			died := p.exited()
			p.end(killTimeout)
			if !died {
				return nil
			}
			return fmt.Errorf("%w%s", p.death(), lastWords(p.tail.String()))
		}}, nil
	}
}

func (p *process) exited() bool {
	select {
	case <-p.child.done:
		return true
	default:
		return false
	}
}
