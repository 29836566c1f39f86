// Package plugintest lets authors test that their plugins do what gorod relies
// on.
package plugintest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/test/bufconn"

	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/sdk/conformance"
	"github.com/llm-city/gorod/plugins/sdk/protocol"
	"github.com/llm-city/gorod/plugins/sdk/wire"
)

// Test runs every check of the plugin's kind, within this process. The plugin
// is configured with the defaults of its schema.
func Test(t *testing.T, p sdk.Plugin) {
	t.Helper()
	TestConfig(t, p, nil)
}

// TestConfig is Test for a plugin with a config of its own.
func TestConfig(t *testing.T, p sdk.Plugin, config json.RawMessage) {
	t.Helper()
	suite, err := conformance.New(t.Context(), Opener(p), config)
	if err != nil {
		t.Fatal(err)
	}
	for _, check := range suite.Checks() {
		t.Run(check.Name, func(t *testing.T) {
			t.Parallel()
			if err := check.Run(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

// Opener serves a plugin within this process, over connections that never
// leave it.
func Opener(p sdk.Plugin) conformance.Opener {
	return func(_ context.Context, host sdk.Host) (*conformance.Session, error) {
		services := grpc.NewServer(protocol.ServerOptions()...)
		wire.RegisterHost(services, host)
		toHost, err := serve(services)
		if err != nil {
			return nil, err
		}
		server := sdk.NewServer(p, func(uint32) (*grpc.ClientConn, error) { return toHost, nil }, slog.New(slog.DiscardHandler))
		conn, err := serve(server)
		if err != nil {
			return nil, errors.Join(err, toHost.Close())
		}
		return &conformance.Session{Conn: conn, End: func() error {
			err := errors.Join(conn.Close(), toHost.Close())
			server.Stop()
			services.Stop()
			return err
		}}, nil
	}
}

// serve lets a server answer on a connection in memory.
func serve(s *grpc.Server) (*grpc.ClientConn, error) {
	const buffer = 1 << 20
	listener := bufconn.Listen(buffer)
	go func() { _ = s.Serve(listener) }() // ends with Stop
	conn, err := grpc.NewClient("passthrough:///memory", append(protocol.DialOptions(),
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return listener.DialContext(ctx) }))...)
	if err != nil {
		return nil, fmt.Errorf("connect to the plugin: %w", err)
	}
	return conn, nil
}
