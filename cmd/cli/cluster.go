package cli

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"

	"github.com/llm-city/gorod/core/cluster"
	"github.com/llm-city/gorod/core/cluster/local"
	"github.com/llm-city/gorod/core/cluster/slurm"
	"github.com/llm-city/gorod/core/cluster/slurm/remote"
)

// place is a cluster, and how it is spoken to.
type place struct {
	on   string // local or slurm
	via  string // of Slurm: commands, ssh or rest
	host string
	jobs string // folder of what is known of local jobs
}

// connection is a cluster with the files that its nodes see.
type connection struct {
	cluster.Cluster
	files cluster.FS
}

// exists reports whether a path is there.
func (c connection) exists(ctx context.Context, path string) (bool, error) {
	_, err := c.files.Stat(ctx, path)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return false, nil
	}
	return err == nil, err
}

// connect connects to a cluster; one that is far away is called when it is first
// needed.
func (s *State) connect(p place) (connection, error) {
	if p.on == "local" {
		return connection{local.New(local.Options{
			Dir: filepath.Join(absolute(p.jobs), ".local"), Supervisor: []string{s.Self, "finetune", "supervise"}, Env: s.Environ(),
		}), cluster.Disk{}}, nil
	}
	switch p.via {
	case "ssh":
		return s.overSSH(p.host)
	case "rest":
		return s.overREST(p.host)
	}
	commands := &slurm.Commands{Runner: slurm.Exec{Env: slurm.Environ(s.Getenv)}}
	return connection{cluster.Compose(commands, cluster.Disk{}, cluster.Options{}), cluster.Disk{}}, nil
}

// overSSH is Slurm on a login node, with the keys and known hosts of whoever
// asks, or those of the settings.
func (s *State) overSSH(host string) (connection, error) {
	home := filepath.Join(s.Getenv("HOME"), ".ssh")
	known := []string{filepath.Join(home, "known_hosts"), "/etc/ssh/ssh_known_hosts"}
	keys := []string{filepath.Join(home, "id_ed25519"), filepath.Join(home, "id_ecdsa"), filepath.Join(home, "id_rsa")}
	if file := s.settings.Cluster.KnownHosts; file != "" {
		known = []string{file}
	}
	if file := s.settings.Cluster.Identity; file != "" {
		keys = []string{file}
	}
	client, err := remote.New(remote.Options{Host: host, KnownHosts: known, Keys: keys, Agent: s.Getenv("SSH_AUTH_SOCK")})
	if err != nil {
		return connection{}, usageError{err}
	}
	commands := &slurm.Commands{Runner: client, Where: client.Where()}
	return connection{cluster.Compose(commands, client, cluster.Options{Close: client.Close}), client}, nil
}

// overREST is Slurm by slurmrestd, with the user and token that Slurm's own
// tools take: USER and SLURM_JWT. Its folders must be seen from here.
func (s *State) overREST(url string) (connection, error) {
	rest, err := slurm.NewREST(slurm.RESTOptions{
		URL: url, User: s.Getenv("USER"), Token: func(context.Context) (string, error) { return s.Getenv("SLURM_JWT"), nil },
	})
	if err != nil {
		return connection{}, usageError{err}
	}
	return connection{cluster.Compose(rest, cluster.Disk{}, cluster.Options{}), cluster.Disk{}}, nil
}
