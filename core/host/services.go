package host

import (
	"context"
	"fmt"
	"slices"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"

	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/sdk/protocol"
	"github.com/llm-city/gorod/plugins/sdk/wire"
)

// serveHost opens the host's services for the process and returns their broker
// id. They stay open as long as the process. The plugin must dial within 5 s,
// so Configure is to follow at once.
func (p *process) serveHost(services sdk.Host) (uint32, error) {
	id := p.link.broker.NextId()
	listener, err := p.link.broker.Accept(id)
	if err != nil {
		return 0, fmt.Errorf("open the host's services for %s: %w", p.entry.ID, err)
	}
	p.host = grpc.NewServer(slices.Concat(
		[]grpc.ServerOption{grpc.Creds(credentials.NewTLS(p.config.TLSConfig))}, protocol.ServerOptions())...)
	wire.RegisterHost(p.host, &watchedHost{services, &p.watch})
	go func() {
		if err := p.host.Serve(listener); err != nil {
			p.log.Error("the host's services ended", "error", err)
		}
	}()
	return id, nil
}

// watchedHost tells the watch when the plugin waits for the host.
type watchedHost struct {
	host  sdk.Host
	watch *watch
}

func (h *watchedHost) waiting() func() {
	h.watch.callbacks.Add(1)
	return func() {
		h.watch.moves.Add(1)
		h.watch.callbacks.Add(-1)
	}
}

// Generate implements sdk.Host.
func (h *watchedHost) Generate(ctx context.Context, req sdk.GenerateRequest) (sdk.Reply, error) {
	defer h.waiting()()
	return h.host.Generate(ctx, req)
}

// Embed implements sdk.Host.
func (h *watchedHost) Embed(ctx context.Context, call sdk.Call, texts []string) ([][]float32, error) {
	defer h.waiting()()
	return h.host.Embed(ctx, call, texts)
}

// Score implements sdk.Host.
func (h *watchedHost) Score(ctx context.Context, call sdk.Call, prompt, text string) (float64, error) {
	defer h.waiting()()
	return h.host.Score(ctx, call, prompt, text)
}

// Recall implements sdk.Host.
func (h *watchedHost) Recall(ctx context.Context, call sdk.Call, query string, limit int) (string, error) {
	defer h.waiting()()
	return h.host.Recall(ctx, call, query, limit)
}
