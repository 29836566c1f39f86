package deploy_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/llm-city/gorod/core/deploy"
)

func options(dir string) deploy.Options {
	return deploy.Options{Dir: dir, Language: "en", Go: "1.26.0", Version: "v1.2.3"}
}

func write(t *testing.T, o deploy.Options) deploy.Made {
	t.Helper()
	made, err := deploy.Write(o)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func text(t *testing.T, dir, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestWhatIsThereIsKept(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	mine := filepath.Join(dir, "experiment.yaml")
	if err := os.WriteFile(mine, []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	elsewhere := filepath.Join(t.TempDir(), "elsewhere")
	if err := os.Symlink(elsewhere, filepath.Join(dir, "gorod.yaml")); err != nil {
		t.Fatal(err)
	}
	first := write(t, options(dir))
	if !slices.Equal(first.Kept, []string{"gorod.yaml", "experiment.yaml"}) || text(t, dir, "experiment.yaml") != "mine" {
		t.Errorf("kept %q", first.Kept)
	}
	secrets := text(t, dir, "secrets.env")
	if second := write(t, options(dir)); len(second.Written) > 0 || len(second.Kept) != 10 {
		t.Errorf("a second time: %+v", second)
	}
	force := options(dir)
	force.Force = true
	if third := write(t, force); !slices.Equal(third.Kept, []string{"secrets.env"}) || text(t, dir, "secrets.env") != secrets || text(t, dir, "experiment.yaml") == "mine" {
		t.Errorf("by force: %+v", third)
	}
	if _, err := os.Stat(elsewhere); err == nil {
		t.Error("a link was followed out of the folder")
	}
	left, err := filepath.Glob(filepath.Join(dir, ".gorod-init-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %q, %v", left, err)
	}
}

func TestOnlyWhatIsAskedForIsWritten(t *testing.T) {
	t.Parallel()
	for only, want := range map[string]string{
		"slurm":      "README.md .gitignore slurm.sh",
		"systemd":    "README.md .gitignore gorod.service",
		"compose":    "README.md .gitignore gorod.yaml experiment.yaml Dockerfile .dockerignore compose.yaml secrets.env",
		"experiment": "README.md .gitignore gorod.yaml experiment.yaml",
	} {
		o := options(t.TempDir())
		o.Only = []string{only}
		if made := write(t, o); strings.Join(made.Written, " ") != want {
			t.Errorf("%s: %q", only, made.Written)
		}
	}
	for _, bad := range []deploy.Options{{Only: []string{"helm"}, Language: "en"}, {Language: "fr"}} {
		bad.Dir = filepath.Join(t.TempDir(), "new")
		if _, err := deploy.Write(bad); !errors.Is(err, deploy.ErrOptions) {
			t.Errorf("%+v: %v", bad, err)
		}
		if _, err := os.Stat(bad.Dir); err == nil {
			t.Error("a folder was made all the same")
		}
	}
}

func TestSecretsAreRandomAndNobodyElsesToRead(t *testing.T) {
	t.Parallel()
	a, b := t.TempDir(), t.TempDir()
	write(t, options(a))
	write(t, options(b))
	info, err := os.Stat(filepath.Join(a, "secrets.env"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	ours, theirs := variables(text(t, a, "secrets.env")), variables(text(t, b, "secrets.env"))
	for name, value := range ours {
		if len(value) < 26 || value == theirs[name] {
			t.Errorf("%s is %q in one folder, %q in another", name, value, theirs[name])
		}
	}
	if len(ours) != 9 || ours["DB_PASS"] != ours["POSTGRES_PASSWORD"] {
		t.Errorf("%d variables", len(ours))
	}
	if !strings.Contains(text(t, a, ".gitignore"), "/secrets.env\n") || strings.TrimSpace(strings.Split(text(t, a, ".dockerignore"), "\n")[1]) != "*" {
		t.Error("secrets reach the repository or the image")
	}
}

func variables(env string) map[string]string {
	out := map[string]string{}
	for line := range strings.Lines(env) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok && !strings.HasPrefix(line, "#") {
			out[name] = value
		}
	}
	return out
}

// service is what the tests look at of a service of compose.yaml.
type service struct {
	Image       string         `yaml:"image"`
	Build       string         `yaml:"build"`
	Ports       []string       `yaml:"ports"`
	Volumes     []string       `yaml:"volumes"`
	EnvFile     []string       `yaml:"env_file"`
	Environment map[string]any `yaml:"environment"`
	DependsOn   map[string]any `yaml:"depends_on"`
	Healthcheck map[string]any `yaml:"healthcheck"`
	Restart     string         `yaml:"restart"`
}

func TestTheComposeFileIsWhole(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, options(dir))
	var file struct {
		Services map[string]service `yaml:"services"`
		Volumes  map[string]any     `yaml:"volumes"`
	}
	if err := yaml.Unmarshal([]byte(text(t, dir, "compose.yaml")), &file); err != nil {
		t.Fatal(yaml.FormatError(err, false, true))
	}
	for _, name := range []string{"gorod", "panel", "ollama", "db", "redis", "migrate", "web", "sidekiq", "streaming"} {
		if _, there := file.Services[name]; !there {
			t.Errorf("no service %s", name)
		}
	}
	own := []string{"gorod", "panel", "migrate"} // they end, or have no client in their image
	for name, s := range file.Services {
		if s.Build == "" && !regexp.MustCompile(`:v?\d+\.\d+`).MatchString(s.Image) {
			t.Errorf("%s: image %q has no exact version", name, s.Image)
		}
		for _, port := range s.Ports {
			if !strings.HasPrefix(port, "127.0.0.1:") {
				t.Errorf("%s: port %s is open to others", name, port)
			}
		}
		for _, volume := range s.Volumes {
			from, _, _ := strings.Cut(volume, ":")
			if _, declared := file.Volumes[from]; !declared && !strings.HasPrefix(from, "./") {
				t.Errorf("%s: volume %s is not declared", name, from)
			}
		}
		for on := range s.DependsOn {
			if _, there := file.Services[on]; !there {
				t.Errorf("%s depends on %s, which is not there", name, on)
			}
		}
		if len(s.Healthcheck) == 0 && !slices.Contains(own, name) {
			t.Errorf("%s has no health check", name)
		}
		for key := range s.Environment {
			if regexp.MustCompile(`PASS|KEY|SECRET`).MatchString(key) {
				t.Errorf("%s: %s stands in the compose file", name, key)
			}
		}
	}
	for _, name := range []string{"db", "web", "sidekiq", "streaming", "migrate"} {
		if s := file.Services[name]; !slices.Equal(s.EnvFile, []string{"secrets.env"}) || len(s.Environment) == 0 {
			t.Errorf("%s: %+v", name, s)
		}
	}
}

func TestTheImageIsPinnedAndRunsAsNobodyInParticular(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, options(dir))
	docker := text(t, dir, "Dockerfile")
	froms := regexp.MustCompile(`(?m)^FROM (\S+)`).FindAllStringSubmatch(docker, -1)
	if len(froms) != 2 || froms[0][1] != "golang:1.26.0-bookworm" || froms[1][1] != "gcr.io/distroless/static-debian12:nonroot" {
		t.Errorf("%q", froms)
	}
	last := docker[strings.LastIndex(docker, "FROM"):]
	for _, want := range []string{"\nUSER 65532:65532\n", "\nENTRYPOINT [\"/usr/local/bin/gorod\"]\n", "--chown=65532:65532"} {
		if !strings.Contains(last, want) {
			t.Errorf("no %q", want)
		}
	}
	for _, want := range []string{"CGO_ENABLED=0", "ARG GOROD_VERSION=v1.2.3\n", "-trimpath"} {
		if !strings.Contains(docker, want) {
			t.Errorf("no %q", want)
		}
	}
	if regexp.MustCompile(`(?m)latest|^ADD |^RUN .*(sudo|curl)`).MatchString(docker) {
		t.Error("a tag that moves, or a download without a checksum")
	}
	unreleased := options(t.TempDir())
	unreleased.Version = ""
	write(t, unreleased)
	if docker := text(t, unreleased.Dir, "Dockerfile"); !strings.Contains(docker, "ARG GOROD_VERSION\n") || !strings.Contains(docker, "${GOROD_VERSION:?") {
		t.Error("the image of a gorod that is no release does not ask for one")
	}
}

func TestTheServiceIsHardened(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, options(dir))
	section, said := "", map[string]string{}
	for n, line := range strings.Split(text(t, dir, "gorod.service"), "\n") {
		key, value, pair := strings.Cut(line, "=")
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case regexp.MustCompile(`^\[\w+\]$`).MatchString(line):
			section = line
		case pair && section != "" && regexp.MustCompile(`^[A-Z]\w+$`).MatchString(key):
			said[key] = value
		default:
			t.Errorf("line %d: %q", n+1, line)
		}
	}
	for key, want := range map[string]string{"NoNewPrivileges": "yes", "ProtectSystem": "strict", "StateDirectory": "gorod", "DynamicUser": "yes",
		"WorkingDirectory": "/var/lib/gorod", "CapabilityBoundingSet": "", "WantedBy": "multi-user.target"} {
		if got, there := said[key]; !there || got != want {
			t.Errorf("%s=%s, want %q", key, got, want)
		}
	}
	if !strings.Contains(said["ExecStart"], "gorod serve") {
		t.Error(said["ExecStart"])
	}
}

