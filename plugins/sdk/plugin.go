package sdk

import (
	"context"
	"encoding/json"
	"log/slog"
)

// Kinds of plugin.
const (
	KindMemory    = "memory"
	KindPlanner   = "planner"
	KindSentiment = "sentiment"
	KindMayor     = "mayor"
	KindMetric    = "metric"
)

// Kinds are all of them.
func Kinds() []string {
	return []string{KindMemory, KindPlanner, KindSentiment, KindMayor, KindMetric}
}

// Info says what a plugin is.
type Info struct {
	Kind    string `json:"kind"`
	Name    string `json:"name"`    // lower-case letters, digits and hyphens
	Version string `json:"version"` // semantic
	Summary string `json:"summary"` // one line
	// APIVersions of the kind's wire contract that it serves.
	APIVersions []string `json:"api_versions"`
	// Metrics are what a metric plugin measures.
	Metrics []MetricInfo `json:"metrics,omitempty"`
}

// ID is "kind/name", the way a study names a plugin.
func (i Info) ID() string { return i.Kind + "/" + i.Name }

// Setup is what a plugin is made from.
type Setup struct {
	// Config is valid for the plugin's schema, defaults filled in.
	Config   json.RawMessage
	Seed     uint64
	RunID    string
	Language string // ru or en
	Host     Host
	Log      *slog.Logger
}

// Restorer is implemented by plugins that keep state. Restore is called once,
// before any work, with every record that the host holds, in (agent, key)
// order; there may be none.
type Restorer interface {
	Restore(ctx context.Context, records []Record) error
}

// Closer is implemented by plugins that hold something to let go of.
type Closer interface {
	Close(ctx context.Context) error
}

// Plugin is one plugin of one kind: a MemoryPlugin, PlannerPlugin,
// SentimentPlugin, MayorPlugin or MetricPlugin.
type Plugin interface {
	// Info is the plugin's, with the kind and API versions filled in.
	Info() Info
	// ConfigSchema is the JSON Schema (draft 2020-12) of the config object.
	ConfigSchema() json.RawMessage
	// New makes the implementation: a Memory, Planner, Classifier, Mayor or
	// Metric.
	New(ctx context.Context, setup Setup) (any, error)
}

// MemoryPlugin makes a Memory.
type MemoryPlugin struct {
	Name, Version, Summary string
	Schema                 string // JSON Schema of the config; empty takes none
	Make                   func(ctx context.Context, setup Setup) (Memory, error)
}

// PlannerPlugin makes a Planner.
type PlannerPlugin struct {
	Name, Version, Summary string
	Schema                 string
	Make                   func(ctx context.Context, setup Setup) (Planner, error)
}

// SentimentPlugin makes a Classifier.
type SentimentPlugin struct {
	Name, Version, Summary string
	Schema                 string
	Make                   func(ctx context.Context, setup Setup) (Classifier, error)
}

// MayorPlugin makes a Mayor.
type MayorPlugin struct {
	Name, Version, Summary string
	Schema                 string
	Make                   func(ctx context.Context, setup Setup) (Mayor, error)
}

// MetricPlugin makes a Metric. Metrics says what each score that it gives
// means.
type MetricPlugin struct {
	Name, Version, Summary string
	Schema                 string
	Metrics                []MetricInfo
	Make                   func(ctx context.Context, setup Setup) (Metric, error)
}

var (
	_ Plugin = MemoryPlugin{}
	_ Plugin = PlannerPlugin{}
	_ Plugin = SentimentPlugin{}
	_ Plugin = MayorPlugin{}
	_ Plugin = MetricPlugin{}
)

// apiVersions of the wire contracts that this SDK serves, the same for each
// kind so far.
func apiVersions() []string { return []string{"v1"} }

func info(kind, name, version, summary string) Info {
	return Info{Kind: kind, Name: name, Version: version, Summary: summary, APIVersions: apiVersions()}
}

// Info implements Plugin.
func (p MemoryPlugin) Info() Info {
	return info(KindMemory, p.Name, p.Version, p.Summary)
}

// ConfigSchema implements Plugin.
func (p MemoryPlugin) ConfigSchema() json.RawMessage { return json.RawMessage(p.Schema) }

// New implements Plugin.
func (p MemoryPlugin) New(ctx context.Context, s Setup) (any, error) { return p.Make(ctx, s) }

// Info implements Plugin.
func (p PlannerPlugin) Info() Info {
	return info(KindPlanner, p.Name, p.Version, p.Summary)
}

// ConfigSchema implements Plugin.
func (p PlannerPlugin) ConfigSchema() json.RawMessage { return json.RawMessage(p.Schema) }

// New implements Plugin.
func (p PlannerPlugin) New(ctx context.Context, s Setup) (any, error) { return p.Make(ctx, s) }

// Info implements Plugin.
func (p SentimentPlugin) Info() Info {
	return info(KindSentiment, p.Name, p.Version, p.Summary)
}

// ConfigSchema implements Plugin.
func (p SentimentPlugin) ConfigSchema() json.RawMessage { return json.RawMessage(p.Schema) }

// New implements Plugin.
func (p SentimentPlugin) New(ctx context.Context, s Setup) (any, error) { return p.Make(ctx, s) }

// Info implements Plugin.
func (p MayorPlugin) Info() Info { return info(KindMayor, p.Name, p.Version, p.Summary) }

// ConfigSchema implements Plugin.
func (p MayorPlugin) ConfigSchema() json.RawMessage { return json.RawMessage(p.Schema) }

// New implements Plugin.
func (p MayorPlugin) New(ctx context.Context, s Setup) (any, error) { return p.Make(ctx, s) }

// Info implements Plugin.
func (p MetricPlugin) Info() Info {
	i := info(KindMetric, p.Name, p.Version, p.Summary)
	i.Metrics = p.Metrics
	return i
}

// ConfigSchema implements Plugin.
func (p MetricPlugin) ConfigSchema() json.RawMessage { return json.RawMessage(p.Schema) }

// New implements Plugin.
func (p MetricPlugin) New(ctx context.Context, s Setup) (any, error) { return p.Make(ctx, s) }
