package cli

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// finding is one thing that the doctor looked for.
type finding struct {
	Name     string `json:"name"`
	Found    bool   `json:"found"`
	Detail   string `json:"detail"`
	Advice   string `json:"advice,omitempty"`
	Required bool   `json:"required"`
}

func doctorCommand(s *State) *cobra.Command {
	return &cobra.Command{
		Use:   "doctor [EXPERIMENT…]",
		Short: "Say what this machine has for gorod, and how to get what is missing",
		Long: "Say what this machine has for gorod, and how to get what is missing.\n" +
			"Of an experiment whose residents live on a Mastodon server too, it says whether the server and their accounts are right.",
		RunE: func(cmd *cobra.Command, files []string) error { return doctor(cmd.Context(), s, files) },
	}
}

func doctor(ctx context.Context, s *State, files []string) error {
	findings := []finding{
		{Name: "machine", Found: true, Detail: fmt.Sprintf("%s/%s, %s", runtime.GOOS, runtime.GOARCH, plural(runtime.NumCPU(), "processor", "processors"))},
		s.seeRuns(), s.seePlugins(), s.seeOllama(ctx),
		program("Slurm", "jobs on a cluster", "apt-get install slurm-client, or log in to the cluster", "sbatch"),
		program("Chromium", "screenshots of reports", "apt-get install chromium", "chromium", "chromium-browser", "google-chrome"),
		program("LaTeX", "papers with the report's tables", "apt-get install texlive-latex-recommended", "pdflatex", "tectonic"),
	}
	missing := 0
	for _, f := range findings {
		if f.Required && !f.Found {
			missing++
		}
		s.found(f)
	}
	unready, err := s.seeServers(ctx, files)
	switch {
	case err != nil:
		return err
	case missing > 0:
		return fmt.Errorf("%s that gorod cannot work without", plural(missing, "thing is missing", "things are missing"))
	case unready > 0:
		return notReady(unready)
	}
	return nil
}

func (s *State) found(f finding) {
	if s.json {
		s.printJSON(f)
		return
	}
	mark := "ok     "
	if !f.Found {
		mark = "missing"
	}
	fmt.Fprintf(s.Stdout, "%s  %-10s %s\n", mark, f.Name, f.Detail)
	if f.Advice != "" && !f.Found {
		fmt.Fprintf(s.Stdout, "%20s %s\n", "", f.Advice)
	}
}

// seeRuns checks that the folder of runs can be written.
func (s *State) seeRuns() finding {
	f := finding{Name: "runs", Detail: s.settings.Runs, Required: true}
	err := os.MkdirAll(s.settings.Runs, 0o755)
	if err == nil {
		var probe *os.File
		if probe, err = os.CreateTemp(s.settings.Runs, ".doctor-*"); err == nil {
			probe.Close()
			err = os.Remove(probe.Name())
		}
	}
	f.Found = err == nil
	if err != nil {
		f.Detail, f.Advice = err.Error(), "make it writable, or name another with `runs:` in gorod.yaml or GOROD_RUNS"
	}
	return f
}

func (s *State) seePlugins() finding {
	builtins, externals := 0, 0
	entries, err := s.catalog().List()
	for _, e := range entries {
		if e.Builtin {
			builtins++
		} else {
			externals++
		}
	}
	f := finding{Name: "plugins", Found: err == nil, Detail: fmt.Sprintf("%d built in, %d in %s", builtins, externals,
		strings.Join(s.settings.Plugins, ", "))}
	if err != nil {
		f.Advice = err.Error()
	}
	return f
}

func (s *State) seeOllama(ctx context.Context) finding {
	server := s.settings.Ollama
	if u, err := url.Parse(server); err == nil {
		server = u.Redacted()
	}
	f := finding{Name: "Ollama", Advice: "install it from ollama.com and start it with `ollama serve`; until then use `provider: reference`"}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.settings.Ollama+"/api/version", nil)
	if err != nil {
		f.Detail = "no URL: " + server
		return f
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		f.Detail = "nobody answers at " + server
		return f
	}
	resp.Body.Close()
	f.Found, f.Detail = resp.StatusCode == http.StatusOK, server+" answers "+resp.Status
	return f
}

// program looks for the first of some programs that is on the path.
func program(name, use, advice string, names ...string) finding {
	for _, n := range names {
		if path, err := exec.LookPath(n); err == nil {
			return finding{Name: name, Found: true, Detail: path}
		}
	}
	return finding{Name: name, Detail: "for " + use + " (optional)", Advice: advice}
}
