package spec

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/llm-city/gorod/plugins/sdk"
)

// Intervention changes a run when a condition is met. It is looked at before
// anybody acts, and sees what happened up to the tick before.
type Intervention struct {
	ID       string        `yaml:"id" required:"true" doc:"names the intervention"`
	When     Condition     `yaml:"when" required:"true" doc:"what must be met: one condition"`
	Check    int           `yaml:"check" default:"1" min:"1" doc:"look at the condition in every so manyth tick"`
	Times    int           `yaml:"times" default:"1" min:"0" doc:"act at most so often; 0 means no bound"`
	Cooldown time.Duration `yaml:"cooldown,omitempty" doc:"simulated time between two times"`
	Do       []Effect      `yaml:"do" required:"true" doc:"what happens, in order"`
}

// Condition is exactly one of its fields.
type Condition struct {
	At          *time.Time       `yaml:"at,omitempty" doc:"from this simulated time on"`
	Tick        *int64           `yaml:"tick,omitempty" doc:"from this tick on"`
	Every       time.Duration    `yaml:"every,omitempty" doc:"again and again: simulated time between"`
	Metric      *MetricCondition `yaml:"metric,omitempty" doc:"a metric of the run so far is above or below a value"`
	Query       *Query           `yaml:"query,omitempty" doc:"so many things happened"`
	Proposition *ClaimCondition  `yaml:"proposition,omitempty" doc:"a judge holds a claim to be true"`
}

// MetricCondition compares the mean of a metric's scores with a value.
type MetricCondition struct {
	Plugin string          `yaml:"plugin" required:"true" doc:"kind/name of a metric plugin, or the path of an executable"`
	Config json.RawMessage `yaml:"config,omitempty" doc:"the plugin's own settings"`
	Name   string          `yaml:"name" required:"true" doc:"of the metric"`
	Group  string          `yaml:"group,omitempty" doc:"its score of a group; of the whole run where absent"`
	Item   string          `yaml:"item,omitempty" doc:"its score of an item, such as an event's id"`
	Above  *float64        `yaml:"above,omitempty" doc:"met while the score is above"`
	Below  *float64        `yaml:"below,omitempty" doc:"met while the score is below"`
}

// Query counts rows of the journal.
type Query struct {
	Kind     string        `yaml:"kind" enum:"told,heard,mood,plan,action,invalid" default:"action" doc:"kind of event"`
	Action   string        `yaml:"action,omitempty" doc:"kind of action: post, reply, …"`
	About    string        `yaml:"about,omitempty" doc:"id of the study's event that it is about"`
	Contains string        `yaml:"contains,omitempty" doc:"a text that it holds; case and ё/е do not matter"`
	Of       Audience      `yaml:"of,omitempty" doc:"of which residents"`
	Within   time.Duration `yaml:"within,omitempty" doc:"in the last so much simulated time; since the start where absent"`
	Count    string        `yaml:"count" enum:"events,agents" default:"events" doc:"what is counted: the events, or the residents that they are of"`
	AtLeast  *int          `yaml:"at_least,omitempty" min:"0" doc:"met from so many on"`
	AtMost   *int          `yaml:"at_most,omitempty" min:"0" doc:"met while there are no more"`
}

// ClaimCondition is a claim with what the judge must find.
type ClaimCondition struct {
	Claim   `yaml:",inline"`
	AtLeast *int `yaml:"at_least,omitempty" min:"0" max:"9" doc:"score: met from this score on (for each: of their mean)"`
	Holds   bool `yaml:"holds" default:"true" doc:"check: met where the claim is found true, or with false where it is found false (for each: by more than half)"`
}

// Effect is exactly one of its fields.
type Effect struct {
	Tell     *Tell       `yaml:"tell,omitempty" doc:"tell residents something"`
	Goals    *GoalChange `yaml:"goals,omitempty" doc:"change what residents want"`
	Mood     *MoodChange `yaml:"mood,omitempty" doc:"move how residents feel"`
	Model    *ModelSwap  `yaml:"model,omitempty" doc:"let residents think with another model"`
	Follow   *Ties       `yaml:"follow,omitempty" doc:"network: let residents follow others"`
	Unfollow *Ties       `yaml:"unfollow,omitempty" doc:"network: end that residents follow others"`
	Feed     *FeedChange `yaml:"feed,omitempty" doc:"network: change what residents are shown"`
	Stop     bool        `yaml:"stop,omitempty" doc:"end the run with this tick"`
}

// Tell tells residents something, as an event of the study does.
type Tell struct {
	Text     string `yaml:"text" required:"true" doc:"what is told"`
	Audience `yaml:",inline"`
}

// GoalChange changes goals.
type GoalChange struct {
	Set      []string `yaml:"set,omitempty" doc:"instead of all they had"`
	Add      []string `yaml:"add,omitempty" doc:"beside what they have"`
	Audience `yaml:",inline"`
}

// MoodChange moves moods, which stay within their bounds.
type MoodChange struct {
	Valence  float64 `yaml:"valence,omitempty" min:"-2" max:"2" doc:"added to the valence"`
	Arousal  float64 `yaml:"arousal,omitempty" min:"-1" max:"1" doc:"added to the arousal"`
	Audience `yaml:",inline"`
}

// ModelSwap changes models.
type ModelSwap struct {
	Use      string `yaml:"use" required:"true" doc:"entry of models"`
	Audience `yaml:",inline"`
}

