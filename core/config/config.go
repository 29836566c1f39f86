// Package config is the settings of a machine and its user, as opposed to those
// of an experiment: flags > environment (GOROD_*) > gorod.yaml > defaults. It
// is the only place that knows viper.
package config

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

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
	// Evals is the folder of evaluations.
	Evals string `mapstructure:"evals"`
	// Cluster is where `gorod run --on` runs a study.
	Cluster Cluster `mapstructure:"cluster"`
	// Telemetry is where traces of runs go.
	Telemetry Telemetry `mapstructure:"telemetry"`
}

// Telemetry says which OpenTelemetry collector takes traces.
type Telemetry struct {
	Endpoint string `mapstructure:"endpoint"` // base URL of OTLP over HTTP; the variables OTEL_… where empty
}

// Cluster says how a cluster is reached and what each run gets there. Numbers
// that are 0 and empty texts leave it to the cluster.
type Cluster struct {
	Via        string `mapstructure:"via"`         // commands, ssh or rest
	Host       string `mapstructure:"host"`        // user@host[:port] for ssh, a URL or unix:/path for rest
	Identity   string `mapstructure:"identity"`    // private key for ssh; those of ~/.ssh where empty
	KnownHosts string `mapstructure:"known_hosts"` // for ssh; ~/.ssh/known_hosts where empty
	Dir        string `mapstructure:"dir"`         // folder there that studies are staged into; empty where nodes see the folder of runs
	Gorod      string `mapstructure:"gorod"`       // path of gorod there; it is brought there where empty

	Partition  string        `mapstructure:"partition"`
	Account    string        `mapstructure:"account"`
	Constraint string        `mapstructure:"constraint"`
	Time       time.Duration `mapstructure:"time"` // limit, at which a run stops and is queued again
	CPUs       int           `mapstructure:"cpus"`
	Memory     int           `mapstructure:"memory"` // GB
	GPUs       int           `mapstructure:"gpus"`
	Parallel   int           `mapstructure:"parallel"` // runs at once; 0 is as many as fit

	Setup []string `mapstructure:"setup"` // lines of shell before a run
	Env   []string `mapstructure:"env"`   // NAME=value; no secrets, for it stands in the job's script
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
			set(v, key, value)
		}
	}
	for key, value := range flags {
		if value != "" {
			set(v, key, value)
		}
	}
	if err := unknown(v.AllKeys()); err != nil {
		return Settings{}, err
	}
	var s Settings
	if err := v.UnmarshalExact(&s); err != nil {
		_, why, _ := strings.Cut(err.Error(), "\n\n") // what comes before it names no setting
		return Settings{}, fmt.Errorf("settings: %s", cmp.Or(strings.ReplaceAll(strings.TrimSpace(why), "\n", "; "), err.Error()))
	}
	return s, nil
}

// unknown is an error where a setting is none of those that there are.
func unknown(keys []string) error {
	known := slices.Sorted(maps.Keys(defaults()))
	for _, key := range slices.Sorted(slices.Values(keys)) {
		if !slices.Contains(known, key) {
			return fmt.Errorf("settings: unknown %q; known: %s", key, strings.Join(known, ", "))
		}
	}
	return nil
}

func defaults() map[string]any {
	return map[string]any{
		"runs":      "runs",
		"plugins":   []string{"plugins.d"},
		"log.dir":   "",
		"log.level": "warn",
		"ollama":    "http://127.0.0.1:11434",
		"finetunes": "finetunes",
		"evals":     "evals",

		"telemetry.endpoint": "",

		"cluster.via":         "commands",
		"cluster.host":        "",
		"cluster.identity":    "",
		"cluster.known_hosts": "",
		"cluster.dir":         "",
		"cluster.gorod":       "",
		"cluster.partition":   "",
		"cluster.account":     "",
		"cluster.constraint":  "",
		"cluster.time":        time.Hour,
		"cluster.cpus":        1,
		"cluster.memory":      0,
		"cluster.gpus":        0,
		"cluster.parallel":    0,
		"cluster.setup":       []string{},
		"cluster.env":         []string{},
	}
}

// set overrides a setting. Lines of shell and variables hold commas: there is
// one a line.
func set(v *viper.Viper, key, value string) {
	if key == "cluster.setup" || key == "cluster.env" {
		v.Set(key, strings.Split(value, "\n"))
		return
	}
	v.Set(key, value)
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
