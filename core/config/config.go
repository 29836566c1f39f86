// Package config is the settings of a machine and its user, as opposed to those
// of an experiment: flags > environment (GOROD_*) > gorod.yaml > defaults. It
// is the only place that knows viper.
package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/viper"
)

// Settings are gorod's settings.
type Settings struct {
	Runs    string   `mapstructure:"runs"`    // folder of run directories
	Plugins []string `mapstructure:"plugins"` // folders of external plugins
	Log     Log      `mapstructure:"log"`
	Ollama  string   `mapstructure:"ollama"` // base URL of the Ollama that `gorod model` asks
	// Finetunes is the folder of fine-tunings and of their registry.
	Finetunes string `mapstructure:"finetunes"`
}

// Log says what is logged and where.
type Log struct {
	Dir   string `mapstructure:"dir"`   // folder of daily log files; empty for none
	Level string `mapstructure:"level"` // debug, info, warn or error
}

// DefaultFile is read where no settings file is named.
const DefaultFile = "gorod.yaml"

// Load reads file (or gorod.yaml, if it exists, where file is empty), lets the
// environment override it, and non-empty flags the environment. Unknown keys
// are errors.
func Load(file string, getenv func(string) string, flags map[string]string) (Settings, error) {
	v := viper.New()
	v.SetConfigType("yaml")
	for key, value := range defaults() {
		v.SetDefault(key, value)
	}
	if err := read(v, file); err != nil {
		return Settings{}, err
	}
	for key := range defaults() {
		if value := getenv(envName(key)); value != "" {
			v.Set(key, value)
		}
	}
	for key, value := range flags {
		if value != "" {
			v.Set(key, value)
		}
	}
	var s Settings
	if err := v.UnmarshalExact(&s); err != nil {
		return Settings{}, fmt.Errorf("settings: %w", err)
	}
	return s, nil
}

func defaults() map[string]any {
	return map[string]any{
		"runs":      "runs",
		"plugins":   []string{"plugins.d"},
		"log.dir":   "",
		"log.level": "warn",
		"ollama":    "http://127.0.0.1:11434",
		"finetunes": "finetunes",
	}
}

// envName is the variable of a setting: log.level is GOROD_LOG_LEVEL.
func envName(key string) string {
	return "GOROD_" + strings.ToUpper(strings.ReplaceAll(key, ".", "_"))
}

func read(v *viper.Viper, file string) error {
	optional := file == ""
	if optional {
		file = DefaultFile
	}
	f, err := os.Open(file)
	if optional && errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("settings: %w", err)
	}
	defer f.Close()
	if err := v.ReadConfig(f); err != nil {
		return fmt.Errorf("settings: %s: %w", file, err)
	}
	return nil
}
