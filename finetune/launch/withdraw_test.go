package launch_test

import (
	"path/filepath"
	"testing"

	"github.com/llm-city/gorod/finetune/registry"
)

func TestAJobThatWasNeverQueuedIsCancelledAndNotLeftWaiting(t *testing.T) {
	t.Parallel()
	l := newSite(t, "local", "").open(t)
	id, err := l.Registry.NewID()
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Registry.Add(t.Context(), id, registry.Entry{
		Name: "asya", Job: []byte("{}"), Cluster: registry.Cluster{Kind: "local", Dir: filepath.Join(l.Dir, "asya-"+id)},
		Tasks: []registry.Task{{Ref: registry.Ref{Stage: registry.Train}}},
	}); err != nil {
		t.Fatal(err)
	}
	j, err := l.Registry.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Cancel(t.Context(), j); err != nil || j.State() != registry.Cancelled {
		t.Errorf("%v, %s", err, j.State())
	}
}
