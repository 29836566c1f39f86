package host

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"
	goplugin "github.com/hashicorp/go-plugin"
	"github.com/hashicorp/go-plugin/runner"
	"google.golang.org/grpc"

	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/sdk/protocol"
	"github.com/llm-city/gorod/plugins/sdk/wire"
)

// killTimeout bounds go-plugin's own way to end a process.
const killTimeout = 5 * time.Second

// errGone is what a call gets that comes after the process's end.
var errGone = errors.New("the process is gone")

// process is one plugin process from its start to its end.
type process struct {
	entry  Entry
	child  *child
	plugin *goplugin.Client
	config *goplugin.ClientConfig
	link   *link
	client *wire.Client
	host   *grpc.Server // services for the plugin; nil in metadata mode
	dir    *socketDir
	tail   *tail
	lines  []*lineLog
	log    *slog.Logger

	calls  sync.RWMutex // held by every call; whoever writes gone waits for them
	gone   bool
	closed sync.Once
	watch  watch
}

// link is what go-plugin connects.
type link struct {
	broker *goplugin.GRPCBroker
	conn   *grpc.ClientConn
}

// linker makes a link for go-plugin.
type linker struct {
	goplugin.NetRPCUnsupportedPlugin
}

var _ goplugin.GRPCPlugin = linker{}

// GRPCServer implements goplugin.GRPCPlugin.
func (linker) GRPCServer(*goplugin.GRPCBroker, *grpc.Server) error {
	return errors.New("a host is no plugin")
}

// GRPCClient implements goplugin.GRPCPlugin.
func (linker) GRPCClient(_ context.Context, broker *goplugin.GRPCBroker, conn *grpc.ClientConn) (any, error) {
	return &link{broker, conn}, nil
}

// launch starts an executable and shakes hands with it. Its process lives on
// when ctx ends afterwards. Everything is made anew for each launch: go-plugin
// keeps state in its configuration.
func launch(ctx context.Context, entry Entry, timeout time.Duration, log *slog.Logger) (*process, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	dir, err := newSocketDir(shortTemp, os.TempDir())
	if err != nil {
		return nil, err
	}
	p := &process{entry: entry, dir: dir, tail: &tail{}, log: log}
	cmd := exec.Command(entry.Path, entry.Args...) //nolint:noctx // it outlives the context of the start
	p.child = newChild(cmd, p.lineLog("stdout"))
	p.config = p.clientConfig(cmd, timeout)
	p.plugin = goplugin.NewClient(p.config)
	if err := p.connect(ctx); err != nil {
		p.discard()
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, p.explain(err, timeout)
	}
	p.client = wire.NewClient(p.link.conn)
	go p.watch.run(p.child)
	return p, nil
}

func (p *process) clientConfig(cmd *exec.Cmd, timeout time.Duration) *goplugin.ClientConfig {
	return &goplugin.ClientConfig{
		HandshakeConfig: goplugin.HandshakeConfig{
			ProtocolVersion: protocol.Version, MagicCookieKey: protocol.CookieKey, MagicCookieValue: protocol.CookieValue,
		},
		VersionedPlugins: map[int]goplugin.PluginSet{protocol.Version: {protocol.Name: linker{}}},
		RunnerFunc: func(_ hclog.Logger, spec *exec.Cmd, _ string) (runner.Runner, error) {
			cmd.Env = append(allowedEnviron(cmd.Environ()), spec.Env...)
			return p.child, nil
		},
		AllowedProtocols: []goplugin.Protocol{goplugin.ProtocolGRPC},
		SkipHostEnv:      true,
		AutoMTLS:         true,
		StartTimeout:     timeout,
		UnixSocketConfig: &goplugin.UnixSocketConfig{TempDir: p.dir.path},
		GRPCDialOptions:  protocol.DialOptions(),
		// Off, since go-plugin parses standard error itself otherwise, and panics
		// at some of what a plugin may print.
		Logger:     hclog.New(&hclog.LoggerOptions{Level: hclog.Off, Output: io.Discard}),
		Stderr:     io.MultiWriter(p.tail, p.lineLog("stderr")),
		SyncStdout: io.MultiWriter(p.tail, p.lineLog("stdout")),
		SyncStderr: io.MultiWriter(p.tail, p.lineLog("stderr")),
	}
}

func (p *process) lineLog(stream string) *lineLog {
	l := &lineLog{log: p.log, stream: stream}
	p.lines = append(p.lines, l)
	return l
}

// connect starts the process. When ctx ends first, the process is killed.
func (p *process) connect(ctx context.Context) error {
	stop := context.AfterFunc(ctx, p.child.kill)
	defer stop()
	client, err := p.plugin.Client()
	if err != nil {
		return err
	}
	raw, err := client.Dispense(protocol.Name)
	if err != nil {
		return err
	}
	var ok bool
	if p.link, ok = raw.(*link); !ok {
		return fmt.Errorf("go-plugin made a %T", raw)
	}
	return ctx.Err()
}

// do makes one call to the process.
func (p *process) do(ctx context.Context, call func(context.Context, *process) error) error {
	p.calls.RLock()
	defer p.calls.RUnlock()
	if p.gone {
		return errGone
	}
	p.watch.enter()
	defer p.watch.leave()
	return call(ctx, p)
}

// stop ends the process in an orderly way, within the time for its Close and
// twice that of killTimeout.
func (p *process) stop(ctx context.Context, closing time.Duration) error {
	closeCtx, cancel := context.WithTimeout(ctx, closing)
	defer cancel()
	err := p.do(closeCtx, func(ctx context.Context, p *process) error { return p.client.Close(ctx) })
	p.end(killTimeout)
	var domain *sdk.Error
	switch {
	case errors.As(err, &domain):
		return fmt.Errorf("close %s: %w", p.entry.ID, err)
	case err != nil && !errors.Is(err, errGone): // it is gone now in any case
		p.log.Warn("the plugin did not close in good order", "error", err)
	}
	return nil
}

// discard ends the process at once, and returns when every call to it has
// ended and all it wrote is in the log.
func (p *process) discard() {
	p.child.kill()
	p.end(0)
}

// end lets go-plugin end the process for a while, then kills its group. What
// the process held is let go of.
func (p *process) end(wait time.Duration) {
	p.closed.Do(func() {
		kill := time.AfterFunc(wait, p.child.kill)
		p.plugin.Kill()
		kill.Stop()
		p.child.kill()
		if p.link != nil {
			_ = p.link.conn.Close() // closed by Kill, if that got so far
		}
		if p.host != nil {
			p.host.Stop()
		}
		for _, l := range p.lines {
			l.flush()
		}
		if err := p.dir.remove(); err != nil {
			p.log.Warn("the folder of a plugin's sockets stays behind", "dir", p.dir.path, "error", err)
		}
	})
	p.calls.Lock()
	p.gone = true
	p.calls.Unlock()
}
