// Package spec turns an experiment's YAML into a validated Study: strict
// decoding, defaults, every error at once with file:line:column, the JSON
// Schema for editors, and the matrix of cells.
package spec

import (
	"encoding/json"
	"time"

	"github.com/llm-city/gorod/plugins/sdk"
)

// Study is one experiment, as its YAML says with defaults filled in.
type Study struct {
	APIVersion  string           `yaml:"apiVersion"` // gorod/v1
	Kind        string           `yaml:"kind"`       // Experiment
	Name        string           `yaml:"name"`       // lower-case letters, digits, hyphens
	Description string           `yaml:"description,omitempty"`
	Language    string           `yaml:"language"` // ru or en
	Seed        uint64           `yaml:"seed"`
	Repeats     int              `yaml:"repeats"` // runs of each cell, with seeds Seed, Seed+1, …
	Clock       Clock            `yaml:"clock"`
	Models      map[string]Model `yaml:"models"`
	Population  []Group          `yaml:"population"`
	Agents      Agents           `yaml:"agents"`
	Environment Environment      `yaml:"environment"`
	Events      []Event          `yaml:"events,omitempty"`
	Measures    []string         `yaml:"measures,omitempty"`
	Budget      Budget           `yaml:"budget,omitempty"`
	Cassette    string           `yaml:"cassette"` // record, replay or off
	Matrix      Matrix           `yaml:"matrix,omitempty"`
	Report      Report           `yaml:"report,omitempty"`
}

// Clock is simulated time: Ticks steps of Step from Start.
type Clock struct {
	Start time.Time     `yaml:"start"`
	Step  time.Duration `yaml:"step"`
	Ticks int           `yaml:"ticks"`
}

// At is the simulated time of a tick.
func (c Clock) At(tick int64) time.Time { return c.Start.Add(time.Duration(tick) * c.Step) }

// Model is an entry of models: which provider serves which model where.
type Model struct {
	Provider    string         `yaml:"provider"` // ollama, openai or reference
	Model       string         `yaml:"model,omitempty"`
	Endpoints   []string       `yaml:"endpoints,omitempty"` // base URLs
	APIKeyEnv   string         `yaml:"api_key_env,omitempty"`
	Parallel    int            `yaml:"parallel,omitempty"` // requests at once at one endpoint
	Temperature *float64       `yaml:"temperature,omitempty"`
	TopP        *float64       `yaml:"top_p,omitempty"`
	MaxTokens   int            `yaml:"max_tokens,omitempty"`
	Stop        []string       `yaml:"stop,omitempty"`
	LogitBias   map[string]int `yaml:"logit_bias,omitempty"`
	Timeout     time.Duration  `yaml:"timeout,omitempty"` // of one request
	Retries     int            `yaml:"retries,omitempty"`
	NumCtx      int            `yaml:"num_ctx,omitempty"` // context length asked of Ollama
}

// Group is a part of the population: persona files, or personas written in
// place. With Count, personas are taken in order, again from the start when
// they run out (a repeated persona gets a number after its name).
type Group struct {
	Name     string        `yaml:"group,omitempty"`
	Personas []string      `yaml:"personas,omitempty"` // files or globs, relative to the study's file
	Inline   []sdk.Persona `yaml:"inline,omitempty"`
	Count    int           `yaml:"count,omitempty"`
	Model    string        `yaml:"model,omitempty"` // overrides agents.model
	Goals    []string      `yaml:"goals,omitempty"`
}

// Agents is what every resident is made of.
type Agents struct {
	Model      string    `yaml:"model"`
	Embedding  string    `yaml:"embedding"` // the entry of models that embeds
	Memory     Plugin    `yaml:"memory"`
	Planner    Plugin    `yaml:"planner"`
	Sentiment  Plugin    `yaml:"sentiment"`
	Activity   []float64 `yaml:"activity"`    // chance of being awake by hour of day: 24 values, or 1 for all
	MaxActions int       `yaml:"max_actions"` // a tick
	OnCrash    string    `yaml:"on_crash"`    // restart or fail
	Mood       MoodRule  `yaml:"mood"`
}

