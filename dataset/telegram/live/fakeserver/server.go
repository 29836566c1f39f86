// Package fakeserver is a Telegram for tests: it speaks MTProto on the loopback
// interface, hands out a small world of chats and misbehaves on demand, as the
// real one does.
package fakeserver

import (
	"context"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"sync"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/tg"
	"github.com/gotd/td/tgerr"
	"github.com/gotd/td/tgtest"
	"github.com/gotd/td/tgtest/cluster"

	"github.com/llm-city/gorod/dataset/telegram/live"
)

// FirstDC is where clients connect; SecondDC is where an account may live
// instead.
const (
	FirstDC  = 2
	SecondDC = 4
)

// Server is a running fake. Its methods may be called at any time.
type Server struct {
	world   World
	cluster *cluster.Cluster
	answers map[uint32]method
	stop    context.CancelFunc
	done    chan struct{}

	mu       sync.Mutex
	home     int               // the account's data centre
	moved    bool              // the account took its logins along
	keys     map[[8]byte]bool  // that are logged in
	seen     map[[2]int64]bool // session and message: clients send again what is long in answering
	calls    map[string]int    // by method
	faults   map[string][]Fault
	takeouts []Takeout
	srp      *verifier // of the password check that is on
}

type method struct {
	name   string
	public bool // needs no login
	answer func(*call) (bin.Encoder, error)
}

// call is one request.
type call struct {
	*tgtest.Request
	takeout int64 // that it is wrapped in; 0: none
	fault   Fault
}

// Start brings a world up. Close ends it.
func Start(world World) (*Server, error) {
	ctx, stop := context.WithCancel(context.Background())
	s := &Server{
		world: world, cluster: cluster.NewCluster(cluster.Options{}), stop: stop, done: make(chan struct{}),
		home: FirstDC, keys: map[[8]byte]bool{}, seen: map[[2]int64]bool{}, calls: map[string]int{}, faults: map[string][]Fault{},
	}
	s.answers = s.methods()
	for _, dc := range []int{FirstDC, SecondDC} {
		d := s.cluster.Dispatch(dc, fmt.Sprintf("dc%d", dc))
		for id := range s.answers {
			d.HandleFunc(id, s.handle)
		}
		d.HandleFunc(tg.InvokeWithTakeoutRequestTypeID, s.unwrap)
	}
	var failed error
	go func() {
		defer close(s.done)
		failed = s.cluster.Up(ctx)
	}()
	select {
	case <-s.done:
		stop()
		return nil, fmt.Errorf("start a fake Telegram: %w", failed)
	case <-s.cluster.Ready():
		return s, nil
	}
}

// Close ends the server and all connections.
func (s *Server) Close() {
	s.stop()
	<-s.done
}

// Network tells a client how to get here.
func (s *Server) Network() *live.Network {
	n := &live.Network{DC: FirstDC}
	for _, o := range s.cluster.List().Options {
		n.Servers = append(n.Servers, live.Address{DC: o.ID, Host: o.IPAddress, Port: o.Port})
	}
	for _, k := range s.cluster.Keys() {
		n.Keys = append(n.Keys, base64.StdEncoding.EncodeToString(x509.MarshalPKCS1PublicKey(k.RSA)))
	}
	return n
}

// Calls is how often a method was called, such as messages.getHistory.
func (s *Server) Calls(method string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[method]
}

// Move takes the account to another data centre, in the middle of whatever is
// going on.
func (s *Server) Move(dc int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.home, s.moved = dc, true
}

// Live says where the account lives before anybody logs in.
func (s *Server) Live(dc int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.home = dc
}

// Forget ends all logins.
func (s *Server) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.keys)
}

func (s *Server) unwrap(server *tgtest.Server, r *tgtest.Request) error {
	if err := r.Buf.ConsumeID(tg.InvokeWithTakeoutRequestTypeID); err != nil {
		return err
	}
	id, err := r.Buf.Long()
	if err != nil {
		return err
	}
	return s.take(server, &call{Request: r, takeout: id})
}

func (s *Server) handle(server *tgtest.Server, r *tgtest.Request) error {
	return s.take(server, &call{Request: r})
}

func (s *Server) take(server *tgtest.Server, c *call) error {
	id, err := c.Buf.PeekID()
	if err != nil {
		return err
	}
	m, known := s.answers[id]
	if !known {
		return tgerr.New(400, "METHOD_INVALID")
	}
	if s.again(c) {
		return nil
	}
	c.fault = s.next(m.name)
	if c.fault.drop {
		if c.fault.acknowledge {
			if err := server.SendAck(c.RequestCtx, c.Session, c.MsgID); err != nil {
				return err
			}
		}
		server.ForceDisconnect(c.Session)
		return nil
	}
	if err := s.admit(c, m); err != nil {
		return err
	}
	answer, err := m.answer(c)
	if err != nil {
		return err
	}
	return server.SendResult(c.Request, answer)
}

// again says that the request was taken before.
func (s *Server) again(c *call) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := [2]int64{c.Session.ID, c.MsgID}
	was := s.seen[key]
	s.seen[key] = true
	return was
}

// next counts a call and takes what is to go wrong with it.
func (s *Server) next(name string) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls[name]++
	waiting := s.faults[name]
	if len(waiting) == 0 {
		return Fault{}
	}
	s.faults[name] = waiting[1:]
	return waiting[0]
}

func (s *Server) admit(c *call, m method) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.fault.err != nil {
		return c.fault.err
	}
	if c.DC != s.home {
		return tgerr.New(303, fmt.Sprintf("USER_MIGRATE_%d", s.home))
	}
	if !m.public && !s.moved && !s.keys[c.Session.AuthKey.ID] {
		return tgerr.New(401, "AUTH_KEY_UNREGISTERED")
	}
	if c.takeout != 0 && !s.isOpen(c.takeout) {
		return tgerr.New(400, "TAKEOUT_INVALID")
	}
	return nil
}
