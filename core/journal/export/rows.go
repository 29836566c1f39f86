package export

// Base are the columns that every table begins with.
type Base struct {
	Study string `parquet:"study,dict" doc:"the study's name"`
	Cell  string `parquet:"cell,dict" doc:"the cell of its matrix"`
	Seed  uint64 `parquet:"seed" doc:"of the run: (study, cell, seed) names a run"`
	Tick  int64  `parquet:"tick,delta" doc:"from 0"`
	Time  int64  `parquet:"time,timestamp(microsecond:local)" doc:"simulated time of the tick, on the clocks of the society"`
}

// Event is one event of the journal as it stands there.
type Event struct {
	Base
	Seq   int64  `parquet:"seq,delta" doc:"place within the tick, from 0"`
	Agent string `parquet:"agent,dict" doc:"agent id; empty for what concerns nobody in particular"`
	Kind  string `parquet:"kind,dict" doc:"told, heard, exposure, mood, plan, action, invalid, intervention, decree (of a mayor), transfer (of coins), town (how it stands)"`
	Data  string `parquet:"data" doc:"JSON, by kind; the other tables hold the same in columns"`
}

// Agent is a resident: who it is, and its state after the last tick.
type Agent struct {
	Base
	Agent   string   `parquet:"agent" doc:"agent id"`
	Name    string   `parquet:"name" doc:"the persona's"`
	Group   string   `parquet:"group,dict" doc:"of the population; may be empty"`
	Model   string   `parquet:"model,dict" doc:"the entry of the study's models that it thinks with"`
	Persona string   `parquet:"persona" doc:"JSON"`
	Valence *float64 `parquet:"valence" doc:"mood at the end, -1 to 1; null if it never woke"`
	Arousal *float64 `parquet:"arousal" doc:"mood at the end, 0 to 1; null if it never woke"`
	Goals   []string `parquet:"goals,list" doc:"at the end"`
	Plan    string   `parquet:"plan" doc:"purpose of its plan at the end; may be empty"`
}

// Action is an action that was carried out.
type Action struct {
	Base
	Seq         int64    `parquet:"seq,delta" doc:"place within the tick; with tick the key of the event"`
	Agent       string   `parquet:"agent,dict" doc:"who acted: a resident, or a visitor, whose id begins with @"`
	Kind        string   `parquet:"kind,dict" doc:"post, reply, follow, …"`
	Args        string   `parquet:"args" doc:"JSON object: the arguments as the planner gave them"`
	ID          string   `parquet:"id" doc:"of the post or message that it made; may be empty"`
	Target      string   `parquet:"target" doc:"id of what it is about: the post answered; may be empty"`
	TargetAgent string   `parquet:"target_agent,dict" doc:"whom it concerns: the author answered, the one followed; may be empty"`
	Group       string   `parquet:"group,dict" doc:"of the network; may be empty"`
	Audience    string   `parquet:"audience,dict" doc:"public, followers, group, direct; may be empty"`
	About       string   `parquet:"about,dict" doc:"id of the study's event that it is about; may be empty"`
	Text        string   `parquet:"text" doc:"what others can read; may be empty"`
	Valence     *float64 `parquet:"valence" doc:"of the text, -1 to 1; null without a text"`
	Arousal     *float64 `parquet:"arousal" doc:"of the text, 0 to 1; null without a text"`
	Label       *string  `parquet:"label,dict" doc:"negative, neutral, positive; null without a text"`
}

// Message is a text that people could read: the actions that have one.
type Message struct {
	Base
	Seq      int64    `parquet:"seq,delta" doc:"place within the tick; with tick the key of the event"`
	ID       string   `parquet:"id" doc:"of the post or message; may be empty"`
	Author   string   `parquet:"author,dict" doc:"id of a resident, or of a visitor, which begins with @"`
	Kind     string   `parquet:"kind,dict" doc:"of the action: post, reply, direct message, …"`
	Text     string   `parquet:"text" doc:"what it says"`
	Audience string   `parquet:"audience,dict" doc:"public, followers, group, direct; may be empty"`
	Group    string   `parquet:"group,dict" doc:"of the network; may be empty"`
	Parent   string   `parquet:"parent" doc:"id of the post answered or quoted; may be empty"`
	To       string   `parquet:"to,dict" doc:"agent id: whom it answers or is sent to; may be empty"`
	About    string   `parquet:"about,dict" doc:"id of the study's event that it is about; may be empty"`
	Valence  *float64 `parquet:"valence" doc:"-1 to 1; null if not rated"`
	Label    *string  `parquet:"label,dict" doc:"negative, neutral, positive; null if not rated"`
}

