package local

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/llm-city/gorod/core/cluster"
)

// gpuFile of a job's folder says which GPUs it may have.
const gpuFile = "gpus.json"

// pool are GPUs that jobs of this machine share, each held by a lock.
type pool struct {
	Dir   string   `json:"dir"` // of the locks
	Names []string `json:"names"`
}

// pool of a job. The locks are those of the user on this machine, whichever
// folder the jobs are in.
func (s *scheduler) pool(job cluster.Job) pool {
	cache := variable(s.Env, "XDG_CACHE_HOME")
	if home := variable(s.Env, "HOME"); cache == "" && home != "" {
		cache = filepath.Join(home, ".cache")
	}
	p := pool{Dir: filepath.Join(s.Dir, "gpus"), Names: s.gpus(job)}
	if filepath.IsAbs(cache) {
		host, _ := os.Hostname() // the folder may be on a disk that machines share
		p.Dir = filepath.Join(cache, "gorod", "gpus-"+host)
	}
	return p
}

// held are GPUs that a task has, by the files whose locks are theirs. The task
// inherits them, so that a GPU stays taken where only the supervisor dies.
type held struct {
	names []string
	locks []*os.File
}

func (h *held) release() {
	for _, f := range h.locks {
		_ = syscall.Flock(int(f.Fd()), syscall.LOCK_UN) // also of what the task left behind
		f.Close()
	}
	h.names, h.locks = nil, nil
}

// environment is what CUDA is told, in the order in which nvidia-smi counts.
func (h *held) environment() []string {
	if len(h.names) == 0 {
		return nil
	}
	return []string{visibleGPUs + "=" + strings.Join(h.names, ","), "CUDA_DEVICE_ORDER=PCI_BUS_ID"}
}

// take takes n GPUs that nobody has, all or none.
func (p *pool) take(n int) (*held, error) {
	h := &held{}
	for _, name := range p.Names {
		if len(h.names) == n {
			break
		}
		f, err := p.lock("gpu-" + strings.ReplaceAll(name, "/", "_"))
		if errors.Is(err, syscall.EWOULDBLOCK) {
			continue
		}
		if err != nil {
			h.release()
			return nil, err
		}
		h.names, h.locks = append(h.names, name), append(h.locks, f)
	}
	if len(h.names) < n {
		h.release()
	}
	return h, nil
}

// turn is the right to take GPUs of the pool: who has it waits for as many as it
// needs, and is not passed by who needs fewer.
func (p *pool) turn() (*os.File, error) {
	sum := sha256.Sum256([]byte(strings.Join(p.Names, ",")))
	return p.lock("turn-" + hex.EncodeToString(sum[:6]))
}

func (p *pool) lock(name string) (*os.File, error) {
	if err := os.MkdirAll(p.Dir, 0o700); err != nil {
		return nil, err
	}
	return takeLock(filepath.Join(p.Dir, name))
}

// gpus waits for the GPUs of a task; nil if it will not run.
func (s *supervisor) gpus(ctx context.Context, i int) (*held, error) {
	n := s.job.Resources.GPUs
	if n == 0 {
		return &held{}, nil
	}
	var p pool
	if err := readJSON(filepath.Join(s.dir, gpuFile), &p); err != nil {
		return nil, err
	}
	var turn *os.File
	defer func() {
		if turn != nil {
			turn.Close()
		}
	}()
	reason := cluster.Reason{Word: "Resources", Meaning: fmt.Sprintf("it waits for %d of this machine's GPUs (%s)", n, strings.Join(p.Names, ", "))}
	for {
		if s.take(i) == "cancel" || ctx.Err() != nil {
			return nil, s.end(i, cluster.Cancelled, cluster.Reason{Word: "Cancelled"})
		}
		var err error
		if turn == nil {
			if turn, err = p.turn(); err != nil && !errors.Is(err, syscall.EWOULDBLOCK) {
				return nil, err
			}
		}
		if turn != nil {
			if h, err := p.take(n); err != nil || len(h.names) == n {
				return h, err
			}
		}
		if err := s.waits(i, reason); err != nil {
			return nil, err
		}
		wait(ctx, tick)
	}
}

// waits tells why a task does.
func (s *supervisor) waits(i int, reason cluster.Reason) error {
	if s.state.get(i).Reason == reason {
		return nil
	}
	return s.state.change(s.dir, i, func(t *cluster.Status) { t.Reason = reason })
}
