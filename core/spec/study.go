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
	APIVersion    string           `yaml:"apiVersion" enum:"gorod/v1" required:"true" doc:"version of this format"`
	Kind          string           `yaml:"kind" enum:"Experiment" required:"true" doc:"what this file is"`
	Name          string           `yaml:"name" required:"true" doc:"names the run directory: lower-case Latin letters, digits and hyphens"`
	Description   string           `yaml:"description,omitempty" doc:"what the experiment asks; goes into the report"`
	Language      string           `yaml:"language" enum:"ru,en" default:"ru" doc:"language of the society, its prompts and the report"`
	Seed          uint64           `yaml:"seed" default:"1" doc:"seed of the first run; the others have the next numbers"`
	Repeats       int              `yaml:"repeats" default:"1" min:"1" max:"10000" doc:"runs of each cell, each with a seed of its own"`
	Clock         Clock            `yaml:"clock" doc:"simulated time"`
	Models        map[string]Model `yaml:"models" default:"{default: {provider: reference}}" doc:"language models by the name that this file gives them"`
	Population    []Group          `yaml:"population" required:"true" doc:"who lives there"`
	Agents        Agents           `yaml:"agents" doc:"what every resident is made of"`
	Environment   Environment      `yaml:"environment" doc:"where residents are: a network, a room or a town"`
	Events        []Event          `yaml:"events,omitempty" doc:"what residents are told, and when"`
	Interventions []Intervention   `yaml:"interventions,omitempty" doc:"what changes the run, and on which condition"`
	Surveys       []Survey         `yaml:"surveys,omitempty" doc:"what residents are asked out of band"`
	Interviews    []Interview      `yaml:"interviews,omitempty" doc:"conversations with residents out of band"`
	Propositions  []Proposition    `yaml:"propositions,omitempty" doc:"claims that a model judges"`
	Extract       []Extraction     `yaml:"extract,omitempty" doc:"what a model reads out of the run, as tables"`
	Metrics       []Plugin         `yaml:"metrics,omitempty" doc:"metric plugins that measure every run"`
	Measures      []string         `yaml:"measures,omitempty" default:"[activity, mood, sentiment, actions, calls, spread]" doc:"what the report shows: activity, mood, sentiment, actions, calls, spread"`
	Budget        Budget           `yaml:"budget,omitempty" doc:"what a run may ask of models before it stops, resumable"`
	Cassette      string           `yaml:"cassette" enum:"record,replay,off" default:"record" doc:"recorded model calls: record new ones, replay only, or off"`
	Matrix        Matrix           `yaml:"matrix,omitempty" doc:"the conditions that are compared"`
	Report        Report           `yaml:"report,omitempty" doc:"how the report looks"`

	plugins Catalog // to check cells with
	tree    *node   // to make cells from
}

// Clock is simulated time: Ticks steps of Step from Start.
type Clock struct {
	Start time.Time     `yaml:"start" default:"2026-03-02T08:00" doc:"simulated time of the first tick"`
	Step  time.Duration `yaml:"step" default:"1h" doc:"simulated time between ticks"`
	Ticks int           `yaml:"ticks" default:"24" min:"1" max:"1000000" doc:"length of a run"`
}

// At is the simulated time of a tick.
func (c Clock) At(tick int64) time.Time { return c.Start.Add(time.Duration(tick) * c.Step) }

// Model is an entry of models: which provider serves which model where.
type Model struct {
	Provider    string         `yaml:"provider" enum:"ollama,openai,reference" required:"true" doc:"reference is the built-in stand-in, which needs no model"`
	Model       string         `yaml:"model,omitempty" doc:"the server's name of the model"`
	Endpoints   []string       `yaml:"endpoints,omitempty" doc:"base URLs of servers that serve it"`
	APIKeyEnv   string         `yaml:"api_key_env,omitempty" doc:"environment variable that holds the API key"`
	Parallel    int            `yaml:"parallel" default:"1" min:"1" max:"4096" doc:"requests at once at one endpoint"`
	Temperature *float64       `yaml:"temperature,omitempty" min:"0" max:"5" doc:"of sampling; the server's own where absent"`
	TopP        *float64       `yaml:"top_p,omitempty" min:"0" max:"1" doc:"of sampling; the server's own where absent"`
	MaxTokens   int            `yaml:"max_tokens" default:"1024" min:"1" doc:"longest reply"`
	Stop        []string       `yaml:"stop,omitempty" doc:"texts that end a reply"`
	LogitBias   map[string]int `yaml:"logit_bias,omitempty" doc:"by token id, -100 to 100; provider openai only"`
	Timeout     time.Duration  `yaml:"timeout" default:"2m" doc:"of one request"`
	Retries     int            `yaml:"retries" default:"4" min:"0" max:"100" doc:"of a request that failed and may succeed later"`
	NumCtx      int            `yaml:"num_ctx,omitempty" min:"0" doc:"context length asked of Ollama"`
}