// Exposure is one item that a feed showed an agent.
type Exposure struct {
	Base
	Seq    int64   `parquet:"seq,delta" doc:"of the event: the items of one feed share it"`
	Agent  string  `parquet:"agent,dict" doc:"who was shown it"`
	Feed   string  `parquet:"feed,dict" doc:"chronological, hot, interest, random"`
	Rank   int32   `parquet:"rank" doc:"place in the feed, 1 is first"`
	Item   string  `parquet:"item" doc:"id of the post"`
	Author string  `parquet:"author,dict" doc:"of the post"`
	Score  float64 `parquet:"score" doc:"that the feed ranked it by"`
}

// Mood is an agent's mood after a tick.
type Mood struct {
	Base
	Agent   string  `parquet:"agent,dict" doc:"agent id"`
	Valence float64 `parquet:"valence" doc:"-1 (bad) to 1 (good)"`
	Arousal float64 `parquet:"arousal" doc:"0 (calm) to 1 (stirred)"`
	Stimuli int32   `parquet:"stimuli" doc:"texts appraised in the tick"`
	Mean    float64 `parquet:"mean" doc:"their weighted mean valence"`
}

// Plan is what an agent decided.
type Plan struct {
	Base
	Agent   string `parquet:"agent,dict" doc:"agent id"`
	Purpose string `parquet:"purpose" doc:"what it sets out to do"`
	Place   string `parquet:"place,dict" doc:"may be empty"`
	Thought string `parquet:"thought" doc:"why, in the agent's words; may be empty"`
	Reused  bool   `parquet:"reused" doc:"from experience: no model was asked"`
}

// Heard is the first time that an agent saw anything about an event of the
// study.
type Heard struct {
	Base
	Agent string `parquet:"agent,dict" doc:"who heard"`
	Event string `parquet:"event,dict" doc:"id of the study's event"`
	From  string `parquet:"from,dict" doc:"agent id of the author of what it saw; empty for the study itself"`
	Via   string `parquet:"via,dict" doc:"kind of the item seen: event, post, tell, …"`
	Item  string `parquet:"item" doc:"id of the item; may be empty"`
	Hops  int32  `parquet:"hops" doc:"0 if the study told it, 1 if one of those did, and so on"`
}

// Invalid is an action refused, or a reply that stayed bad after its repair.
type Invalid struct {
	Base
	Agent string  `parquet:"agent,dict" doc:"agent id"`
	Kind  *string `parquet:"kind,dict" doc:"of the action refused; null if the reply itself was bad"`
	Args  *string `parquet:"args" doc:"JSON object: its arguments; null if the reply itself was bad"`
	Why   string  `parquet:"why" doc:"why it was refused, in words for the agent"`
}

// Record is what a plugin keeps at the end of the run: a memory. Its tick is the
// one that changed it last.
type Record struct {
	Base
	Plugin string `parquet:"plugin,dict" doc:"slot of the run: memory, planner"`
	Agent  string `parquet:"agent,dict" doc:"whose; empty for what belongs to no one agent"`
	Key    string `parquet:"key" doc:"(plugin, agent, key) names the record"`
	Kind   string `parquet:"kind,dict" doc:"the plugin's word for it: person, experience"`
	JSON   string `parquet:"json" doc:"the record"`
}

// Row is one row of the environment at the end of the run: a post, a follow, a
// membership. Its tick is the one that changed it last.
type Row struct {
	Base
	Kind string `parquet:"kind,dict" doc:"the environment's word for it"`
	ID   string `parquet:"id" doc:"(kind, id) names the row"`
	JSON string `parquet:"json" doc:"the row"`
}

// LLMCall is one call of a language model, as the cassette holds it.
type LLMCall struct {
	Base
	Agent        string  `parquet:"agent,dict" doc:"for whom"`
	Purpose      string  `parquet:"purpose,dict" doc:"plan, ask, answer, …"`
	Index        int32   `parquet:"index" doc:"tells calls of one agent, tick and purpose apart"`
	Attempt      int32   `parquet:"attempt" doc:"1 if it asked again after a reply that broke its schema"`
	Model        string  `parquet:"model,dict" doc:"the server's name of it"`
	Endpoint     string  `parquet:"endpoint,dict" doc:"who answered"`
	PromptTokens int32   `parquet:"prompt_tokens" doc:"tokens read"`
	ReplyTokens  int32   `parquet:"reply_tokens" doc:"tokens written"`
	LatencyMS    float64 `parquet:"latency_ms" doc:"of the answering request, without waiting for a slot"`
	Key          string  `parquet:"key" doc:"of the call in the cassette"`
	Prompt       string  `parquet:"prompt" doc:"JSON: the messages"`
	Reply        string  `parquet:"reply" doc:"the text that came back"`
}
