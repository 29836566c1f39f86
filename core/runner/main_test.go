package runner_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/llm-city/gorod/core/runner/runnertest"
)

// The test binary is a process with a run that can be killed, too.
func TestMain(m *testing.M) {
	runnertest.Serve(os.Args)
	if dir := os.Getenv(childEnv); dir != "" {
		if err := goOnAsChild(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}
