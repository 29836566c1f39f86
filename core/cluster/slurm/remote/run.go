package remote

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"

	"golang.org/x/crypto/ssh"

	"github.com/llm-city/gorod/core/cluster"
	"github.com/llm-city/gorod/core/cluster/slurm"
)

// maxOutput bounds what a command may print.
const maxOutput = 64 << 20

// Run runs a command on the node.
func (c *Client) Run(ctx context.Context, argv []string, stdin io.Reader) (slurm.Output, error) {
	conn, err := c.connect(ctx)
	if err != nil {
		return slurm.Output{}, err
	}
	session, err := conn.ssh.NewSession()
	if err != nil {
		_ = conn.ssh.Close()
		return slurm.Output{}, c.unreachable(err)
	}
	defer func() { _ = session.Close() }()
	var stdout, stderr bounded
	session.Stdin, session.Stdout, session.Stderr = stdin, &stdout, &stderr
	words := make([]string, len(argv))
	for i, a := range argv {
		words[i] = cluster.Quote(a)
	}
	done := make(chan error, 1)
	go func() { done <- session.Run(strings.Join(words, " ")) }()
	select {
	case err = <-done:
	case <-ctx.Done(): // the server closes a session only when its command has ended
		_ = session.Signal(ssh.SIGKILL)
		return slurm.Output{}, ctx.Err()
	}
	out := slurm.Output{Stdout: stdout.String(), Stderr: stderr.String()}
	if exit, ok := errors.AsType[*ssh.ExitError](err); ok {
		out.Code = max(1, exit.ExitStatus()) // one that a signal ended has the status 0
		return out, nil
	}
	if err != nil {
		return out, c.unreachable(err)
	}
	return out, nil
}

// bounded is a buffer that takes maxOutput bytes and drops the rest.
type bounded struct{ bytes.Buffer }

func (b *bounded) Write(p []byte) (int, error) {
	_, _ = b.Buffer.Write(p[:min(len(p), maxOutput-b.Len())])
	return len(p), nil
}