// Group is a part of the population: persona files, or personas written in
// place. Fragments are partial personas that are merged into each of them. With
// Count, personas are taken in order, again from the start when
// they run out (a repeated persona gets a number after its name).
type Group struct {
	Name      string        `yaml:"group,omitempty" doc:"name of the group; events can be told to it"`
	Personas  []string      `yaml:"personas,omitempty" doc:"persona files, or patterns such as personas/*.yaml, relative to this file"`
	Fragments []string      `yaml:"fragments,omitempty" doc:"partial personas, merged into each of the group; files relative to this one"`
	Inline    []sdk.Persona `yaml:"inline,omitempty" doc:"personas written here"`
	Count     int           `yaml:"count,omitempty" min:"0" max:"1000000" doc:"how many residents; all personas once where absent"`
	Model     string        `yaml:"model,omitempty" doc:"entry of models, instead of agents.model"`
	Goals     []string      `yaml:"goals,omitempty" doc:"goals of everybody in the group"`
}

// Agents is what every resident is made of.
type Agents struct {
	Model        string    `yaml:"model" default:"default" doc:"entry of models that residents think with"`
	Embedding    string    `yaml:"embedding,omitempty" doc:"entry of models that embeds texts; the built-in one where absent"`
	Memory       Plugin    `yaml:"memory" doc:"memory plugin"`
	Planner      Plugin    `yaml:"planner" doc:"planner plugin"`
	Sentiment    Plugin    `yaml:"sentiment" doc:"sentiment plugin"`
	Activity     []float64 `yaml:"activity,omitempty" min:"0" max:"1" doc:"chance of being awake, by hour of day: 24 values, or 1 for all hours"`
	MaxActions   int       `yaml:"max_actions" default:"2" min:"1" max:"20" doc:"actions of a resident in a tick"`
	OnCrash      string    `yaml:"on_crash" enum:"restart,fail" default:"restart" doc:"what a dead plugin means: restart it with its records, or fail the run"`
	PluginMemory int       `yaml:"plugin_memory" default:"4096" min:"0" doc:"MB that a plugin's process may hold before it counts as crashed; 0 means no bound"`
	Mood         MoodRule  `yaml:"mood" doc:"how moods move"`
}

// MoodRule says how moods move: see core/agent.
type MoodRule struct {
	Decay float64 `yaml:"decay" default:"0.8" min:"0" max:"1" doc:"share of a mood that lasts to the next tick"`
	Gain  float64 `yaml:"gain" default:"0.2" min:"0" max:"1" doc:"weight of what a resident reads"`
}

// Plugin names a plugin (memory/longshort, or a path to an executable) and
// holds its config. SHA256 pins an external executable.
type Plugin struct {
	Plugin string          `yaml:"plugin" doc:"kind/name of a plugin, or the path of an executable"`
	SHA256 string          `yaml:"sha256,omitempty" doc:"checksum that the executable must have"`
	Config json.RawMessage `yaml:"config,omitempty" doc:"the plugin's own settings: gorod plugin ls --json shows their schema"`
}

// Environment is where residents are: exactly one of its fields is set.
type Environment struct {
	Network *Network `yaml:"network,omitempty" doc:"a social network (the default)"`
	Room    *Room    `yaml:"room,omitempty" doc:"a conversation with turns"`
	Town    *Town    `yaml:"town,omitempty" doc:"a town with buildings and money, and a mayor where it names one"`
}

// Network is a social network.
type Network struct {
	Provider string     `yaml:"provider" enum:"embedded,mastodon" default:"embedded" doc:"where people from outside see it: embedded, in the run alone; mastodon, on a real server too"`
	Server   string     `yaml:"server,omitempty" doc:"mastodon: address of the server, such as https://town.example.org"`
	Accounts string     `yaml:"accounts,omitempty" doc:"mastodon: file of mode 0600 with a line NAME: TOKEN for each resident, relative to this file"`
	Create   *Create    `yaml:"create,omitempty" doc:"mastodon: make accounts on the server for residents whom that file does not name"`
	Reach    *Reach     `yaml:"reach,omitempty" doc:"mastodon: whom residents reach there, and how"`
	Feed     Feed       `yaml:"feed" doc:"what residents are shown"`
	Follows  Follows    `yaml:"follows" doc:"who follows whom at the start"`
	Groups   []NetGroup `yaml:"groups,omitempty" doc:"groups that exist from the start"`
	Actions  []string   `yaml:"actions,omitempty" doc:"actions allowed; all where absent"`
}

