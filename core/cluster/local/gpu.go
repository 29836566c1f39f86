package local

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/llm-city/gorod/core/cluster"
)

// visibleGPUs is the variable that tells CUDA, and here gorod too, which GPUs
// there are.
const visibleGPUs = "CUDA_VISIBLE_DEVICES"

// smiTimeout is long: a driver that is not kept loaded takes seconds to answer.
const smiTimeout = 20 * time.Second

// gpu is one of this machine by its names: a number or the UUID of a slice, which
// CUDA takes, and its UUID where it is known.
type gpu struct{ name, uuid string }

// installed asks the driver for the GPUs; none where it has no nvidia-smi.
func installed(env []string) []gpu {
	tool := find("nvidia-smi", variable(env, "PATH"))
	if tool == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), smiTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, tool, "-L")
	cmd.Env = append([]string{}, env...)
	cmd.WaitDelay = time.Second
	out, err := cmd.Output()
	if err != nil {
		return nil // it says so too where the driver is not loaded
	}
	return parseGPUs(string(out))
}

// parseGPUs reads what nvidia-smi -L prints. A GPU that is cut into slices (MIG)
// is used by them.
func parseGPUs(out string) []gpu {
	whole := regexp.MustCompile(`^GPU (\d+): .*\(UUID: (GPU-[\w-]+)\)`)
	slice := regexp.MustCompile(`^\s+MIG .*\(UUID: (MIG-[\w/-]+)\)`)
	var all []gpu
	cut := false
	for line := range strings.Lines(out) {
		if m := whole.FindStringSubmatch(line); m != nil {
			all, cut = append(all, gpu{m[1], m[2]}), false
		} else if m := slice.FindStringSubmatch(line); m != nil && len(all) > 0 {
			if !cut {
				all, cut = all[:len(all)-1], true
			}
			all = append(all, gpu{m[1], m[1]})
		}
	}
	return all
}

// allowed are the GPUs out of those that are there that a value of
// CUDA_VISIBLE_DEVICES names, as CUDA reads it: up to the first that is none.
// Where no driver tells which are there, it is believed.
func allowed(all []gpu, visible string) []gpu {
	var out []gpu
	for name := range strings.SplitSeq(visible, ",") {
		name = strings.TrimSpace(name)
		i := slices.IndexFunc(all, func(g gpu) bool { return g.name == name || len(name) > 4 && strings.HasPrefix(g.uuid, name) })
		switch {
		case i >= 0:
			out = append(out, all[i])
		case len(all) == 0 && regexp.MustCompile(`^(\d{1,3}|(GPU|MIG)-[\w/-]{1,100})$`).MatchString(name):
			out = append(out, gpu{name, name})
		default:
			return out
		}
	}
	return out
}

// gpus are the names of those that a job may have: by its own environment, by
// gorod's, or all that are there.
func (s *scheduler) gpus(job cluster.Job) []string {
	all := s.installed()
	visible, set := job.Env[visibleGPUs]
	if !set {
		if i := slices.IndexFunc(s.Env, func(e string) bool { return strings.HasPrefix(e, visibleGPUs+"=") }); i >= 0 {
			visible, set = variable(s.Env, visibleGPUs), true
		}
	}
	if set {
		all = allowed(all, visible)
	}
	var names []string
	for _, g := range all {
		if !slices.Contains(names, g.name) {
			names = append(names, g.name)
		}
	}
	return names
}

// Check refuses a job that this machine can never run.
func (s *scheduler) Check(_ context.Context, job cluster.Job) error {
	if job.Mail != "" {
		return &cluster.Error{Kind: cluster.Rejected, Op: "submit", Err: errors.New("a job of this machine sends no mail")}
	}
	if job.Resources.GPUs == 0 {
		return nil
	}
	names := s.gpus(job)
	const hint = "ask for fewer GPUs, 0 to train on the CPU; or name a Slurm cluster; " + visibleGPUs + " says which GPUs there are where nvidia-smi does not"
	switch {
	case len(names) == 0:
		return &cluster.Error{Kind: cluster.Rejected, Op: "submit", Hint: hint,
			Err: fmt.Errorf("CUDA is absent: the job asks for GPUs (%d), and this machine shows none", job.Resources.GPUs)}
	case job.Resources.GPUs > len(names):
		return &cluster.Error{Kind: cluster.Rejected, Op: "submit", Hint: hint,
			Err: fmt.Errorf("the job asks for GPUs (%d), and this machine has %d (%s)", job.Resources.GPUs, len(names), strings.Join(names, ", "))}
	}
	return nil
}

// variable of an environment; the last one counts.
func variable(env []string, name string) string {
	for _, e := range slices.Backward(env) {
		if value, ok := strings.CutPrefix(e, name+"="); ok {
			return value
		}
	}
	return ""
}

// find looks for a program on a PATH that is not this process's.
func find(name, path string) string {
	for _, dir := range filepath.SplitList(path) {
		if full, err := exec.LookPath(filepath.Join(dir, name)); err == nil && filepath.IsAbs(full) {
			return full
		}
	}
	return ""
}
