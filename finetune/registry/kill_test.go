package registry_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/sqlite"
	"github.com/llm-city/gorod/finetune/registry"
)

// childEnv makes the test binary a process that writes into the registry at the
// path it holds.
const childEnv = "GOROD_TEST_REGISTRY"

func TestMain(m *testing.M) {
	path := os.Getenv(childEnv)
	if path == "" {
		os.Exit(m.Run())
	}
	if err := writeForever(context.Background(), path); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// writeForever adds jobs, each with states, and prints how many there are.
func writeForever(ctx context.Context, path string) error {
	r, err := registry.Open(ctx, path, registry.Options{})
	if err != nil {
		return err
	}
	for n := 1; ; n++ {
		id, err := r.NewID()
		if err != nil {
			return err
		}
		if err := r.Add(ctx, id, entry("mine", 3)); err != nil {
			return err
		}
		for _, s := range []registry.State{registry.Pending, registry.Running, registry.Completed} {
			if _, err := r.SetState(ctx, id, first, registry.Change{State: s}); err != nil {
				return err
			}
		}
		fmt.Println(n)
	}
}

func TestAKilledProcessLosesNothingThatItWrote(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "finetune.db")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	written := 0
	for range 8 {
		cmd := exec.CommandContext(t.Context(), self)
		cmd.Env = append(os.Environ(), childEnv+"="+path)
		cmd.Stderr = t.Output()
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		said := bufio.NewScanner(out)
		acknowledged := 0
		for range 1 + random.IntN(5) {
			if !said.Scan() {
				t.Fatalf("the child ended by itself: %v", cmd.Wait())
			}
			acknowledged, _ = strconv.Atoi(said.Text())
		}
		<-time.After(time.Duration(random.IntN(4000)) * time.Microsecond) // any moment of a commit
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		for said.Scan() {
			acknowledged, _ = strconv.Atoi(said.Text())
		}
		_ = cmd.Wait()
		written += acknowledged
		checkWhole(t, path, written)
	}
}

// checkWhole checks that no job is half there.
func checkWhole(t *testing.T, path string, least int) {
	t.Helper()
	r := open(t, path)
	defer r.Close()
	all, err := r.List(t.Context(), registry.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	done := 0
	for _, j := range all {
		if len(j.Tasks) != 4 || j.Tasks[0].Label == "" {
			t.Fatalf("half a job: %+v", j)
		}
		if j.Tasks[0].Status.State == registry.Completed {
			done++
		}
	}
	if done < least {
		t.Fatalf("%d jobs were written, %d are there", least, done)
	}
	db, err := sqlite.Open(t.Context(), path, sqlite.Options{Version: registry.Format, ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var verdict string
	if err := db.QueryRowContext(t.Context(), "PRAGMA integrity_check").Scan(&verdict); err != nil || verdict != "ok" {
		t.Fatalf("integrity check: %q (%v)", verdict, err)
	}
}