// Ties are edges of the follow graph: from every Who to every Whom.
type Ties struct {
	Who  Audience `yaml:"who" doc:"who follows"`
	Whom Audience `yaml:"whom" doc:"who is followed"`
}

// FeedChange changes what the feed shows; what is absent stays.
type FeedChange struct {
	Rank     string   `yaml:"rank,omitempty" enum:",chronological,hot,interest,random" doc:"order of the feed"`
	Size     *int     `yaml:"size,omitempty" min:"0" max:"100" doc:"posts shown in a tick"`
	Discover *float64 `yaml:"discover,omitempty" min:"0" max:"1" doc:"share of the feed from people whom the resident does not follow"`
}

func given(is ...bool) (n int) {
	for _, yes := range is {
		if yes {
			n++
		}
	}
	return n
}

func (c *checker) intervention(path string, v *Intervention) {
	c.condition(path+".when", &v.When)
	if len(v.Do) == 0 {
		c.problem(c.at(path), "an intervention without effect", "nothing would happen", "add do: [{tell: {text: …}}]")
	}
	for i := range v.Do {
		c.effect(fmt.Sprintf("%s.do[%d]", path, i), v.Do[i])
	}
}

func (c *checker) condition(path string, w *Condition) {
	if given(w.At != nil, w.Tick != nil, w.Every != 0, w.Metric != nil, w.Query != nil, w.Proposition != nil) != 1 {
		c.problem(c.at(path), "when does it happen?", "give exactly one of at, tick, every, metric, query and proposition", "")
		return
	}
	c.within(path+".at", w.At, nil)
	c.within(path+".tick", nil, w.Tick)
	c.every(path+".every", w.Every)
	if m := w.Metric; m != nil {
		c.metric(path+".metric", m)
	}
	if q := w.Query; q != nil {
		c.query(path+".query", *q)
	}
	if p := w.Proposition; p != nil {
		c.claim(path+".proposition", p.Claim)
		if (p.Mode == "score") != (p.AtLeast != nil) {
			c.problem(c.at(path+".proposition"), "when is it met?", "mode: score needs at_least, mode: check takes none", "write mode: score with at_least: 7, or mode: check")
		}
	}
}

func (c *checker) metric(path string, m *MetricCondition) {
	if given(m.Above != nil, m.Below != nil) != 1 {
		c.problem(c.at(path), "when is it met?", "give exactly one of above and below", "")
	}
	c.group(path+".group", m.Group)
	plugin := Plugin{Plugin: m.Plugin, Config: m.Config}
	before := len(c.problems)
	c.plugin(path, &plugin, sdk.KindMetric, "")
	if len(c.problems) > before {
		return
	}
	m.Config = plugin.Config
	info, _, err := c.study.plugins.Lookup(m.Plugin)
	if err != nil {
		return // reported
	}
	var known []string
	for _, i := range info.Metrics {
		known = append(known, i.Name)
	}
	if !slices.Contains(known, m.Name) {
		c.problem(c.at(path+".name"), fmt.Sprintf("no metric %q", m.Name), m.Plugin+" does not measure it", closest(m.Name, known))
	}
}

func (c *checker) query(path string, q Query) {
	if q.AtLeast == nil && q.AtMost == nil {
		c.problem(c.at(path), "when is it met?", "neither at_least nor at_most is given", "add at_least: 1")
	}
	c.every(path+".within", q.Within)
	c.audience(path+".of", q.Of)
	if q.About != "" && !slices.ContainsFunc(c.study.Events, func(e Event) bool { return e.ID == q.About }) {
		var known []string
		for _, e := range c.study.Events {
			known = append(known, e.ID)
		}
		c.problem(c.at(path+".about"), fmt.Sprintf("no event %q", q.About), "events: has no such id", closest(q.About, known))
	}
	if q.Action != "" && q.Kind != "action" && q.Kind != "invalid" {
		c.problem(c.at(path+".action"), "action is not used", "the query is for events of kind "+q.Kind, "remove it, or use kind: action")
	}
}

func (c *checker) effect(path string, e Effect) {
	if given(e.Tell != nil, e.Goals != nil, e.Mood != nil, e.Model != nil, e.Follow != nil, e.Unfollow != nil, e.Feed != nil, e.Stop) != 1 {
		c.problem(c.at(path), "what happens?", "give exactly one effect", "split them into items of the list")
		return
	}
	network := c.study.Environment.Network != nil
	if !network && (e.Follow != nil || e.Unfollow != nil || e.Feed != nil) {
		c.problem(c.at(path), "the effect is for networks", "the study's environment is none", "remove it")
	}
	switch {
	case e.Tell != nil:
		c.audience(path+".tell", e.Tell.Audience)
	case e.Goals != nil:
		c.audience(path+".goals", e.Goals.Audience)
		if (len(e.Goals.Set) == 0) == (len(e.Goals.Add) == 0) {
			c.problem(c.at(path+".goals"), "which goals?", "give one of set and add", "")
		}
	case e.Mood != nil:
		c.audience(path+".mood", e.Mood.Audience)
	case e.Model != nil:
		c.audience(path+".model", e.Model.Audience)
		c.model(path+".model.use", e.Model.Use)
	}
	for key, ties := range map[string]*Ties{"follow": e.Follow, "unfollow": e.Unfollow} {
		if ties != nil {
			c.audience(path+"."+key+".who", ties.Who)
			c.audience(path+"."+key+".whom", ties.Whom)
		}
	}
}
