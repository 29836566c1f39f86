package host_test

import (
	"bufio"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/host"
	"github.com/llm-city/gorod/plugins/sdk/conformance"
)

const actAsHost = "GOROD_TEST_ACT_AS_HOST"

// TestActAsHost is not a test: it is the host that TestNoOrphans kills.
func TestActAsHost(t *testing.T) {
	if os.Getenv(actAsHost) == "" {
		return
	}
	for _, ref := range []string{"memory/diary", "planner/parrot"} {
		i, err := host.Start(t.Context(), host.Options{
			Entry: find(t, ref), Host: &conformance.Host{}, Now: time.Now, Log: slog.New(slog.DiscardHandler),
		})
		if err != nil {
			t.Fatal(err)
		}
		fmt.Println("plugin", i.PID())
	}
	fmt.Println("ready")
	select {}
}

func TestNoPluginOutlivesAKilledHost(t *testing.T) {
	t.Parallel()
	cmd := exec.CommandContext(t.Context(), self(t), "-test.run=^TestActAsHost$", "-test.v")
	cmd.Env = append(os.Environ(), actAsHost+"=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var pids []int
	for lines := bufio.NewScanner(out); lines.Scan() && lines.Text() != "ready"; {
		if pid, ok := strings.CutPrefix(lines.Text(), "plugin "); ok {
			n, err := strconv.Atoi(pid)
			if err != nil {
				t.Fatal(err)
			}
			pids = append(pids, n)
		}
	}
	if len(pids) != 2 || !alive(pids[0]) || !alive(pids[1]) {
		t.Fatalf("plugins %v", pids)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	for end := time.Now().Add(5 * time.Second); alive(pids[0]) || alive(pids[1]); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("of the plugins %v one lives on", pids)
		}
	}
}
