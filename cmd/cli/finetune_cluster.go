package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/llm-city/gorod/core/cluster"
	"github.com/llm-city/gorod/core/cluster/local"
	"github.com/llm-city/gorod/core/cluster/slurm"
	"github.com/llm-city/gorod/core/cluster/slurm/remote"
	"github.com/llm-city/gorod/finetune/job"
	"github.com/llm-city/gorod/finetune/launch"
	"github.com/llm-city/gorod/finetune/registry"
)

// registryFile is in the folder of fine-tunings.
const registryFile = "registry.db"

// registry opens the registry of fine-tunings.
func (s *State) registry(ctx context.Context) (*registry.Registry, error) {
	r, err := registry.Open(ctx, filepath.Join(s.settings.Finetunes, registryFile), registry.Options{})
	if err != nil {
		return nil, fmt.Errorf("open the registry of fine-tunings: %w", err)
	}
	return r, nil
}

// launcher is what works with a cluster, and what closes it.
func (s *State) launcher(ctx context.Context, c job.Cluster) (*launch.Launcher, func(), error) {
	here := absolute(s.settings.Finetunes)
	r, err := s.registry(ctx)
	if err != nil {
		return nil, nil, err
	}
	on, err := s.cluster(c)
	if err != nil {
		return nil, nil, errors.Join(err, r.Close())
	}
	dir := c.Dir
	if dir == "" {
		dir = here
	}
	if !c.Remote() {
		here = dir
	}
	return &launch.Launcher{Registry: r, Cluster: on, Dir: dir, Local: here}, func() {
		if err := errors.Join(on.Close(), r.Close()); err != nil {
			s.log.Warn("close the cluster", "error", err)
		}
	}, nil
}

// cluster connects to where a job runs.
func (s *State) cluster(c job.Cluster) (cluster.Cluster, error) {
	if c.Kind == "local" {
		return local.New(local.Options{
			Dir: filepath.Join(absolute(s.settings.Finetunes), ".local"), Supervisor: []string{s.Self, "finetune", "supervise"}, Env: s.Environ(),
		}), nil
	}
	switch c.Via {
	case "ssh":
		return s.overSSH(c.Host)
	case "rest":
		return s.overREST(c.Host)
	}
	commands := &slurm.Commands{Runner: slurm.Exec{Env: slurm.Environ(s.Getenv)}}
	return cluster.Compose(commands, cluster.Disk{}, cluster.Options{}), nil
}

// overSSH is Slurm on a login node, with the keys and known hosts of whoever
// asks.
func (s *State) overSSH(host string) (cluster.Cluster, error) {
	home := filepath.Join(s.Getenv("HOME"), ".ssh")
	client, err := remote.New(remote.Options{
		Host: host, KnownHosts: []string{filepath.Join(home, "known_hosts"), "/etc/ssh/ssh_known_hosts"},
		Keys: []string{filepath.Join(home, "id_ed25519"), filepath.Join(home, "id_ecdsa"), filepath.Join(home, "id_rsa")}, Agent: s.Getenv("SSH_AUTH_SOCK"),
	})
	if err != nil {
		return nil, usageError{err}
	}
	commands := &slurm.Commands{Runner: client, Where: client.Where()}
	return cluster.Compose(commands, client, cluster.Options{Close: client.Close}), nil
}

// overREST is Slurm by slurmrestd, with the user and token that Slurm's own
// tools take: USER and SLURM_JWT. Its folders must be seen from here.
func (s *State) overREST(url string) (cluster.Cluster, error) {
	rest, err := slurm.NewREST(slurm.RESTOptions{
		URL: url, User: s.Getenv("USER"), Token: func(context.Context) (string, error) { return s.Getenv("SLURM_JWT"), nil },
	})
	if err != nil {
		return nil, usageError{err}
	}
	return cluster.Compose(rest, cluster.Disk{}, cluster.Options{}), nil
}

// finetuneSuperviseCommand is what runs a job on this machine, in a process of
// its own.
func finetuneSuperviseCommand(s *State) *cobra.Command {
	return &cobra.Command{
		Use: "supervise DIR", Hidden: true, Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, done := s.interruptible(cmd.Context())
			defer done()
			return local.Supervise(ctx, args[0])
		},
	}
}

// launcherOf is the launcher of a job that the registry knows.
func (s *State) launcherOf(ctx context.Context, key string) (*launch.Launcher, *registry.Job, func(), error) {
	r, err := s.registry(ctx)
	if err != nil {
		return nil, nil, nil, err
	}
	known, err := r.Get(ctx, key)
	if closeErr := r.Close(); err == nil {
		err = closeErr
	}
	var many *registry.AmbiguousError
	if errors.Is(err, registry.ErrNotFound) || errors.As(err, &many) {
		return nil, nil, nil, usagef("%w (gorod finetune ls lists them)", err)
	}
	if err != nil {
		return nil, nil, nil, err
	}
	c := job.Cluster{Kind: known.Cluster.Kind, Via: known.Cluster.Via, Host: known.Cluster.Host, Dir: filepath.Dir(known.Cluster.Dir)}
	l, closeAll, err := s.launcher(ctx, c)
	return l, known, closeAll, err
}

func absolute(path string) string {
	full, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	return full
}

// datasetDigest is the digest of a dataset's manifest, or empty.
func datasetDigest(dir string) string {
	text, err := os.ReadFile(filepath.Join(dir, "manifest.json"))
	if err != nil {
		return ""
	}
	var m struct {
		Recipe string `json:"recipe_sha256"`
	}
	if json.Unmarshal(text, &m) != nil {
		return ""
	}
	return m.Recipe
}