func TestTheSlurmScriptIsBash(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, options(dir))
	if out, err := exec.CommandContext(t.Context(), "bash", "-n", filepath.Join(dir, "slurm.sh")).CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
	for _, went := range []struct {
		before func()
		want   string
	}{
		{func() {}, "run experiment.yaml --out runs/slurm-7"},
		{func() {
			if err := os.MkdirAll(filepath.Join(dir, "runs/slurm-7"), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, "runs/slurm-7/manifest.json"), nil, 0o644); err != nil {
				t.Fatal(err)
			}
		}, "run --resume runs/slurm-7"},
	} {
		went.before()
		bin := t.TempDir()
		if err := os.WriteFile(filepath.Join(bin, "gorod"), []byte("#!/bin/sh\necho \"$@\"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), "bash", filepath.Join(dir, "slurm.sh"))
		path, _ := os.LookupEnv("PATH")
		cmd.Env = []string{"PATH=" + bin + ":" + path, "SLURM_SUBMIT_DIR=" + dir, "SLURM_JOB_ID=7"}
		if out, err := cmd.CombinedOutput(); err != nil || strings.TrimSpace(string(out)) != went.want {
			t.Errorf("%v: %s", err, out)
		}
	}
}

func TestTheREADMETellsOfWhatIsThere(t *testing.T) {
	t.Parallel()
	for language, title := range map[string]string{"ru": "# Папка", "en": "# A folder"} {
		for _, part := range deploy.Parts() {
			o := options(t.TempDir())
			o.Language, o.Only = language, []string{part}
			made := write(t, o)
			readme := text(t, o.Dir, "README.md")
			if !strings.HasPrefix(readme, title) || strings.Contains(readme, "<no value>") || strings.Contains(readme, "{%") {
				t.Errorf("%s: %.80q", language, readme)
			}
			for _, mention := range []string{"experiment.yaml", "docker build", "compose", "gorod.service", "sbatch"} {
				if part == deploy.Systemd && mention != "gorod.service" && strings.Contains(readme, mention) {
					t.Errorf("%s tells of %s, which is not in %q", fmt.Sprint(part), mention, made.Written)
				}
			}
		}
	}
}
