package runner_test

import (
	"os"
	"syscall"
	"testing"

	"github.com/llm-city/gorod/plugins/sdk"
)

// The test binary is every plugin of these tests: started as "plugin serve
// KIND/NAME" it becomes one.
func TestMain(m *testing.M) {
	if len(os.Args) > 3 && os.Args[1] == "plugin" {
		for _, p := range plugins() {
			if p.Info().ID() == os.Args[3] {
				sdk.Serve(p)
			}
		}
		syscall.Exit(0) // os.Exit sleeps for a second under the race detector
	}
	os.Exit(m.Run())
}
