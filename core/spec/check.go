package spec

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/llm-city/gorod/core/schema"
	"github.com/llm-city/gorod/plugins/sdk"
)

// checker checks what tags cannot say.
type checker struct {
	*decoder
	study *Study
	dir   string
	names map[string]bool // of residents
}

// measures are the built-in measures of the report.
func measures() []string {
	return []string{"activity", "mood", "sentiment", "actions", "calls", "spread"}
}

func (c *checker) check() {
	s := c.study
	if s.Name != "" && !nameIs(s.Name) {
		c.problem(c.at("name"), fmt.Sprintf("name cannot be %.40q", s.Name), "it names folders", "use lower-case Latin letters, digits and hyphens")
	}
	if s.Clock.Step <= 0 {
		c.problem(c.at("clock.step"), "clock.step is out of range", "time must go forward", "give a duration such as 1h")
	}
	c.models()
	if s.Cassette == "off" && (s.Budget.MaxCalls > 0 || s.Budget.MaxTokens > 0) {
		c.problem(c.at("cassette"), "cassette: off cannot have a budget", "what is spent is counted in the cassette", "use cassette: record, or remove budget")
	}
	c.population()
	c.agents()
	c.environment()
	c.events()
	c.inquiries()
	for i, m := range s.Measures {
		if !slices.Contains(measures(), m) {
			c.problem(c.at(fmt.Sprintf("measures[%d]", i)), fmt.Sprintf("no measure %q", m), "it is not built in", closest(m, measures()))
		}
	}
}