// MoodRule says how moods move: see core/agent.
type MoodRule struct {
	Decay float64 `yaml:"decay"` // share of the deviation from the baseline kept a tick, 0…1
	Gain  float64 `yaml:"gain"`  // weight of what is appraised, 0…1
}

// Plugin names a plugin (memory/longshort, or a path to an executable) and
// holds its config. SHA256 pins an external executable.
type Plugin struct {
	Plugin string          `yaml:"plugin"`
	SHA256 string          `yaml:"sha256,omitempty"`
	Config json.RawMessage `yaml:"config,omitempty"` // as JSON, defaults filled in
}

// Environment is where residents are: exactly one of Network and Room is set.
type Environment struct {
	Network *Network `yaml:"network,omitempty"`
	Room    *Room    `yaml:"room,omitempty"`
}

// Network is a social network.
type Network struct {
	Provider string     `yaml:"provider"` // embedded
	Feed     Feed       `yaml:"feed"`
	Follows  Follows    `yaml:"follows"`
	Groups   []NetGroup `yaml:"groups,omitempty"`
	// Actions allowed; empty means all.
	Actions []string `yaml:"actions,omitempty"`
}

// Feed says how what a resident sees is chosen and ranked.
type Feed struct {
	Rank     string        `yaml:"rank"` // chronological, hot, interest or random
	Size     int           `yaml:"size"` // posts shown
	HalfLife time.Duration `yaml:"half_life,omitempty"`
	Discover float64       `yaml:"discover"` // share of the feed from outside the followed, 0…1
	Window   int           `yaml:"window"`   // candidates: at most so many recent posts
}

// Follows is the initial follow graph.
type Follows struct {
	Graph   string  `yaml:"graph"` // none, complete, random, ring, small-world or groups
	Degree  int     `yaml:"degree,omitempty"`
	Rewire  float64 `yaml:"rewire,omitempty"`
	Between float64 `yaml:"between,omitempty"` // groups: chance of an edge between groups
}

// NetGroup is a group of the network that exists from the start.
type NetGroup struct {
	Name     string   `yaml:"name"`
	About    string   `yaml:"about,omitempty"`
	Members  []string `yaml:"members,omitempty"`  // names of residents
	Audience string   `yaml:"audience,omitempty"` // public or group
}

// Room is a conversation with turns.
type Room struct {
	Name    string   `yaml:"name"`
	Topic   string   `yaml:"topic"`
	Order   string   `yaml:"order"`            // round-robin, random or relevance
	Opener  string   `yaml:"opener,omitempty"` // name of who speaks first
	Host    string   `yaml:"host,omitempty"`   // name of who speaks every other turn: an interviewer
	History int      `yaml:"history"`          // messages a participant sees
	Bored   float64  `yaml:"bored"`            // valence below which a participant may leave
	Closing []string `yaml:"closing,omitempty"`
}

// Event is something the study tells residents. Exactly one of At and Tick says
// when.
type Event struct {
	ID     string     `yaml:"id"`
	At     *time.Time `yaml:"at,omitempty"`
	Tick   *int64     `yaml:"tick,omitempty"`
	Text   string     `yaml:"text"`
	To     string     `yaml:"to,omitempty"`     // all (the default)
	Group  string     `yaml:"group,omitempty"`  // or a group of the population
	Agents []string   `yaml:"agents,omitempty"` // or names of residents
}

// Budget bounds what a run may ask of models; 0 means no bound.
type Budget struct {
	MaxCalls  int64 `yaml:"max_calls,omitempty"`
	MaxTokens int64 `yaml:"max_tokens,omitempty"`
}

// Matrix spans the cells of a study: every combination of Axes, without those
// that an entry of Exclude matches, with those of Include added. Keys are paths
// such as agents.planner.plugin.
type Matrix struct {
	Axes    []Axis
	Include []map[string]any
	Exclude []map[string]any
}

// Axis is one path and its values.
type Axis struct {
	Path   string
	Values []any
}

// Report says what the report shows.
type Report struct {
	Title string `yaml:"title,omitempty"`
}

// Resident is one agent of a run before it starts.
type Resident struct {
	ID      string // a0001, a0002, … in population order
	Persona *sdk.Persona
	Goals   []string
	Group   string
	Model   string // entry of models
}
