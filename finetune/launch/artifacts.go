package launch

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/llm-city/gorod/finetune/registry"
)

// artifactList is the shell that writes run/artifacts.txt when a stage has done
// its work: the SHA-256, the size and the path of each file that came of it. The
// files were just written, so that they are read from memory for the most part.
const artifactList = `artifacts() (
  set +e; cd "$1/run" || exit 0
  { find adapter merged report.json template.jinja rendered.jsonl -type f 2>/dev/null; true; } | LC_ALL=C sort | while IFS= read -r f; do
    printf '%s %s %s\n' "$(sha256sum <"$f" | cut -c1-64)" "$(stat -c %s -- "$f")" "$f"
  done >artifacts.txt.new && mv -f artifacts.txt.new artifacts.txt || echo 'gorod: no list of artifacts' >&2
)`

// Bounds of what a list may hold.
const (
	listFile     = "artifacts.txt"
	maxList      = 1 << 20
	maxArtifacts = 4000
)

// Kinds of artifacts that stages leave in run/, by the first part of the path.
func kindOf(name string) string {
	first, _, _ := strings.Cut(name, "/")
	return map[string]string{"adapter": "adapter", "merged": "merged", "report.json": "report", "template.jinja": "template", "rendered.jsonl": "rendered"}[first]
}

// parseArtifacts reads a list; lines that are none are left out. Paths are
// within run/.
func parseArtifacts(r io.Reader) []registry.Artifact {
	line := regexp.MustCompile(`^([0-9a-f]{64}) (\d{1,18}) (.+)$`)
	var all []registry.Artifact
	for lines := bufio.NewScanner(io.LimitReader(r, maxList)); lines.Scan() && len(all) < maxArtifacts; {
		m := line.FindStringSubmatch(lines.Text())
		if m == nil || !filepath.IsLocal(m[3]) || path.Clean(m[3]) != m[3] || kindOf(m[3]) == "" || strings.ContainsFunc(m[3], func(r rune) bool { return r < ' ' }) {
			continue
		}
		size, err := strconv.ParseInt(m[2], 10, 64)
		if raw, hexErr := hex.DecodeString(m[1]); err == nil && hexErr == nil && len(raw) == 32 {
			all = append(all, registry.Artifact{Path: m[3], Kind: kindOf(m[3]), Size: size, SHA256: m[1]})
		}
	}
	return all
}

// artifacts remembers what the tasks of a job that are done have left, where the
// registry does not know of it yet.
func (l *Launcher) artifacts(ctx context.Context, j *registry.Job) error {
	news := false
	for i := range j.Tasks {
		t := &j.Tasks[i]
		kind := map[string]string{Train: "adapter", Merge: "merged"}[t.Stage]
		if kind == "" || t.Status.State != registry.Completed || listed(j, t, kind) {
			continue
		}
		run := path.Join(taskFolder(j, t.Index), "run")
		if err := l.fetch(ctx, j, path.Join(run, listFile)); err != nil {
			return err
		}
		text, err := os.ReadFile(filepath.Join(l.taskDir(j, t), "run", listFile))
		if errors.Is(err, fs.ErrNotExist) {
			continue // an older gorod queued it
		}
		if err != nil {
			return err
		}
		found := parseArtifacts(bytes.NewReader(text))
		for n := range found {
			found[n].Task, found[n].Path = t.Index, path.Join(run, found[n].Path)
		}
		if err := l.Registry.SetArtifacts(ctx, j.ID, t.Index, run+"/", found...); err != nil {
			return err
		}
		news = true
	}
	if !news {
		return nil
	}
	return l.refresh(ctx, j)
}

// listed reports whether artifacts of a kind were seen since a task ended.
func listed(j *registry.Job, t *registry.Task, kind string) bool {
	for _, a := range j.Artifacts {
		if a.Task == t.Index && a.Kind == kind && !a.Time.Before(t.Status.Time) {
			return true
		}
	}
	return false
}
