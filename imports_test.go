package gorod_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/llm-city/gorod/"

// adapters are the vendor clients, each with the only packages that may import
// it.
var adapters = map[string][]string{
	"github.com/spf13/cobra":                {"cmd/cli"},
	"github.com/spf13/viper":                {"core/config"},
	"github.com/hashicorp/go-plugin":        {"core/host", "plugins/sdk"},
	"github.com/sashabaranov/go-openai":     {"core/llm/openai"},
	"github.com/ollama/ollama":              {"core/llm/ollama", "core/llm/ollamatest", "finetune/export/gguf", "finetune/export/template"},
	"github.com/parquet-go/parquet-go":      {"core/parquet", "core/parquet/parquettest"},
	"github.com/goccy/go-yaml":              {"core/spec"},
	"github.com/santhosh-tekuri/jsonschema": {"core/schema"},
	"github.com/kljensen/snowball":          {"plugins/text"},
	"github.com/knights-analytics/hugot":    {"plugins/sentiment/encoder"},
	"github.com/gomlx/gomlx":                {"plugins/sentiment/encoder"},
	"github.com/go-echarts/go-echarts":      {"eval/report", "eval/report/evaluation"},
	"golang.org/x/image":                    {"eval/report/internal/figure"},
	"github.com/gotd/td":                    {"dataset/telegram/live", "dataset/telegram/live/fakeserver"},
	"github.com/vbauerster/mpb":             {"cmd/cli"},
	"github.com/mattn/go-mastodon":          {"core/social/mastodon", "core/social/gotosocialtest"},
	"github.com/coder/websocket":            {"core/social/api", "core/social/mastodon"},
	"modernc.org/sqlite":                    {"core/sqlite"},
	"go.opentelemetry.io":                   {"core/telemetry"},
	"github.com/pkg/sftp":                   {"core/cluster/slurm/remote"},
	"golang.org/x/crypto/ssh":               {"core/cluster/slurm/remote", "core/cluster/slurm/slurmtest"},
}

// layers may import only themselves and the layers named; "core" stands for the
// core packages other than runner.
func forbidden(from, to string) bool {
	top := func(p string) string { return strings.SplitN(p, "/", 2)[0] }
	switch {
	case strings.HasPrefix(from, "plugins/"):
		return !strings.HasPrefix(to, "plugins/")
	case from == "core/runner" || strings.HasPrefix(from, "core/runner/"):
		return !strings.HasPrefix(to, "core/") && !strings.HasPrefix(to, "plugins/")
	case strings.HasPrefix(from, "core/"):
		return to == "core/runner" || (top(to) != "core" && !strings.HasPrefix(to, "plugins/sdk") && !strings.HasPrefix(to, "plugins/proto") && to != "plugins/text")
	case strings.HasPrefix(from, "eval/"), strings.HasPrefix(from, "dataset/"), strings.HasPrefix(from, "finetune/"):
		return top(to) != top(from) && top(to) != "core" && top(to) != "plugins" // they meet in files
	}
	return false
}

type listed struct {
	ImportPath string
	Imports    []string
	Deps       []string
}

func list(t *testing.T) []listed {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps=false", "-json=ImportPath,Imports,Deps", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []listed
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func TestImportsFlowOneWay(t *testing.T) {
	t.Parallel()
	for _, p := range list(t) {
		from := strings.TrimPrefix(p.ImportPath, module)
		for _, imported := range p.Imports {
			if to, ours := strings.CutPrefix(imported, module); ours && forbidden(from, to) {
				t.Errorf("%s imports %s", from, to)
			}
			for vendor, adapters := range adapters {
				if (imported == vendor || strings.HasPrefix(imported, vendor+"/")) && !slices.Contains(adapters, from) {
					t.Errorf("%s imports %s, which only %v may", from, imported, adapters)
				}
			}
		}
	}
}

// What plugin authors compile must stay small.
func TestTheSDKPullsInNothingOfTheCore(t *testing.T) {
	t.Parallel()
	for _, p := range list(t) {
		if p.ImportPath != module+"plugins/sdk" {
			continue
		}
		for _, dep := range p.Deps {
			for _, heavy := range []string{module + "core/", "modernc.org/", "github.com/spf13/", "github.com/parquet-go/"} {
				if strings.HasPrefix(dep, heavy) {
					t.Errorf("plugins/sdk depends on %s", dep)
				}
			}
		}
		return
	}
	t.Error("plugins/sdk is not there")
}
