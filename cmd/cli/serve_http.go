package cli

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"syscall"
	"time"

	"github.com/llm-city/gorod/core/panel"
)

// How long a request and the end of the server may take.
const (
	headerTime = 10 * time.Second
	bodyTime   = 30 * time.Second
	writeTime  = time.Minute
	idleTime   = 2 * time.Minute
	endTime    = 3 * time.Second
	mostHeader = 32 << 10
)

// panelServer is a panel that listens.
type panelServer struct {
	panel    *panel.Panel
	listener net.Listener
	log      *slog.Logger
	network  *networkServer // of the residents; nil where it is not served
}

// check finds options that make no sense together.
func (opts *serveOptions) check() error {
	switch host, _, err := net.SplitHostPort(opts.listen); {
	case err != nil:
		return usagef("%s %q: %w; write an address such as %s", opts.flag, opts.listen, err, defaultPanel)
	case host == "":
		return usagef("%s %q is every network of this machine: write 127.0.0.1%[2]s, or 0.0.0.0%[2]s if you mean it", opts.flag, opts.listen)
	case (opts.cert == "") != (opts.key == ""):
		return usagef("--tls-cert and --tls-key belong together")
	}
	return nil
}

// openPanel listens, and tells where.
func (s *State) openPanel(ctx context.Context, runs []panel.Run, opts serveOptions) (*panelServer, error) {
	if err := opts.check(); err != nil {
		return nil, err
	}
	token, tell, err := opts.token()
	if err != nil {
		return nil, err
	}
	listener, local, err := opts.bind(ctx)
	if err != nil {
		return nil, err
	}
	web, err := panel.New(panel.Options{
		Runs: runs, Token: token, Version: s.Version, Now: s.Now, Log: s.log, Hosts: opts.hosts, AnyIP: !local,
		Private: !local && !opts.public, Secure: opts.cert != "",
	})
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	network, err := s.openNetwork(ctx, runs, opts)
	if err != nil {
		return nil, errors.Join(err, web.Close(), listener.Close())
	}
	s.tellPanel(listener, opts, token, tell, runs)
	return &panelServer{web, listener, s.log, network}, nil
}

// bind listens where the options say. Beyond this machine it wants TLS: the token
// and the cookie would be read on the way.
func (opts *serveOptions) bind(ctx context.Context) (l net.Listener, local bool, err error) {
	if l, err = new(net.ListenConfig).Listen(ctx, "tcp", opts.listen); err != nil {
		return nil, false, opts.unbound(err)
	}
	at, ok := l.Addr().(*net.TCPAddr)
	local = ok && at.IP.IsLoopback()
	if !local && opts.cert == "" && !opts.insecure {
		return nil, false, errors.Join(usagef("%s can be reached from other machines, and without TLS whoever is on the way reads the token and steers the runs: "+
			"give --tls-cert and --tls-key, put a proxy with TLS before %s, or say --insecure-http if nobody else is in this network", opts.listen, defaultPanel), l.Close())
	}
	if opts.cert == "" {
		return l, local, nil
	}
	pair, err := tls.LoadX509KeyPair(opts.cert, opts.key)
	if err != nil {
		return nil, false, errors.Join(usagef("--tls-cert, --tls-key: %w", err), l.Close())
	}
	return tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}}), local, nil
}

// unbound says what to do where an address cannot be had.
func (opts *serveOptions) unbound(err error) error {
	if !errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("%s: %w", opts.flag, err)
	}
	host, _, _ := net.SplitHostPort(opts.listen) // it was checked before
	return fmt.Errorf("%s: %w; a panel or another program listens there already: look at it, end it, or take any free port with %[1]s %[3]s",
		opts.flag, err, net.JoinHostPort(host, "0"))
}

// tellPanel says where the panel is.
func (s *State) tellPanel(l net.Listener, opts serveOptions, token string, tell bool, runs []panel.Run) {
	scheme := "http://"
	if opts.cert != "" {
		scheme = "https://"
	}
	at := scheme + l.Addr().String() + "/"
	if s.json {
		names := make([]string, len(runs))
		for i, r := range runs {
			names[i] = r.Name
		}
		line := map[string]any{"event": "listening", "url": at, "runs": names}
		if tell {
			line["token"] = token
		}
		s.printJSON(line)
		return
	}
	fmt.Fprintf(s.Stdout, "panel: %s (%s)\n", at, plural(len(runs), "run", "runs"))
	if tell {
		fmt.Fprintf(s.Stdout, "token for the control pages: %s\n", token)
	} else {
		fmt.Fprintf(s.Stdout, "token for the control pages: in %s\n", opts.tokenFile)
	}
}

// pageServer serves pages to whoever is not too slow. Streams end with ctx.
func pageServer(ctx context.Context, pages http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler: pages, ReadHeaderTimeout: headerTime, ReadTimeout: bodyTime, WriteTimeout: writeTime, IdleTimeout: idleTime,
		MaxHeaderBytes: mostHeader, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
}

// serve answers until the context ends.
func (p *panelServer) serve(ctx context.Context) (err error) {
	stop := p.network.start(ctx)
	defer func() { err = errors.Join(err, stop()) }()
	web := pageServer(ctx, p.panel, p.log)
	failed := make(chan error, 1)
	go func() { failed <- web.Serve(p.listener) }()
	select {
	case err := <-failed:
		return errors.Join(fmt.Errorf("serve the panel: %w", err), p.panel.Close())
	case <-ctx.Done():
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), endTime)
	defer cancel()
	err = web.Shutdown(end)
	if errors.Is(err, context.DeadlineExceeded) { // a browser keeps a connection open
		err = web.Close()
	}
	return errors.Join(err, p.panel.Close())
}
