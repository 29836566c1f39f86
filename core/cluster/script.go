package cluster

import (
	"maps"
	"slices"
	"strings"
)

// Quote makes one word of the shell out of a string.
func Quote(s string) string {
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// Body is the part of a job's script that is the same wherever it runs: the
// folder, the environment and the lines, of which the first that fails ends it.
//
// The no-op traps keep bash itself alive when its process group is signalled, so
// that it waits for what it runs, which gets the signal too and decides.
func (j Job) Body() string {
	var b strings.Builder
	b.WriteString("set -eo pipefail\ntrap : USR1 TERM\ncd -- " + Quote(j.Dir) + "\n")
	for _, k := range slices.Sorted(maps.Keys(j.Env)) {
		b.WriteString("export " + k + "=" + Quote(j.Env[k]) + "\n")
	}
	for _, line := range j.Script {
		b.WriteString(line + "\n")
	}
	return b.String()
}

// Variables that a job finds in its environment wherever it runs.
const (
	EnvJob      = "GOROD_JOB_ID"
	EnvTask     = "GOROD_TASK"     // of the array; empty for none
	EnvRestarts = "GOROD_RESTARTS" // times it was started again
)
