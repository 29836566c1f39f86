package slurmtest

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
)

// SSHD is an OpenSSH server on a port of loopback, with a host key and a user
// key of its own, which runs as the user of the test.
type SSHD struct {
	Host       string // user@127.0.0.1:port
	KnownHosts string // file
	Key        string // file
}

// StartSSHD starts a server that ends with the test. Its sessions have the
// environment env.
func StartSSHD(t testing.TB, env []string) *SSHD {
	t.Helper()
	dir := open(t)
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	if me.Uid == "0" { // only root needs it
		if err := os.MkdirAll("/run/sshd", 0o755); err != nil {
			t.Fatal(err)
		}
	}
	port := freePorts(t, 1)[0]
	hostKey := makeKey(t, dir, "host")
	makeKey(t, dir, "user")
	conf := filepath.Join(dir, "sshd_config")
	set := ""
	for _, e := range env {
		set += fmt.Sprintf(" %q", e)
	}
	text := fmt.Sprintf(`ListenAddress 127.0.0.1
Port %s
HostKey %s
AuthorizedKeysFile %s.pub
PidFile none
UsePAM no
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
Subsystem sftp internal-sftp
SetEnv GOROD_TEST=1%s
`, port, filepath.Join(dir, "host"), filepath.Join(dir, "user"), set)
	write(t, conf, text)
	s := &SSHD{
		Host: me.Username + "@127.0.0.1:" + port, KnownHosts: filepath.Join(dir, "known_hosts"), Key: filepath.Join(dir, "user"),
	}
	write(t, s.KnownHosts, fmt.Sprintf("[127.0.0.1]:%s %s", port, hostKey))
	s.run(t, conf, "127.0.0.1:"+port)
	return s
}

func (s *SSHD) run(t testing.TB, conf, address string) {
	t.Helper()
	cmd := exec.CommandContext(context.Background(), "/usr/sbin/sshd", "-D", "-e", "-f", conf)
	log, err := os.Create(conf + ".log")
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	cmd.Stderr = log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	listens(t, "tcp", address)
}

// makeKey writes a key pair and returns the public half as a line.
func makeKey(t testing.TB, dir, name string) string {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(private, "")
	if err != nil {
		t.Fatal(err)
	}
	sshPublic, err := ssh.NewPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	line := string(ssh.MarshalAuthorizedKey(sshPublic))
	write(t, filepath.Join(dir, name), string(pem.EncodeToMemory(block)))
	write(t, filepath.Join(dir, name+".pub"), line)
	return strings.TrimSpace(line)
}

func write(t testing.TB, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
