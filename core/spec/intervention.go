package spec

import (
	"encoding/json"
	"time"
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
	Metric      *MetricCondition `yaml:"metric,omitempty" doc:"a metric of the run so far, without answers to surveys, is above or below a value"`
	Query       *Query           `yaml:"query,omitempty" doc:"so many things happened"`
	Proposition *ClaimCondition  `yaml:"proposition,omitempty" doc:"a judge holds a claim to be true"`
}

// MetricCondition compares the mean of a metric's scores with a value. The
// metric sees what happened up to the tick before, and none of the answers to
// surveys and interviews: asking residents changes nothing in a run.
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
	Tell     *Tell       `json:"tell,omitempty" yaml:"tell,omitempty" doc:"tell residents something"`
	Goals    *GoalChange `json:"goals,omitempty" yaml:"goals,omitempty" doc:"change what residents want"`
	Mood     *MoodChange `json:"mood,omitempty" yaml:"mood,omitempty" doc:"move how residents feel"`
	Model    *ModelSwap  `json:"model,omitempty" yaml:"model,omitempty" doc:"let residents think with another model"`
	Follow   *Ties       `json:"follow,omitempty" yaml:"follow,omitempty" doc:"network: let residents follow others"`
	Unfollow *Ties       `json:"unfollow,omitempty" yaml:"unfollow,omitempty" doc:"network: end that residents follow others"`
	Feed     *FeedChange `json:"feed,omitempty" yaml:"feed,omitempty" doc:"network: change what residents are shown"`
	Stop     bool        `json:"stop,omitempty" yaml:"stop,omitempty" doc:"end the run with this tick"`
}

// Tell tells residents something, as an event of the study does.
type Tell struct {
	Text     string `json:"text,omitempty" yaml:"text" required:"true" doc:"what is told"`
	Audience `yaml:",inline"`
}

// GoalChange changes goals.
type GoalChange struct {
	Set      []string `json:"set,omitempty" yaml:"set,omitempty" doc:"instead of all they had"`
	Add      []string `json:"add,omitempty" yaml:"add,omitempty" doc:"beside what they have"`
	Audience `yaml:",inline"`
}

// MoodChange moves moods, which stay within their bounds.
type MoodChange struct {
	Valence  float64 `json:"valence,omitempty" yaml:"valence,omitempty" min:"-2" max:"2" doc:"added to the valence"`
	Arousal  float64 `json:"arousal,omitempty" yaml:"arousal,omitempty" min:"-1" max:"1" doc:"added to the arousal"`
	Audience `yaml:",inline"`
}

// ModelSwap changes models.
type ModelSwap struct {
	Use      string `json:"use,omitempty" yaml:"use" required:"true" doc:"entry of models"`
	Audience `yaml:",inline"`
}

// Ties are edges of the follow graph: from every Who to every Whom.
type Ties struct {
	Who  Audience `json:"who" yaml:"who" doc:"who follows"`
	Whom Audience `json:"whom" yaml:"whom" doc:"who is followed"`
}

// FeedChange changes what the feed shows; what is absent stays.
type FeedChange struct {
	Rank     string   `json:"rank,omitempty" yaml:"rank,omitempty" enum:",chronological,hot,interest,random" doc:"order of the feed"`
	Size     *int     `json:"size,omitempty" yaml:"size,omitempty" min:"0" max:"100" doc:"posts shown in a tick"`
	Discover *float64 `json:"discover,omitempty" yaml:"discover,omitempty" min:"0" max:"1" doc:"share of the feed from people whom the resident does not follow"`
}
