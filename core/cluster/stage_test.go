package cluster_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/llm-city/gorod/core/cluster"
)

func write(t *testing.T, name string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func noise(n int) []byte {
	data := make([]byte, n)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range data {
		data[i] = byte(r.Uint32())
	}
	return data
}

func stage(t *testing.T, fsys cluster.FS, dir string, files ...cluster.File) cluster.Transfer {
	t.Helper()
	done, err := cluster.Compose(nil, fsys, cluster.Options{}).Stage(t.Context(), dir, files)
	if err != nil {
		t.Fatal(err)
	}
	return done
}

func TestOnlyWhatChangedIsStaged(t *testing.T) {
	t.Parallel()
	from, to, disk := t.TempDir(), t.TempDir(), &flaky{}
	for n := range 3 {
		write(t, filepath.Join(from, "sub", fmt.Sprintf("%d.txt", n)), fmt.Appendf(nil, "файл %d", n))
	}
	files := cluster.File{From: from, To: "data"}
	if done := stage(t, disk, to, files); done.Files != 3 || done.Changed != 3 {
		t.Errorf("first: %+v", done)
	}
	if done := stage(t, disk, to, files); done.Files != 3 || done.Changed != 0 || done.Bytes != 0 || disk.hashes.Load() != 0 {
		t.Errorf("again: %+v, %d read back", done, disk.hashes.Load())
	}
	write(t, filepath.Join(from, "sub/1.txt"), []byte("файл X"))
	if done := stage(t, disk, to, files); done.Changed != 1 {
		t.Errorf("after a change of the same size: %+v", done)
	}
	target := filepath.Join(to, "data/sub/2.txt")
	write(t, target, []byte("spoilt!"))
	if err := os.Chtimes(target, time.Now(), time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if done := stage(t, disk, to, files); done.Changed != 1 {
		t.Errorf("after somebody spoilt a file there: %+v", done)
	}
	if err := os.RemoveAll(filepath.Join(to, ".gorod")); err != nil {
		t.Fatal(err)
	}
	if done := stage(t, disk, to, files); done.Changed != 0 {
		t.Errorf("without the manifest: %+v", done)
	}
	if got, _ := os.ReadFile(target); string(got) != "файл 2" {
		t.Errorf("arrived %q", got)
	}
}

func TestACutUploadIsResumedAndProved(t *testing.T) {
	t.Parallel()
	const chunk = 4 << 20
	data := noise(3*chunk + 17)
	for _, after := range []int64{0, 100, chunk, 2*chunk + 5, 3 * chunk, int64(len(data)) - 1} {
		synctest.Test(t, func(t *testing.T) {
			from, to := filepath.Join(t.TempDir(), "model"), t.TempDir()
			write(t, from, data)
			disk := &flaky{cut: errCut}
			disk.left.Store(after)
			done := stage(t, disk, to, cluster.File{From: from, To: "model"})
			if got, _ := os.ReadFile(filepath.Join(to, "model")); !bytes.Equal(got, data) {
				t.Errorf("after %d: something else arrived", after)
			}
			if want := max(0, (after-1)/chunk*chunk); done.Resumed != want || done.Changed != 1 {
				t.Errorf("after %d: %+v, want %d resumed", after, done, want)
			}
		})
	}
}

func TestAPartThatIsSpoiltIsNotUsed(t *testing.T) {
	t.Parallel()
	data := noise(9 << 20)
	from, to := filepath.Join(t.TempDir(), "model"), t.TempDir()
	write(t, from, data)
	disk := &flaky{cut: syscall.EDQUOT}
	disk.left.Store(6<<20 + 5)
	c := cluster.Compose(nil, disk, cluster.Options{})
	files := []cluster.File{{From: from, To: "model"}}
	if _, err := c.Stage(t.Context(), to, files); !cluster.IsKind(err, cluster.NoSpace) {
		t.Errorf("a quota that is reached: %v", err)
	}
	if _, err := os.Stat(filepath.Join(to, "model")); err == nil {
		t.Error("half a file took the place of the file")
	}
	parts, _ := filepath.Glob(filepath.Join(to, "model.part-*"))
	if len(parts) != 1 {
		t.Fatalf("parts %v", parts)
	}
	write(t, parts[0], make([]byte, 6<<20))
	if _, err := c.Stage(t.Context(), to, files); err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(filepath.Join(to, "model")); !bytes.Equal(got, data) {
		t.Error("the spoilt part was used")
	}
}

func TestACancelledStageStops(t *testing.T) {
	t.Parallel()
	from := filepath.Join(t.TempDir(), "model")
	write(t, from, noise(100))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := cluster.Compose(nil, cluster.Disk{}, cluster.Options{}).Stage(ctx, t.TempDir(), []cluster.File{{From: from, To: "m"}}); err == nil {
		t.Error("it went on")
	}
}

func TestFetchBringsWhatChanged(t *testing.T) {
	t.Parallel()
	there, here := t.TempDir(), t.TempDir()
	write(t, filepath.Join(there, "run/adapter/model.bin"), noise(2<<20))
	write(t, filepath.Join(there, "run/report.json"), []byte("{}"))
	write(t, filepath.Join(there, "other"), []byte("stays"))
	if err := os.Symlink("/etc/passwd", filepath.Join(there, "run/link")); err != nil {
		t.Fatal(err)
	}
	c := cluster.Compose(nil, cluster.Disk{}, cluster.Options{})
	first, err := c.Fetch(t.Context(), there, []string{"run"}, here)
	if err != nil || first.Changed != 2 {
		t.Fatalf("%+v, %v", first, err)
	}
	write(t, filepath.Join(there, "run/report.json"), []byte("[]"))
	if err := os.Chtimes(filepath.Join(there, "run/report.json"), time.Now(), time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if again, err := c.Fetch(t.Context(), there, []string{"run"}, here); err != nil || again.Changed != 1 || again.Files != 2 {
		t.Errorf("%+v, %v", again, err)
	}
	if got, _ := os.ReadFile(filepath.Join(here, "run/report.json")); string(got) != "[]" {
		t.Errorf("fetched %q", got)
	}
	for _, name := range []string{"run/link", "other"} {
		if _, err := os.Lstat(filepath.Join(here, name)); err == nil {
			t.Errorf("%s was fetched", name)
		}
	}
	if _, err := c.Fetch(t.Context(), there, []string{"../x"}, here); !cluster.IsKind(err, cluster.Rejected) {
		t.Errorf("a path that leaves the folder: %v", err)
	}
	if _, err := c.Fetch(t.Context(), there, []string{"absent"}, here); !cluster.IsKind(err, cluster.NotFound) {
		t.Errorf("a path that is not there: %v", err)
	}
}
