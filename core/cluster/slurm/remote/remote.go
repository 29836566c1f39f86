// Package remote reaches a cluster's login node over SSH: it runs Slurm's
// commands there and carries files by SFTP. Host keys are checked against
// known_hosts, and users are known by agent or key: it never asks for a
// password. A connection that broke is made again by the next call. It is the
// only package that knows the SSH and SFTP libraries.
package remote

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"github.com/llm-city/gorod/core/cluster"
	"github.com/llm-city/gorod/core/cluster/slurm"
)

// Options of New.
type Options struct {
	Host       string   // user@host[:port]
	KnownHosts []string // files; at least one must be there
	Keys       []string // private key files; those that are not there are left out
	Agent      string   // socket of the agent, SSH_AUTH_SOCK; empty for none
	// Timeout of connecting, and of a keep-alive that is not answered; default 10 s.
	Timeout time.Duration
	Dial    func(ctx context.Context, network, address string) (net.Conn, error) // default net.Dialer
}

// Client is a login node. Its methods are called from many goroutines.
type Client struct {
	options    Options
	user, addr string

	mu   sync.Mutex
	live *connection
}

// connection is one that was made; dead once it broke.
type connection struct {
	ssh  *ssh.Client
	sftp *sftp.Client
	dead chan struct{} // closed when it ends
}

var (
	_ slurm.Runner = (*Client)(nil)
	_ cluster.FS   = (*Client)(nil)
)

// New prepares a client; it connects when it is first needed.
func New(o Options) (*Client, error) {
	user, host, ok := strings.Cut(o.Host, "@")
	if !ok || user == "" || host == "" {
		return nil, &cluster.Error{Kind: cluster.Rejected, Op: "connect", Err: fmt.Errorf("host %q is not user@host[:port]", o.Host)}
	}
	if _, _, err := net.SplitHostPort(host); err != nil {
		host = net.JoinHostPort(strings.Trim(host, "[]"), "22")
	}
	if o.Timeout <= 0 {
		o.Timeout = 10 * time.Second
	}
	if o.Dial == nil {
		o.Dial = (&net.Dialer{}).DialContext
	}
	return &Client{options: o, user: user, addr: host}, nil
}

// Where names the node in errors.
func (c *Client) Where() string { return c.user + "@" + c.addr }

// Close ends the connection.
func (c *Client) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.live != nil {
		_ = c.live.ssh.Close()
		c.live = nil
	}
	return nil
}

// connect gives the connection that lives, or makes one.
func (c *Client) connect(ctx context.Context) (*connection, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.live != nil {
		select {
		case <-c.live.dead:
			c.live = nil
		default:
			return c.live, nil
		}
	}
	conn, err := c.dial(ctx)
	if err != nil {
		return nil, err
	}
	c.live = conn
	return conn, nil
}

func (c *Client) dial(ctx context.Context) (*connection, error) {
	ctx, cancel := context.WithTimeout(ctx, c.options.Timeout)
	defer cancel()
	config, done, err := c.config(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	raw, err := c.options.Dial(ctx, "tcp", c.addr)
	if err != nil {
		return nil, c.unreachable(err)
	}
	// The handshake has no context: closing the connection ends it.
	stop := context.AfterFunc(ctx, func() { _ = raw.Close() })
	sc, channels, requests, err := ssh.NewClientConn(raw, c.addr, config)
	if !stop() || err != nil {
		_ = raw.Close()
		return nil, c.refused(errors.Join(err, ctx.Err()))
	}
	client := ssh.NewClient(sc, channels, requests)
	files, err := sftp.NewClient(client, sftp.UseConcurrentWrites(true))
	if err != nil {
		_ = client.Close()
		return nil, c.unreachable(fmt.Errorf("SFTP: %w", err))
	}
	conn := &connection{ssh: client, sftp: files, dead: make(chan struct{})}
	go func() { _ = client.Wait(); close(conn.dead) }()
	go conn.keep(c.options.Timeout)
	return conn, nil
}

// keep asks for a sign of life every timeout, and ends a connection that gives
// none, on which calls would wait for ever.
func (conn *connection) keep(timeout time.Duration) {
	for {
		select {
		case <-conn.dead:
			return
		case <-time.After(timeout):
		}
		silent := time.AfterFunc(timeout, func() { _ = conn.ssh.Close() })
		_, _, err := conn.ssh.SendRequest("keepalive@openssh.com", true, nil)
		silent.Stop()
		if err != nil {
			_ = conn.ssh.Close()
			return
		}
	}
}

func (c *Client) unreachable(err error) error {
	return &cluster.Error{Kind: cluster.Unreachable, Op: "connect", Where: c.Where(), Err: err}
}
