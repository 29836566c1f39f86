package runner_test

import (
	"fmt"
	"os"
	"syscall"
	"testing"

	"github.com/llm-city/gorod/plugins/sdk"
)

// The test binary is every plugin of these tests: started as "plugin serve
// KIND/NAME" it becomes one. It is a process that can be killed, too.
func TestMain(m *testing.M) {
	if len(os.Args) > 3 && os.Args[1] == "plugin" {
		for _, p := range plugins() {
			if p.Info().ID() == os.Args[3] {
				sdk.Serve(p)
			}
		}
		syscall.Exit(0) // os.Exit sleeps for a second under the race detector
	}
	if dir := os.Getenv(childEnv); dir != "" {
		if err := goOnAsChild(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}
