package slurmtest

import (
	"context"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// REST is a slurmrestd, once with tokens over TCP and once on a socket that
// knows its peer.
type REST struct {
	TCP    string // http://127.0.0.1:port, which wants User and a token
	Socket string // unix:/path
	User   string // whose jobs they are

	slurm *Slurm
}

// StartREST starts the daemons, which end with the test. They refuse to run as
// root, and are nobody's then.
func StartREST(t testing.TB, s *Slurm) *REST {
	t.Helper()
	dir := open(t)
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	attr := &syscall.SysProcAttr{}
	if me.Uid == "0" {
		if me, err = user.Lookup("nobody"); err != nil {
			t.Fatal(err)
		}
		uid, _ := strconv.Atoi(me.Uid)
		gid, _ := strconv.Atoi(me.Gid)
		attr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		if err := os.Chown(dir, uid, gid); err != nil {
			t.Fatal(err)
		}
	}
	address, socket := "127.0.0.1:"+freePorts(t, 1)[0], filepath.Join(dir, "s")
	r := &REST{TCP: "http://" + address, Socket: "unix:" + socket, User: me.Username, slurm: s}
	for listen, auth := range map[string]string{address: "rest_auth/jwt", "unix:" + socket: "rest_auth/local"} {
		cmd := exec.CommandContext(context.Background(), "slurmrestd", "-a", auth, "-s", "openapi/v0.0.38", listen)
		cmd.Env = s.Env
		if auth == "rest_auth/jwt" {
			cmd.Env = append(cmd.Env[:len(cmd.Env):len(cmd.Env)], "SLURM_JWT=daemon")
		}
		cmd.Dir, cmd.SysProcAttr = "/", attr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	}
	listens(t, "tcp", address)
	listens(t, "unix", socket)
	return r
}

// Token makes a token for the user.
func (r *REST) Token(t testing.TB, lifespan int) string {
	t.Helper()
	out := r.slurm.Command(t, "scontrol", "token", "username="+r.User, "lifespan="+strconv.Itoa(lifespan))
	return strings.TrimPrefix(strings.TrimSpace(out), "SLURM_JWT=")
}

// listens waits until somebody does.
func listens(t testing.TB, network, address string) {
	t.Helper()
	for range 200 {
		conn, err := (&net.Dialer{}).DialContext(context.Background(), network, address)
		if err == nil {
			_ = conn.Close()
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("nobody listens on %s", address)
}
