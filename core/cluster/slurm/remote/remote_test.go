//go:build components

package remote_test

import (
	"bytes"
	"context"
	"encoding/pem"
	"errors"
	"io/fs"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"

	"github.com/llm-city/gorod/core/cluster"
	"github.com/llm-city/gorod/core/cluster/slurm"
	"github.com/llm-city/gorod/core/cluster/slurm/remote"
	"github.com/llm-city/gorod/core/cluster/slurm/slurmtest"
)

func client(t *testing.T, s *slurmtest.SSHD, change ...func(*remote.Options)) *remote.Client {
	t.Helper()
	o := remote.Options{Host: s.Host, KnownHosts: []string{s.KnownHosts}, Keys: []string{s.Key}}
	for _, f := range change {
		f(&o)
	}
	c, err := remote.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func TestOnlyKnownHostsAndKeysAreTrusted(t *testing.T) {
	t.Parallel()
	s := slurmtest.StartSSHD(t, nil)
	other := slurmtest.StartSSHD(t, nil)
	empty := filepath.Join(t.TempDir(), "empty")
	changed := filepath.Join(t.TempDir(), "changed")
	known, _ := os.ReadFile(other.KnownHosts)
	_, key, _ := strings.Cut(string(known), " ")
	port := s.Host[strings.LastIndex(s.Host, ":")+1:]
	for name, text := range map[string]string{empty: "", changed: "[127.0.0.1]:" + port + " " + key} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, tt := range map[string]struct {
		change func(*remote.Options)
		kind   cluster.ErrorKind
		says   string
	}{
		"unknown host":   {func(o *remote.Options) { o.KnownHosts = []string{empty} }, cluster.Unauthorized, "not known"},
		"changed key":    {func(o *remote.Options) { o.KnownHosts = []string{changed} }, cluster.Unauthorized, "not the one in"},
		"no known_hosts": {func(o *remote.Options) { o.KnownHosts = []string{empty + "-absent"} }, cluster.Unauthorized, "no known_hosts"},
		"wrong key":      {func(o *remote.Options) { o.Keys = []string{other.Key} }, cluster.Unauthorized, "none of the keys"},
		"no key":         {func(o *remote.Options) { o.Keys = nil }, cluster.Unauthorized, "no key"},
		"nobody listens": {func(o *remote.Options) { o.Host = "me@127.0.0.1:1" }, cluster.Unreachable, "refused"},
	} {
		_, err := client(t, s, tt.change).Run(t.Context(), []string{"true"}, nil)
		if !cluster.IsKind(err, tt.kind) || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheAgentsKeysAreTaken(t *testing.T) {
	t.Parallel()
	s := slurmtest.StartSSHD(t, nil)
	data, err := os.ReadFile(s.Key)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ssh.ParseRawPrivateKey(data)
	if err != nil {
		t.Fatal(err)
	}
	ring := agent.NewKeyring()
	if err := ring.Add(agent.AddedKey{PrivateKey: key}); err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(t.TempDir(), "agent")
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() { _ = agent.ServeAgent(ring, conn) }()
		}
	}()
	c := client(t, s, func(o *remote.Options) { o.Keys, o.Agent = nil, socket })
	if out, err := c.Run(t.Context(), []string{"echo", "ok"}, nil); err != nil || out.Stdout != "ok\n" {
		t.Errorf("%+v, %v", out, err)
	}
	locked, err := ssh.MarshalPrivateKeyWithPassphrase(key, "", []byte("secret"))
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "locked")
	if err := os.WriteFile(name, pem.EncodeToMemory(locked), 0o600); err != nil {
		t.Fatal(err)
	}
	c = client(t, s, func(o *remote.Options) { o.Keys = []string{name} })
	if _, err := c.Run(t.Context(), []string{"true"}, nil); !cluster.IsKind(err, cluster.Unauthorized) || !strings.Contains(err.Error(), "ssh-add "+name) {
		t.Errorf("a key with a passphrase: %v", err)
	}
}