// Feed says how what a resident sees is chosen and ranked.
type Feed struct {
	Rank     string        `yaml:"rank" enum:"chronological,hot,interest,random" default:"hot" doc:"order of the feed"`
	Size     int           `yaml:"size" default:"10" min:"0" max:"100" doc:"posts shown in a tick"`
	HalfLife time.Duration `yaml:"half_life" default:"6h" doc:"of the score of hot: how fast a post cools"`
	Discover float64       `yaml:"discover" default:"0.2" min:"0" max:"1" doc:"share of the feed from people whom the resident does not follow"`
	Window   int           `yaml:"window" default:"200" min:"1" max:"10000" doc:"candidates: at most so many recent posts"`
}

// Follows is the initial follow graph.
type Follows struct {
	Graph   string  `yaml:"graph" enum:"none,complete,random,ring,small-world,groups" default:"small-world" doc:"shape of the graph"`
	Degree  int     `yaml:"degree" default:"6" min:"0" max:"10000" doc:"whom each follows"`
	Rewire  float64 `yaml:"rewire" default:"0.1" min:"0" max:"1" doc:"small-world: chance that an edge is rewired"`
	Between float64 `yaml:"between" default:"0.02" min:"0" max:"1" doc:"groups: chance of an edge between two groups"`
}

// NetGroup is a group of the network that exists from the start.
type NetGroup struct {
	Name     string   `yaml:"name" required:"true" doc:"of the group"`
	About    string   `yaml:"about,omitempty" doc:"what it is about"`
	Members  []string `yaml:"members,omitempty" doc:"names of residents"`
	Audience string   `yaml:"audience" enum:"public,group" default:"public" doc:"who reads its posts: everybody, or its members"`
}

// Room is a conversation with turns.
type Room struct {
	Name    string  `yaml:"name" default:"room" doc:"of the room"`
	Topic   string  `yaml:"topic" required:"true" doc:"what the conversation is about"`
	Order   string  `yaml:"order" enum:"round-robin,random,relevance" default:"round-robin" doc:"who speaks next"`
	Opener  string  `yaml:"opener,omitempty" doc:"name of who speaks first"`
	Host    string  `yaml:"host,omitempty" doc:"name of who speaks every other turn: an interviewer, a moderator"`
	History int     `yaml:"history" default:"12" min:"1" max:"200" doc:"messages that a participant sees"`
	Bored   float64 `yaml:"bored" default:"0.5" min:"0" max:"1" doc:"how much of the last turns must have passed a participant by before it may leave"`
}

// Event is something the study tells residents. Exactly one of At and Tick says
// when.
type Event struct {
	ID       string     `yaml:"id,omitempty" doc:"names the event; e1, e2, … where absent"`
	At       *time.Time `yaml:"at,omitempty" doc:"simulated time"`
	Tick     *int64     `yaml:"tick,omitempty" doc:"or number of the tick, from 0"`
	Text     string     `yaml:"text" required:"true" doc:"what is told"`
	Audience `yaml:",inline"`
}

// Budget bounds what a run may ask of models; 0 means no bound.
type Budget struct {
	MaxCalls  int64 `yaml:"max_calls,omitempty" min:"0" doc:"calls of models in a run"`
	MaxTokens int64 `yaml:"max_tokens,omitempty" min:"0" doc:"tokens of prompts and replies in a run"`
}

// Matrix spans the cells of a study: every combination of Axes, without those
// that an entry of Exclude matches, with those of Include added. Keys are paths
// such as agents.planner.plugin.
type Matrix struct {
	Axes    []Axis
	Include []map[string]any
	Exclude []map[string]any

	include [][]entry // of Include, with places
}

// Axis is one path and its values.
type Axis struct {
	Path   string
	Values []any

	values []*node // with places
}

// Report says what the report shows.
type Report struct {
	Title string `yaml:"title,omitempty" doc:"of the report; the study's name where absent"`
}

// Resident is one agent of a run before it starts.
type Resident struct {
	ID      string // a0001, a0002, … in population order
	Persona *sdk.Persona
	Goals   []string
	Group   string
	Model   string // entry of models
}