// nameIs reports whether a name can name a folder.
func nameIs(name string) bool {
	return regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`).MatchString(name)
}

func (c *checker) models() {
	if c.study.Models == nil { // it was no mapping, which is reported
		c.study.Models = map[string]Model{}
	}
	for name, m := range c.study.Models {
		m = m.Resolved()
		c.study.Models[name] = m
		for _, f := range m.Flaws("models." + name) {
			c.problem(c.at(f.Path), f.What, f.Why, f.Do)
		}
	}
}

func (c *checker) model(path, name string) {
	if _, ok := c.study.Models[name]; !ok {
		known := make([]string, 0, len(c.study.Models))
		for m := range c.study.Models {
			known = append(known, m)
		}
		slices.Sort(known)
		c.problem(c.at(path), fmt.Sprintf("no model %q", name), "models: has no such entry", closest(name, known))
	}
}

func (c *checker) population() {
	groups := map[string]bool{}
	for i := range c.study.Population {
		path := fmt.Sprintf("population[%d]", i)
		c.personas(i)
		g := c.study.Population[i]
		if len(g.Inline) == 0 && len(g.Personas) == 0 {
			c.problem(c.at(path), "a group without personas", "nobody would live there", "add personas: [FILE] or inline: [{name: …}]")
		}
		if g.Model != "" {
			c.model(path+".model", g.Model)
		}
		if g.Name != "" && groups[g.Name] {
			c.problem(c.at(path+".group"), fmt.Sprintf("group %q twice", g.Name), "events could not tell them apart", "rename one")
		}
		c.name(path+".group", g.Name)
		groups[g.Name] = true
	}
	c.names = map[string]bool{}
	for _, r := range c.study.Residents() {
		if c.names[r.Persona.Name] && r.Persona.Name != "" {
			c.problem(c.at("population"), fmt.Sprintf("two residents called %q", r.Persona.Name), "residents are told apart by name", "rename one")
		}
		c.names[r.Persona.Name] = true
	}
}

func (c *checker) resident(path, name string) {
	if !c.names[name] {
		known := make([]string, 0, len(c.names))
		for n := range c.names {
			known = append(known, n)
		}
		slices.Sort(known)
		c.problem(c.at(path), fmt.Sprintf("no resident %q", name), "the population has no such name", closest(name, known[:min(len(known), 40)]))
	}
}

func (c *checker) agents() {
	a := &c.study.Agents
	if n := len(a.Activity); n == 0 && c.study.Environment.Room != nil {
		a.Activity = []float64{1}
	} else if n == 0 && c.study.Environment.Town != nil {
		a.Activity = []float64{1} // residents of a town go to bed by themselves
	} else if n == 0 {
		a.Activity = activityByHour()
	} else if n != 1 && n != 24 {
		c.problem(c.at("agents.activity"), fmt.Sprintf("activity has %d values", n), "there is one for each hour of the day", "give 24, or 1 for all hours")
	}
	c.model("agents.model", a.Model)
	if a.Embedding == "" {
		a.Embedding = BuiltinEmbedding
		if _, taken := c.study.Models[BuiltinEmbedding]; !taken {
			c.study.Models[BuiltinEmbedding] = Model{Provider: "reference", Parallel: 1, MaxTokens: 1024, Timeout: 120e9, Retries: 4}
		}
	}
	c.model("agents.embedding", a.Embedding)
	c.plugin("agents.memory", &a.Memory, sdk.KindMemory, "memory/longshort")
	c.plugin("agents.planner", &a.Planner, sdk.KindPlanner, "planner/justplan")
	c.plugin("agents.sentiment", &a.Sentiment, sdk.KindSentiment, "sentiment/lexicon")
}

// BuiltinEmbedding is the entry of models that embeds where a study names none.
const BuiltinEmbedding = "embedding"

// activityByHour is how awake a town is on a network: asleep at night, busiest
// in the evening.
func activityByHour() []float64 {
	return []float64{
		0.1, 0.05, 0.02, 0.02, 0.02, 0.05, 0.2, 0.4, 0.6, 0.6, 0.6, 0.6,
		0.7, 0.7, 0.6, 0.6, 0.6, 0.7, 0.8, 0.9, 0.9, 0.8, 0.6, 0.3,
	}
}

// plugin looks a plugin up, checks its config and fills in the defaults.
func (c *checker) plugin(path string, p *Plugin, kind, def string) {
	if p.Plugin == "" {
		p.Plugin = def
	}
	info, text, err := c.study.plugins.Lookup(p.Plugin)
	if err != nil {
		what := fmt.Sprintf("no plugin %q", p.Plugin)
		c.problem(c.at(path+".plugin"), what, strings.TrimPrefix(err.Error(), what+"; "), "")
		return
	}
	if info.Kind != kind {
		c.problem(c.at(path+".plugin"), fmt.Sprintf("%s is no %s plugin", p.Plugin, kind), "it is of kind "+info.Kind, "gorod plugin ls lists them")
		return
	}
	s, err := schema.Compile(text)
	if err != nil {
		c.problem(c.at(path+".plugin"), fmt.Sprintf("the schema of %s is bad", p.Plugin), err.Error(), "tell its author")
		return
	}
	config := []byte(p.Config)
	if len(config) == 0 {
		config = []byte("{}")
	}
	for _, v := range s.Validate(config) {
		at := path + ".config"
		for _, step := range v.Path {
			at = join(at, step)
		}
		c.problem(c.place(path+".config", v.Path), at+" is not what "+p.Plugin+" takes", v.Why, "its settings: "+settings(text))
	}
	if c.study.Matrix.varies(path + ".plugin") {
		return // each cell has the defaults of its own plugin
	}
	if filled, err := s.Defaults(config); err == nil {
		p.Config = filled
	}
}

// place is that of a value inside a config, which is decoded as a whole.
func (c *checker) place(path string, inside []string) place {
	n := c.study.tree
	for _, step := range append(splitPath(path), inside...) {
		next := n.child(step)
		if next == nil {
			break
		}
		n = next
	}
	return n.at
}

func (c *checker) environment() {
	e := &c.study.Environment
	switch given(e.Network != nil, e.Room != nil, e.Town != nil) {
	case 0:
		e.Network = defaultNetwork()
	case 1:
	default:
		c.problem(c.at("environment"), "two environments", "a study has one: network, room or town", "remove the others")
	}
	if e.Town != nil {
		c.town(e.Town)
	}
	if n := e.Network; n != nil {
		c.reach(n)
		if n.Feed.HalfLife <= 0 {
			c.problem(c.at("environment.network.feed.half_life"), "half_life is out of range", "posts must cool", "give a duration such as 6h")
		}
		for i, g := range n.Groups {
			for j, name := range g.Members {
				c.resident(fmt.Sprintf("environment.network.groups[%d].members[%d]", i, j), name)
			}
		}
	}
	if r := e.Room; r != nil {
		for key, name := range map[string]string{"opener": r.Opener, "host": r.Host} {
			if name != "" {
				c.resident("environment.room."+key, name)
			}
		}
	}
}

func (c *checker) town(t *Town) {
	const path = "environment.town"
	for _, f := range t.Flaws() {
		c.problem(c.at(path+"."+f.Path), f.What, f.Why, f.Do)
	}
	if t.Mayor.Plugin.Plugin == "" {
		return
	}
	c.plugin(path+".mayor", &t.Mayor.Plugin, sdk.KindMayor, "")
	if t.Mayor.Model == "" {
		t.Mayor.Model = c.study.Agents.Model
	}
	c.model(path+".mayor.model", t.Mayor.Model)
}

func (c *checker) events() {
	ids := map[string]bool{}
	for i := range c.study.Events {
		e := &c.study.Events[i]
		path := fmt.Sprintf("events[%d]", i)
		if e.ID == "" {
			e.ID = fmt.Sprintf("e%d", i+1)
		}
		if ids[e.ID] {
			c.problem(c.at(path+".id"), fmt.Sprintf("event %q twice", e.ID), "events are told apart by id", "rename one")
		}
		ids[e.ID] = true
		c.id(path+".id", e.ID)
		c.text(path+".text", e.Text)
		c.notOfShock(path+".id", e.ID)
		c.when(path, *e)
		c.audience(path, e.Audience)
	}
}

// notOfShock checks that an id is none under which a town tells of a shock.
func (c *checker) notOfShock(path, id string) {
	if c.study.Environment.Town == nil {
		return
	}
	for i, shock := range c.study.Environment.Town.Shocks {
		if shock.Text != "" && id == ShockID(i) {
			c.problem(c.at(path), fmt.Sprintf("%q is a shock of the town", id), "what residents are told could not be told apart", "rename it")
		}
	}
}

func (c *checker) when(path string, e Event) {
	if (e.At == nil) == (e.Tick == nil) {
		c.problem(c.at(path), "when does it happen?", "give exactly one of at and tick", "write at: 2026-03-02T12:00 or tick: 4")
		return
	}
	c.within(path+".at", e.At, nil)
	c.within(path+".tick", nil, e.Tick)
}

// settings are the names of what a config schema has properties for.
func settings(schema json.RawMessage) string {
	var object struct{ Properties map[string]json.RawMessage }
	if json.Unmarshal(schema, &object) != nil || len(object.Properties) == 0 {
		return "none"
	}
	return strings.Join(slices.Sorted(maps.Keys(object.Properties)), ", ")
}
