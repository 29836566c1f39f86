// Command gorod runs experiments with societies of LLM agents.
package main

import (
	"os"

	"github.com/llm-city/gorod/cmd/cli"
)

// version is stamped by the linker.
var version = "dev"

func main() { os.Exit(cli.Main(cli.System(version))) }
