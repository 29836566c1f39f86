package config_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

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
	want := config.Settings{Runs: "from-file", Plugins: []string{"a", "b"}, Log: config.Log{Level: "debug"}, Ollama: "http://env:2", Finetunes: "finetunes"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
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
