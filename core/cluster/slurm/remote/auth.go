package remote

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"strings"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
	"golang.org/x/crypto/ssh/knownhosts"

	"github.com/llm-city/gorod/core/cluster"
)

// config of a connection; done is called after the handshake.
func (c *Client) config(ctx context.Context) (config *ssh.ClientConfig, done func(), err error) {
	known, err := c.knownHosts()
	if err != nil {
		return nil, nil, err
	}
	signers, done, err := c.signers(ctx)
	if err != nil {
		return nil, nil, err
	}
	return &ssh.ClientConfig{
		User: c.user, Auth: []ssh.AuthMethod{ssh.PublicKeys(signers...)},
		HostKeyCallback: known, HostKeyAlgorithms: c.algorithms(known), Timeout: c.options.Timeout,
	}, done, nil
}

func (c *Client) unauthorized(hint string, err error) error {
	return &cluster.Error{Kind: cluster.Unauthorized, Op: "connect", Where: c.Where(), Hint: hint, Err: err}
}

func (c *Client) knownHosts() (ssh.HostKeyCallback, error) {
	var files []string
	for _, f := range c.options.KnownHosts {
		if _, err := os.Stat(f); err == nil {
			files = append(files, f)
		}
	}
	if len(files) == 0 {
		return nil, c.unauthorized("connect once with ssh, which shows the key and remembers it", errors.New("there is no known_hosts file"))
	}
	known, err := knownhosts.New(files...)
	if err != nil {
		return nil, c.unauthorized("mend the file", fmt.Errorf("known_hosts: %w", err))
	}
	return known, nil
}

// algorithms of the keys that are known of the host: a server that has several
// must show one of those. Nil, the default, where none is known.
func (c *Client) algorithms(known ssh.HostKeyCallback) []string {
	public, err := ssh.NewPublicKey(make(ed25519.PublicKey, ed25519.PublicKeySize))
	if err != nil {
		return nil
	}
	mismatch, ok := errors.AsType[*knownhosts.KeyError](known(c.addr, &net.TCPAddr{IP: net.IPv4zero}, public))
	if !ok {
		return nil
	}
	var algorithms []string
	for _, k := range mismatch.Want {
		if k.Key.Type() == ssh.KeyAlgoRSA {
			algorithms = append(algorithms, ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256)
			continue
		}
		algorithms = append(algorithms, k.Key.Type())
	}
	return algorithms
}

// signers of the agent and of the key files. The agent is needed until done.
func (c *Client) signers(ctx context.Context) (signers []ssh.Signer, done func(), err error) {
	done = func() {}
	locked := ""
	if c.options.Agent != "" {
		if conn, err := (&net.Dialer{}).DialContext(ctx, "unix", c.options.Agent); err == nil {
			done = func() { _ = conn.Close() }
			signers, _ = agent.NewClient(conn).Signers()
		}
	}
	for _, name := range c.options.Keys {
		data, err := os.ReadFile(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			done()
			return nil, nil, c.unauthorized("", err)
		}
		signer, err := ssh.ParsePrivateKey(data)
		if _, missing := errors.AsType[*ssh.PassphraseMissingError](err); missing {
			locked = name
			continue
		}
		if err != nil {
			done()
			return nil, nil, c.unauthorized("", fmt.Errorf("key %s: %w", name, err))
		}
		signers = append(signers, signer)
	}
	if len(signers) > 0 {
		return signers, done, nil
	}
	done()
	if locked != "" {
		return nil, nil, c.unauthorized("ssh-add "+locked, fmt.Errorf("key %s has a passphrase and no agent has it", locked))
	}
	return nil, nil, c.unauthorized("ssh-keygen makes a key, ssh-copy-id "+c.user+" installs it", errors.New("there is no key and no agent"))
}

// refused says why a handshake failed.
func (c *Client) refused(err error) error {
	if key, ok := errors.AsType[*knownhosts.KeyError](err); ok {
		if len(key.Want) == 0 {
			return c.unauthorized("connect once with ssh, which shows the key and remembers it", errors.New("the host's key is not known"))
		}
		return c.unauthorized("somebody may listen in; if the node was set up anew, ssh-keygen -R removes the old key",
			fmt.Errorf("the host's key is not the one in %s:%d", key.Want[0].Filename, key.Want[0].Line))
	}
	if revoked, ok := errors.AsType[*knownhosts.RevokedError](err); ok {
		return c.unauthorized("", revoked)
	}
	if strings.Contains(err.Error(), "unable to authenticate") {
		return c.unauthorized("ssh-copy-id installs your key there, ssh-add gives it to the agent", errors.New("the node takes none of the keys"))
	}
	return c.unreachable(err)
}