func TestCommandsRunAsTheyAreGiven(t *testing.T) {
	t.Parallel()
	c := client(t, slurmtest.StartSSHD(t, nil))
	out, err := c.Run(t.Context(), []string{"bash", "-c", `printf '%s|' "$@"; cat; echo err >&2; exit 3`, "x", "a 'b'", "$HOME;ls", ""}, strings.NewReader("привет"))
	if err != nil || out.Stdout != "a 'b'|$HOME;ls||привет" || out.Stderr != "err\n" || out.Code != 3 {
		t.Errorf("%+v, %v", out, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if _, err := c.Run(ctx, []string{"sleep", "30"}, nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a command that hangs: %v", err)
	}
	if _, err := c.Stat(t.Context(), "/nonexistent"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
}

// cutter is a dialer whose first connection breaks after so many bytes went out.
type cutter struct {
	after int64
	dials atomic.Int32
}

func (c *cutter) dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
	if err != nil || c.dials.Add(1) > 1 {
		return conn, err
	}
	return &cut{Conn: conn, left: c.after}, nil
}

type cut struct {
	net.Conn
	left int64
}

func (c *cut) Write(p []byte) (int, error) {
	if c.left -= int64(len(p)); c.left < 0 {
		_ = c.Close()
		return 0, errors.New("cut")
	}
	return c.Conn.Write(p)
}

func TestAnUploadThatIsCutGoesOnWhereItWas(t *testing.T) {
	t.Parallel()
	const size = 24 << 20
	s := slurmtest.StartSSHD(t, nil)
	data := make([]byte, size)
	for i := range data {
		data[i] = byte(rand.Uint32())
	}
	from, dir := filepath.Join(t.TempDir(), "base.safetensors"), t.TempDir()
	if err := os.WriteFile(from, data, 0o600); err != nil {
		t.Fatal(err)
	}
	wire := &cutter{after: size / 2}
	node := client(t, s, func(o *remote.Options) { o.Dial = wire.dial })
	c := cluster.Compose(&slurm.Commands{Runner: node}, node, cluster.Options{})
	files := []cluster.File{{From: from, To: "model/base.safetensors"}}
	sent, err := c.Stage(t.Context(), dir, files)
	if err != nil {
		t.Fatal(err)
	}
	if wire.dials.Load() != 2 || sent.Resumed < size/4 || sent.Bytes > size+size/4 || sent.Changed != 1 {
		t.Errorf("%d connections, %+v", wire.dials.Load(), sent)
	}
	if got, err := os.ReadFile(filepath.Join(dir, "model/base.safetensors")); err != nil || !bytes.Equal(got, data) {
		t.Errorf("what arrived is something else: %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "model", "*.part-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if again, err := c.Stage(t.Context(), dir, files); err != nil || again.Bytes != 0 || again.Files != 1 {
		t.Errorf("staged again: %+v, %v", again, err)
	}
	to := t.TempDir()
	back := client(t, s, func(o *remote.Options) { o.Dial = (&cutter{after: 30_000}).dial })
	got, err := cluster.Compose(&slurm.Commands{Runner: back}, back, cluster.Options{}).Fetch(t.Context(), dir, []string{"model"}, to)
	if err != nil || got.Changed != 1 || got.Resumed == 0 {
		t.Errorf("fetched %+v: %v", got, err)
	}
	if got, err := os.ReadFile(filepath.Join(to, "model/base.safetensors")); err != nil || !bytes.Equal(got, data) {
		t.Errorf("what came back is something else: %v", err)
	}
}

func TestAJobRunsOverSSH(t *testing.T) {
	t.Parallel()
	cl := slurmtest.Start(t)
	node := client(t, slurmtest.StartSSHD(t, cl.Env))
	c := cluster.Compose(&slurm.Commands{Runner: node, Where: node.Where()}, node, cluster.Options{Poll: 100 * time.Millisecond})
	in := filepath.Join(t.TempDir(), "in")
	if err := os.WriteFile(in, []byte("uploaded\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	job := cluster.Job{
		Name: "far", Key: "far-1", Dir: t.TempDir(), Script: []string{"cat in.txt", "echo $X", "sleep 0.3"}, Env: map[string]string{"X": "it's far"},
		Files: []cluster.File{{From: in, To: "in.txt"}}, Array: cluster.Array{Size: 2},
	}
	began := time.Now()
	h, err := c.Submit(t.Context(), job)
	if err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("connecting, uploading and submitting took %s", took)
	} else {
		t.Logf("connected, uploaded and submitted in %s", took)
	}
	var log bytes.Buffer
	if err := c.Logs(t.Context(), &log, cluster.Log{Handle: h, Task: 1, Follow: true}); err != nil || log.String() != "uploaded\nit's far\n" {
		t.Errorf("log %q: %v", log.String(), err)
	}
	ended := 0
	for s, err := range c.Watch(t.Context(), h.ID) {
		if err != nil {
			t.Fatal(err)
		}
		if s.State == cluster.Completed {
			ended++
		}
	}
	if ended != 2 {
		t.Errorf("%d tasks completed", ended)
	}
	job.Key, job.Resources.Partition = "far-2", "nope"
	if _, err := c.Submit(t.Context(), job); !cluster.IsKind(err, cluster.Rejected) || !strings.Contains(err.Error(), node.Where()) {
		t.Errorf("bad partition: %v", err)
	}
}
