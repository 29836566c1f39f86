package deploy_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// service is what the tests look at of a service of compose.yaml. What it does not
// have is refused, so that no key is misspelt.
type service struct {
	Image       string         `yaml:"image"`
	Build       string         `yaml:"build"`
	Profiles    []string       `yaml:"profiles"`
	Command     []string       `yaml:"command"`
	Entrypoint  []string       `yaml:"entrypoint"`
	User        string         `yaml:"user"`
	ReadOnly    bool           `yaml:"read_only"`
	Tmpfs       []string       `yaml:"tmpfs"`
	CapDrop     []string       `yaml:"cap_drop"`
	CapAdd      []string       `yaml:"cap_add"`
	SecurityOpt []string       `yaml:"security_opt"`
	ShmSize     string         `yaml:"shm_size"`
	Networks    []string       `yaml:"networks"`
	Ports       []string       `yaml:"ports"`
	Volumes     []string       `yaml:"volumes"`
	EnvFile     []string       `yaml:"env_file"`
	Environment map[string]any `yaml:"environment"`
	DependsOn   map[string]struct {
		Condition string `yaml:"condition"`
	} `yaml:"depends_on"`
	Healthcheck *struct {
		Test        []string `yaml:"test"`
		Interval    string   `yaml:"interval"`
		Timeout     string   `yaml:"timeout"`
		Retries     int      `yaml:"retries"`
		StartPeriod string   `yaml:"start_period"`
	} `yaml:"healthcheck"`
	Restart string `yaml:"restart"`
}

type composeFile struct {
	Name     string `yaml:"name"`
	Gorod    any    `yaml:"x-gorod"`
	Mastodon any    `yaml:"x-mastodon"`
	Services map[string]service
	Networks map[string]struct {
		Internal bool `yaml:"internal"`
	}
	Volumes map[string]any
}

func compose(t *testing.T, dir string) (file composeFile) {
	t.Helper()
	// A key that is merged in may be given anew.
	if err := yaml.UnmarshalWithOptions([]byte(text(t, dir, "compose.yaml")), &file, yaml.DisallowUnknownField(), yaml.AllowDuplicateMapKey()); err != nil {
		t.Fatal(yaml.FormatError(err, false, true))
	}
	return file
}

func TestTheComposeFileIsWhole(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	made := write(t, options(dir))
	file := compose(t, dir)
	if len(file.Services) != 10 {
		t.Errorf("%d services", len(file.Services))
	}
	ends := []string{"gorod", "migrate", "accounts"}
	for name, s := range file.Services {
		for _, volume := range s.Volumes {
			from, _, _ := strings.Cut(volume, ":")
			_, declared := file.Volumes[from]
			if written, here := strings.CutPrefix(from, "./"); !declared && (!here || !slices.Contains(made.Written, written)) {
				t.Errorf("%s: volume %s is not declared, or not written", name, from)
			}
		}
		for on, how := range s.DependsOn {
			want := "service_healthy"
			if slices.Contains(ends, on) {
				want = "service_completed_successfully"
			}
			if _, there := file.Services[on]; !there || how.Condition != want {
				t.Errorf("%s depends on %s: %s", name, on, how.Condition)
			}
		}
		for _, network := range s.Networks {
			if _, there := file.Networks[network]; !there {
				t.Errorf("%s: no network %s", name, network)
			}
		}
		h := s.Healthcheck
		if (h == nil) != slices.Contains(ends, name) || h != nil && (h.Interval == "" || h.Timeout == "" || h.Retries == 0) {
			t.Errorf("%s: health check %+v", name, h)
		}
	}
}

func TestWhatComposeStartsIsPinnedAndShutIn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, options(dir))
	file := compose(t, dir)
	for name, s := range file.Services {
		if s.Build == "" && !regexp.MustCompile(`:v?\d+\.\d+`).MatchString(s.Image) {
			t.Errorf("%s: image %q has no exact version", name, s.Image)
		}
		for _, port := range s.Ports {
			if !strings.HasPrefix(port, "127.0.0.1:") {
				t.Errorf("%s: port %s is open to others", name, port)
			}
		}
		for key := range s.Environment {
			if regexp.MustCompile(`PASS|KEY|SECRET`).MatchString(key) {
				t.Errorf("%s: %s stands in the compose file", name, key)
			}
		}
		if !slices.Contains(s.SecurityOpt, "no-new-privileges:true") {
			t.Errorf("%s may gain privileges", name)
		}
	}
	for _, name := range []string{"gorod", "panel"} {
		if s := file.Services[name]; s.User != "65532:65532" || !s.ReadOnly || !slices.Equal(s.CapDrop, []string{"ALL"}) || len(s.CapAdd) > 0 {
			t.Errorf("%s: %+v", name, s)
		}
	}
	for _, name := range []string{"db", "redis"} {
		if s := file.Services[name]; !slices.Equal(s.Networks, []string{"data"}) || len(s.Ports) > 0 || !file.Networks["data"].Internal {
			t.Errorf("%s can be reached from elsewhere: %+v", name, s)
		}
	}
	for _, name := range []string{"db", "web", "sidekiq", "streaming", "migrate", "accounts"} {
		if s := file.Services[name]; !slices.Equal(s.EnvFile, []string{"secrets.env"}) || len(s.Environment) == 0 {
			t.Errorf("%s: %+v", name, s)
		}
	}
}

// The server's API is that of the client that is built in.
func TestOllamaIsOfTheVersionThatTheClientIsOf(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, options(dir))
	module := text(t, "../..", "go.mod")
	client := regexp.MustCompile(`github.com/ollama/ollama v(\S+)`).FindStringSubmatch(module)
	if image := compose(t, dir).Services["ollama"].Image; client == nil || image != "ollama/ollama:"+client[1] {
		t.Errorf("%s, client %q", image, client)
	}
}
