package sdk

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"runtime"
	"time"

	"github.com/hashicorp/go-hclog"
	goplugin "github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"

	"github.com/llm-city/gorod/plugins/sdk/protocol"
)

// orphanPoll is how often a plugin looks whether its host still lives.
const orphanPoll = 500 * time.Millisecond

// heapFloor, in bytes, keeps the garbage collector of a small plugin from
// running every few milliseconds: it is memory that is never touched, so it
// counts for the collector's pace and not for the process's size.
const heapFloor = 16 << 20

// Serve makes this process a plugin. Call it first thing in main, before
// anything is written to standard output; it returns when the host is done.
// Logs go to Setup.Log or standard error. Standard input is not the plugin's.
func Serve(p Plugin) {
	stderr := os.Stderr //nolint:forbidigo // go-plugin takes the variable over; the log needs the file itself
	log := newLogger(stderr)
	floor := make([]byte, heapFloor)
	defer runtime.KeepAlive(floor)
	go exitWithHost(os.Getppid())
	goplugin.Serve(&goplugin.ServeConfig{
		HandshakeConfig: goplugin.HandshakeConfig{
			ProtocolVersion: protocol.Version, MagicCookieKey: protocol.CookieKey, MagicCookieValue: protocol.CookieValue,
		},
		VersionedPlugins: map[int]goplugin.PluginSet{
			protocol.Version: {protocol.Name: &servedPlugin{plugin: p, log: log, stderr: stderr}},
		},
		GRPCServer: func(opts []grpc.ServerOption) *grpc.Server { return newServer(opts, log) },
		Logger:     hclog.New(&hclog.LoggerOptions{Level: hclog.Warn, Output: stderr, JSONFormat: true}),
	})
}

// exitWithHost ends the process when its parent is gone: the host was killed
// and cannot say goodbye. State is the host's, so nothing is lost.
func exitWithHost(parent int) {
	for range time.Tick(orphanPoll) {
		if os.Getppid() != parent {
			os.Exit(1) //nolint:forbidigo // nobody is left to return to
		}
	}
}

// servedPlugin is a Plugin as go-plugin wants it.
type servedPlugin struct {
	goplugin.NetRPCUnsupportedPlugin
	plugin Plugin
	log    *slog.Logger
	stderr *os.File
}

var _ goplugin.GRPCPlugin = (*servedPlugin)(nil)

// GRPCServer implements goplugin.GRPCPlugin.
func (p *servedPlugin) GRPCServer(broker *goplugin.GRPCBroker, s *grpc.Server) error {
	register(s, p.plugin, func(id uint32) (*grpc.ClientConn, error) {
		// go-plugin would send what is written to standard error by gRPC, where
		// the last words of a dying process are lost.
		os.Stderr = p.stderr //nolint:forbidigo // set back before the author's code runs
		return broker.DialWithOptions(id, protocol.DialOptions()...)
	}, p.log)
	return nil
}

// GRPCClient implements goplugin.GRPCPlugin.
func (p *servedPlugin) GRPCClient(context.Context, *goplugin.GRPCBroker, *grpc.ClientConn) (any, error) {
	return nil, errors.New("a plugin is no host")
}
