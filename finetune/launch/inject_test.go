package launch_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/llm-city/gorod/finetune/registry"
)

// Folders, interpreters and variables come out of files of others.
func TestWhatAJobNamesIsNoShell(t *testing.T) {
	t.Parallel()
	const odd = `a 'b' "c" $(touch pwned) ` + "`touch pwned`" + ` ;touch pwned; Ё*?~[1]`
	inner := site{filepath.Join(t.TempDir(), odd)}
	inner.put(t, "data/messages/train.jsonl", `{"messages":[]}`+"\n")
	inner.put(t, "python", strings.Replace(standIn, "stage=$3", `[ "$ODD" = "$(cat "odd-$GOROD_TASK")" ]; stage=$3`, 1))
	if err := os.Chmod(filepath.Join(inner.dir, "python"), 0o755); err != nil {
		t.Fatal(err)
	}
	quoted := strings.ReplaceAll(odd, "'", "''")
	inner.put(t, "job.yaml", `apiVersion: gorod/v1
kind: Finetune
name: asya
base: {model: Qwen/Qwen2.5-0.5B-Instruct}
dataset: {path: data}
resources: {gpus: 0, cpus: 1, memory: 1, time: 10m, partition: gpu, account: lab, constraint: 'a100|$(touch pwned)'}
notify: {command: 'true'}
cluster: {kind: local, python: '`+strings.ReplaceAll(inner.dir, "'", "''")+`/python', env: {ODD: '`+quoted+`'}, setup: ['printf %s "$ODD" > "odd-$GOROD_TASK"']}
sweep: {method.rank: [4, 8], export.system: ['`+quoted+`']}
`)
	l := inner.open(t)
	j := inner.end(t, l, inner.submit(t, l))
	if j.State() != registry.Completed {
		log, _ := os.ReadFile(j.Tasks[0].Output)
		t.Errorf("%s: %+v: %s", j.State(), j.Tasks[0], log)
	}
	err := filepath.WalkDir(filepath.Dir(inner.dir), func(at string, d os.DirEntry, err error) error {
		if err == nil && d.Name() == "pwned" {
			t.Errorf("%s was made", at)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
