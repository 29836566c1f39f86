package annotate

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// How long a request and the end of the server may take.
const (
	headerTime = 10 * time.Second
	bodyTime   = 30 * time.Second
	idleTime   = 5 * time.Minute
	endTime    = 3 * time.Second
)

// Listen listens on an address. local says that nobody on another machine can
// reach it. An address without a host, which is every interface of the machine,
// is refused.
func Listen(ctx context.Context, address string) (l net.Listener, local bool, err error) {
	host, _, err := net.SplitHostPort(address)
	switch {
	case err != nil:
		return nil, false, fmt.Errorf("listen on %q: %w; write an address such as 127.0.0.1:0", address, err)
	case host == "":
		return nil, false, fmt.Errorf("listen on %q: that is every network of this machine; write 127.0.0.1%[1]s, or 0.0.0.0%[1]s if you mean it", address)
	}
	if l, err = new(net.ListenConfig).Listen(ctx, "tcp", address); err != nil {
		return nil, false, fmt.Errorf("listen: %w", err)
	}
	at, ok := l.Addr().(*net.TCPAddr)
	return l, ok && at.IP.IsLoopback(), nil
}

// Serve answers until the context ends; answers under way are kept.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	web := &http.Server{Handler: s, ReadHeaderTimeout: headerTime, ReadTimeout: bodyTime, WriteTimeout: bodyTime, IdleTimeout: idleTime}
	failed := make(chan error, 1)
	go func() { failed <- web.Serve(l) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve the page: %w", err)
	case <-ctx.Done():
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), endTime)
	defer cancel()
	if err := web.Shutdown(end); errors.Is(err, context.DeadlineExceeded) {
		err = web.Close() // a browser keeps a connection open
		return err
	} else if err != nil {
		return fmt.Errorf("end the page: %w", err)
	}
	return nil
}
