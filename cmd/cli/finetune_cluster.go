package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/llm-city/gorod/core/cluster/local"
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
	on, err := s.connect(place{on: c.Kind, via: c.Via, host: c.Host, jobs: s.settings.Finetunes})
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
	if err != nil {
		return nil, nil, nil, unknownJob(err)
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
