package host

import (
	"slices"
	"strings"
	"syscall"
)

// allowed are the variables that plugins inherit; a final * stands for any
// ending. Keys of model servers are not among them.
func allowed() []string {
	return []string{"PATH", "HOME", "LANG", "LC_*", "TZ", "TMPDIR", "CUDA_*", "SLURM_*"}
}

// secret are variables that fit allowed but hold credentials.
func secret() []string { return []string{"SLURM_JWT"} }

// allowedEnviron keeps of an environment what a plugin may know.
func allowedEnviron(environ []string) []string {
	return slices.DeleteFunc(slices.Clone(environ), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		return slices.Contains(secret(), name) || !slices.ContainsFunc(allowed(), func(pattern string) bool {
			prefix, any := strings.CutSuffix(pattern, "*")
			return name == prefix || (any && strings.HasPrefix(name, prefix))
		})
	})
}

func killGroup(pid int) { _ = syscall.Kill(-pid, syscall.SIGKILL) }
