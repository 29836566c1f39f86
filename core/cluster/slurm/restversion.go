package slurm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/llm-city/gorod/core/cluster"
)

// version of slurmrestd's API: v0.0.N. From 39 on the environment is a list,
// numbers say whether they are set, and states are lists of words.
type version int

// oldest and listing are the first version that is spoken, and the first of the
// newer layout.
const (
	oldest  version = 38
	listing version = 39
)

func (v version) path(rest string) string { return fmt.Sprintf("/slurm/v0.0.%d/%s", v, rest) }

// newest finds the newest version in the paths of a daemon's OpenAPI document.
func newest(openapi []byte) (version, error) {
	var doc struct {
		Paths map[string]json.RawMessage `json:"paths"`
	}
	if err := json.Unmarshal(openapi, &doc); err != nil {
		return 0, fmt.Errorf("no OpenAPI document: %w", err)
	}
	best := version(0)
	for path := range doc.Paths {
		rest, ok := strings.CutPrefix(path, "/slurm/v0.0.")
		number, what, found := strings.Cut(rest, "/")
		if n, err := strconv.Atoi(number); ok && found && err == nil && strings.HasPrefix(what, "job/submit") {
			best = max(best, version(n))
		}
	}
	if best < oldest {
		return 0, fmt.Errorf("the newest API is v0.0.%d, and gorod speaks v0.0.%d and later", best, oldest)
	}
	return best, nil
}

// probe asks the daemon what it speaks, once.
func (r *REST) probe(ctx context.Context, op string) (version, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.version != 0 {
		return r.version, nil
	}
	status, data, err := r.send(ctx, op, http.MethodGet, "/openapi/v3", nil)
	if err != nil {
		return 0, err
	}
	switch {
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return 0, r.fail(op, cluster.Unauthorized, "give a user and a token: scontrol token", errors.New(tidy(string(data))))
	case status >= http.StatusInternalServerError:
		return 0, r.fail(op, cluster.Unreachable, "", fmt.Errorf("HTTP %d: %s", status, tidy(string(data))))
	}
	v, err := newest(data)
	if err != nil {
		return 0, r.fail(op, cluster.Failed, "is it slurmrestd that listens there?", err)
	}
	r.version = v
	return v, nil
}
