package journal

import "math"

// Kinds of event that this package reads.
const (
	KindTold     = "told"
	KindHeard    = "heard"
	KindExposure = "exposure"
	KindMood     = "mood"
	KindPlan     = "plan"
	KindAction   = "action"
	KindInvalid  = "invalid"
	KindSurvey   = "survey"
	KindTown     = "town"
	KindDecree   = "decree"
	KindTransfer = "transfer"
)

// Told says that the study told the resident about one of its events.
type Told struct {
	Event string `json:"event"`
	Text  string `json:"text"`
}

// Heard says that the resident saw something about an event for the first
// time. Hops is 0 for those whom the study told, 1 for those they told.
type Heard struct {
	Event string `json:"event"`
	From  string `json:"from"` // empty for the study
	Hops  int    `json:"hops"`
}

// Exposure is what a feed showed the resident, best first.
type Exposure struct {
	Feed  string  `json:"feed"`
	Items []Shown `json:"items"`
}

// Shown is one item of an Exposure.
type Shown struct {
	ID     string `json:"id"`
	Author string `json:"author"`
}

// Mood is how the resident feels after a tick's appraisal: Valence in -1…1,
// Arousal in 0…1.
type Mood struct {
	Valence float64 `json:"valence"`
	Arousal float64 `json:"arousal"`
}

// Plan is what the resident is about to do.
type Plan struct {
	Purpose string `json:"purpose"`
	Place   string `json:"place"`
}

// Action is an action that was carried out. Sentiment is nil where it has no
// text or the study rates none.
type Action struct {
	Kind        string     `json:"kind"`
	TargetAgent string     `json:"target_agent"` // whom it concerns
	Group       string     `json:"group"`        // of the network
	About       string     `json:"about"`        // id of the study's event
	Text        string     `json:"text"`
	Sentiment   *Sentiment `json:"sentiment"`
}

// Sentiment is how a text sounds: Valence in -1…1.
type Sentiment struct {
	Valence float64 `json:"valence"`
	Label   string  `json:"label"`
	Emotion string  `json:"emotion"`
}

// Invalid is an action refused, or without one a reply that stayed bad.
type Invalid struct {
	Action *struct {
		Kind string `json:"kind"`
	} `json:"action"`
	Why string `json:"why"`
}

// Survey is a resident's answer to a question asked out of band. Value is its
// number on the scale, nil where the question has none; Number is another name
// of it. Low and High are the ends of the scale, where they are known.
type Survey struct {
	Survey   string   `json:"survey"`
	Question string   `json:"question"`
	Value    *float64 `json:"value"`
	Number   *float64 `json:"number"`
	Low      *float64 `json:"low"`
	High     *float64 `json:"high"`
}

// Scale is the answer on the question's scale, false where there is none.
func (s *Survey) Scale() (float64, bool) {
	for _, x := range []*float64{s.Value, s.Number} {
		if x != nil {
			return *x, true
		}
	}
	return 0, false
}

// Position is where the answer lies on the question's scale, from -1 for Low to
// 1 for High, and how far apart whole numbers lie there; false where there is
// no answer or the scale is unknown.
func (s *Survey) Position() (x, point float64, ok bool) {
	x, ok = s.Scale()
	if !ok || s.Low == nil || s.High == nil {
		return 0, 0, false
	}
	width := *s.High - *s.Low
	if !(width > 0) || math.IsInf(width, 0) {
		return 0, 0, false
	}
	return 2*max(0, min((x-*s.Low)/width, 1)) - 1, 2 / width, true
}

// Town is how a town stands at the end of a tick. Money is the mayor's.
type Town struct {
	Money      float64 `json:"money"`
	Population float64 `json:"population"`
	Buildings  float64 `json:"buildings"`
	Beds       float64 `json:"beds"`
	FreeBeds   float64 `json:"free_beds"`
	Met        bool    `json:"met"` // the goal was reached, in this tick or before
}

// Decree is what a mayor decided. Kind is empty where its reply stayed bad.
type Decree struct {
	Kind string `json:"kind"`
	OK   bool   `json:"ok"`
}

// Accounts that are no resident's.
const (
	AccountMayor = "mayor"
	AccountWorld = "world"
)

// Transfer is coins that change hands, between residents and accounts.
type Transfer struct {
	From   string  `json:"from"`
	To     string  `json:"to"`
	Amount float64 `json:"amount"`
	Why    string  `json:"why"` // start, wage, use, goods, build, recruit, cash, shock
}
