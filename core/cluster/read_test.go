package cluster_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/llm-city/gorod/core/cluster"
)

func TestPartsOfAFileAreRead(t *testing.T) {
	t.Parallel()
	c := cluster.Compose(&scripted{}, cluster.Disk{}, cluster.Options{})
	name := filepath.Join(t.TempDir(), "metrics.jsonl")
	if data, size, err := c.Read(t.Context(), name, 7, 10); len(data) != 0 || size != 0 || err != nil {
		t.Errorf("none yet: %q, %d, %v", data, size, err)
	}
	if err := os.WriteFile(name, []byte("0123456789"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c2 := range []struct {
		offset int64
		limit  int
		want   string
	}{{0, 4, "0123"}, {4, 100, "456789"}, {10, 4, ""}, {99, 4, ""}} {
		if data, size, err := c.Read(t.Context(), name, c2.offset, c2.limit); string(data) != c2.want || size != 10 || err != nil {
			t.Errorf("%+v: %q, %d, %v", c2, data, size, err)
		}
	}
	if _, _, err := c.Read(t.Context(), filepath.Dir(name), 0, 4); err == nil {
		t.Error("a folder was read")
	}
}
