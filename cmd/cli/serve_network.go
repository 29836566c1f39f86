package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"

	"github.com/llm-city/gorod/core/hosts"
	"github.com/llm-city/gorod/core/panel"
	"github.com/llm-city/gorod/core/social/api"
)

// networkServer serves the residents' network of a run to visitors.
type networkServer struct {
	site     *api.Site
	listener net.Listener
	log      *slog.Logger
}

// networkFlags are those of every command that serves runs.
func (opts *serveOptions) networkFlags(f interface {
	StringVar(p *string, name, value, usage string)
}) {
	f.StringVar(&opts.network, "network", "", "serve the residents' network of the run as Mastodon does, for its clients and for browsers, at this `address`")
	f.StringVar(&opts.networkURL, "network-url", "", "the `URL` under which visitors reach the network, where a proxy stands before it; one on this machine is believed what X-Forwarded-For says last")
}

// openNetwork listens for visitors, and tells where; nil where nobody wants it.
func (s *State) openNetwork(ctx context.Context, runs []panel.Run, opts serveOptions) (n *networkServer, err error) {
	if opts.network == "" {
		return nil, nil
	}
	if len(runs) != 1 {
		return nil, usagef("--network is for one run, as its address is: there are %d; name one as RUN/CELL/SEED", len(runs))
	}
	if u, err := url.Parse(opts.networkURL); opts.networkURL != "" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
		return nil, usagef("--network-url %q: write https://town.example.org", opts.networkURL)
	}
	there := opts
	there.listen, there.flag = opts.network, "--network"
	if err := there.check(); err != nil {
		return nil, err
	}
	listener, local, err := there.bind(ctx)
	if err != nil {
		return nil, err
	}
	// A run that has not begun has no folder yet.
	if err := os.MkdirAll(runs[0].Dir, 0o755); err != nil {
		return nil, errors.Join(fmt.Errorf("serve the network: %w", err), listener.Close())
	}
	site, err := api.OpenSite(ctx, api.SiteOptions{
		Dir: runs[0].Dir, Base: opts.networkURL, Version: s.Version, Now: s.Now, Log: s.log, Hosts: hosts.Hosts{Names: opts.hosts, AnyIP: !local},
	})
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	s.tellNetwork(listener, opts)
	return &networkServer{site, listener, s.log}, nil
}

// tellNetwork says where visitors come in.
func (s *State) tellNetwork(l net.Listener, opts serveOptions) {
	at := "http://" + l.Addr().String() + "/"
	if opts.cert != "" {
		at = "https://" + l.Addr().String() + "/"
	}
	if s.json {
		s.printJSON(map[string]any{"event": "network", "url": at})
		return
	}
	fmt.Fprintf(s.Stdout, "network of the residents: %s (any client of Mastodon, or a browser)\n", at)
}

// start answers visitors until stop is called. Without a network both do nothing.
func (n *networkServer) start(ctx context.Context) (stop func() error) {
	if n == nil {
		return func() error { return nil }
	}
	ctx, cancel := context.WithCancel(ctx)
	web := &http.Server{ // how long bodies and answers may take is the site's to say: streams have no end
		Handler: n.site, ReadHeaderTimeout: headerTime, IdleTimeout: idleTime, MaxHeaderBytes: mostHeader,
		ErrorLog:    slog.NewLogLogger(n.log.Handler(), slog.LevelDebug),
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := web.Serve(n.listener); !errors.Is(err, http.ErrServerClosed) {
			n.log.Warn("the network of the residents is served no more", "error", err)
		}
	}()
	return func() error {
		cancel()
		end, done := context.WithTimeout(context.WithoutCancel(ctx), endTime)
		defer done()
		err := web.Shutdown(end)
		if errors.Is(err, context.DeadlineExceeded) { // somebody keeps a connection open
			err = web.Close()
		}
		<-ended
		return errors.Join(err, n.site.Close())
	}
}
