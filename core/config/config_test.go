package config_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/config"
)

func load(t *testing.T, yaml string, env, flags map[string]string) (config.Settings, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "gorod.yaml")
	if err := os.WriteFile(file, []byte(yaml), 0o600); err != nil {
		t.Fatal(err)
	}
	return config.Load(file, func(name string) string { return env[name] }, flags)
}

func TestFlagsBeatEnvironmentBeatsFileBeatsDefaults(t *testing.T) {
	t.Parallel()
	file := "runs: from-file\nollama: http://file:1\nlog: {level: info}\n"
	env := map[string]string{"GOROD_OLLAMA": "http://env:2", "GOROD_LOG_LEVEL": "error", "GOROD_PLUGINS": "a,b"}
	got, err := load(t, file, env, map[string]string{"log.level": "debug", "runs": ""})
	if err != nil {
		t.Fatal(err)
	}
	want := config.Settings{
		Runs: "from-file", Plugins: []string{"a", "b"}, Log: config.Log{Level: "debug"}, Ollama: "http://env:2", Finetunes: "finetunes", Evals: "evals",
		Cluster: config.Cluster{Via: "commands", Time: time.Hour, CPUs: 1, Setup: []string{}, Env: []string{}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestSettingsOfAClusterComeFromEverywhere(t *testing.T) {
	t.Parallel()
	file := `cluster:
  via: ssh
  host: me@login
  time: 30m
  memory: 4
  setup: ["module load a,b", ". ~/.Keys"]
  env: [OMP_NUM_THREADS=2]
`
	env := map[string]string{"GOROD_CLUSTER_TIME": "2h", "GOROD_CLUSTER_ENV": "A=1,2\nB=x", "GOROD_CLUSTER_KNOWN_HOSTS": "/k"}
	got, err := load(t, file, env, map[string]string{"cluster.partition": "gpu", "cluster.time": "4h", "cluster.gpus": "2"})
	want := config.Cluster{
		Via: "ssh", Host: "me@login", KnownHosts: "/k", Partition: "gpu", Time: 4 * time.Hour, CPUs: 1, Memory: 4, GPUs: 2,
		Setup: []string{"module load a,b", ". ~/.Keys"}, Env: []string{"A=1,2", "B=x"},
	}
	if err != nil || !reflect.DeepEqual(got.Cluster, want) {
		t.Errorf("got %+v, want %+v (%v)", got.Cluster, want, err)
	}
	if _, err := load(t, file, nil, map[string]string{"cluster.partitoin": "gpu"}); err == nil || !strings.Contains(err.Error(), "partitoin") {
		t.Errorf("an unknown setting: %v", err)
	}
}

func TestDefaultsNeedNoFile(t *testing.T) {
	t.Chdir(t.TempDir())
	got, err := config.Load("", func(string) string { return "" }, nil)
	if err != nil || got.Runs != "runs" || got.Log.Level != "warn" || got.Ollama != "http://127.0.0.1:11434" {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestBadSettingsAreRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ yaml, says string }{
		"unknown key":    {"rnus: x\n", "rnus"},
		"wrong type":     {"log: 5\n", "log"},
		"malformed file": {"runs: [\n", "gorod.yaml"},
	} {
		if _, err := load(t, c.yaml, nil, nil); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want an error about %q", name, err, c.says)
		}
	}
	if _, err := config.Load(filepath.Join(t.TempDir(), "gone.yaml"), func(string) string { return "" }, nil); err == nil {
		t.Error("a settings file that was named and is missing was passed over")
	}
}
