// Package event holds the words of the journal: what happened in a tick, and
// the state rows that a tick changed. It knows neither how they come about nor
// how they are stored.
package event

import (
	"encoding/json"
	"strings"

	"github.com/llm-city/gorod/plugins/sdk"
)

// Kind of an Event. The kinds and the payload of each are the journal's
// documented schema.
type Kind string

// The kinds, with their payload types.
const (
	KindTold     Kind = "told"     // Told: the study told the agent about an event
	KindHeard    Kind = "heard"    // Heard: the agent saw an event for the first time
	KindExposure Kind = "exposure" // Exposure: what the feed showed the agent
	KindMood     Kind = "mood"     // Mood: the agent's mood after appraisal
	KindPlan     Kind = "plan"     // Plan: what the agent decided
	KindAction   Kind = "action"   // Action: an action that was carried out
	KindInvalid  Kind = "invalid"  // Invalid: an action refused, or a reply that broke its schema twice
	// Of a run's surroundings; the agent is empty, or "mayor".
	KindIntervention Kind = "intervention" // Intervention: the study changed the run
	KindDecree       Kind = "decree"       // Decree: what the mayor decided
	KindTransfer     Kind = "transfer"     // Transfer: coins that changed hands in a town
	KindTown         Kind = "town"         // Town: how a town stands at the end of a tick
	KindControl      Kind = "control"      // Control: somebody acted on the run from outside
)

// Kinds are all of them.
func Kinds() []Kind {
	return []Kind{KindTold, KindHeard, KindExposure, KindMood, KindPlan, KindAction, KindInvalid,
		KindIntervention, KindDecree, KindTransfer, KindTown, KindControl}
}

// Event is one row of the journal. (Tick, Seq) orders the events of a run.
type Event struct {
	Tick  int64           `json:"tick"`
	Seq   int             `json:"seq"`             // within the tick, from 0
	Agent string          `json:"agent,omitempty"` // empty for what concerns nobody in particular
	Kind  Kind            `json:"kind"`
	Data  json.RawMessage `json:"data"`
}

// Told says that the study told an agent about one of its events.
type Told struct {
	Event string `json:"event"` // the event's id
	Text  string `json:"text"`
}

// Again is the id of what is told when an intervention tells more than once, or
// more than one thing: its own, a mark and a number.
func Again(id string, number string) string { return id + againMark + number }

const againMark = "#"

// Origin is the id of the study's event or intervention that an event comes
// from.
func Origin(id string) string {
	origin, _, _ := strings.Cut(id, againMark)
	return origin
}

// Heard says that an agent saw something about an event for the first time.
// Hops is 0 for those whom the study told, 1 for those they told, and so on.
type Heard struct {
	Event string `json:"event"`
	From  string `json:"from,omitempty"` // author of what it saw; empty for the study
	Via   string `json:"via"`            // kind of the item seen
	Item  string `json:"item,omitempty"` // its id
	Hops  int    `json:"hops"`
}

// Exposure is what a feed showed an agent, best first.
type Exposure struct {
	Feed  string  `json:"feed"` // chronological, hot, interest, random
	Items []Shown `json:"items"`
}

// Shown is one item of an Exposure. Score is the feed's, rounded to 1e-6.
type Shown struct {
	ID     string  `json:"id"`
	Author string  `json:"author"`
	Score  float64 `json:"score"`
}

// Mood is an agent's mood after a tick's appraisal, with the mean valence of
// what it appraised.
type Mood struct {
	Valence float64 `json:"valence"`
	Arousal float64 `json:"arousal"`
	Stimuli int     `json:"stimuli"` // texts appraised
	Mean    float64 `json:"mean"`    // their weighted mean valence
}

// Plan is what an agent decided.
type Plan struct {
	Purpose string `json:"purpose"`
	Place   string `json:"place,omitempty"`
	Thought string `json:"thought,omitempty"`
	Reused  bool   `json:"reused,omitempty"` // from experience, no model asked
}

// Action is an action carried out.
type Action struct {
	sdk.Action
	// ID of the post or message that it made, if any, and of what it is about.
	ID     string `json:"id,omitempty"`
	Target string `json:"target,omitempty"`
	// TargetAgent is whom it concerns: the author answered, the one followed.
	TargetAgent string `json:"target_agent,omitempty"`
	Group       string `json:"group,omitempty"`
	Audience    string `json:"audience,omitempty"`
	About       string `json:"about,omitempty"` // id of the study's event it is about
	// Text that others can read, and how it sounds.
	Text      string         `json:"text,omitempty"`
	Sentiment *sdk.Sentiment `json:"sentiment,omitempty"`
}

// Invalid is an action refused, or with no Action a reply that stayed bad
// after its repair; the agent skipped the tick then.
type Invalid struct {
	Action *sdk.Action `json:"action,omitempty"`
	Why    string      `json:"why"`
}

// Intervention says that an intervention of the study came about.
type Intervention struct {
	ID      string   `json:"id"`
	Why     string   `json:"why"`     // what the condition found
	Effects []Effect `json:"effects"` // in order
}

// Effect is one thing that an intervention did, and to whom.
type Effect struct {
	Kind   string   `json:"kind"` // tell, goals, mood, model, follow, unfollow, feed, stop
	Agents []string `json:"agents,omitempty"`
	Detail string   `json:"detail,omitempty"`
}

// Decree is what a mayor decided, and what became of it.
type Decree struct {
	sdk.Action
	OK      bool   `json:"ok"`
	Detail  string `json:"detail,omitempty"` // why it was refused, or what it brought
	Thought string `json:"thought,omitempty"`
}

// New makes an event; Seq is given at commit. It panics on a payload that JSON
// cannot hold, which is a programming error.
func New(tick int64, agent string, kind Kind, payload any) Event {
	data, err := json.Marshal(payload)
	if err != nil {
		panic("event: " + err.Error())
	}
	return Event{Tick: tick, Agent: agent, Kind: kind, Data: data}
}
