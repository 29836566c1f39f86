// Package task says what a task of an evaluation is. Each kind is a package
// below it; eval/task/all registers them.
package task

import (
	"context"

	"github.com/llm-city/gorod/eval/sample"
	"github.com/llm-city/gorod/eval/suite"
	"github.com/llm-city/gorod/plugins/sdk"
)

// Kind is a kind of tasks: dialogue, style, choice. It holds no state; its
// methods are called from several goroutines.
type Kind interface {
	// Name is the key of the kind in the YAML.
	Name() string
	// Measures are what the kind scores, judged measures included, in the order
	// in which a report shows them.
	Measures(ctx context.Context, t *suite.Task) []Measure
	// Load reads what the task asks. Errors are spec.Problems where the YAML or a
	// file of items is to blame, with file and line.
	Load(ctx context.Context, s Setup) (Task, error)
}

// Setup is what a task is made of.
type Setup struct {
	Suite *suite.Suite
	Task  *suite.Task
	Path  string // of the task in the YAML, such as tasks[0], for problems
}

// Task is a kind with its items.
type Task interface {
	// Items are what is asked, in an order that is the same every time.
	Items() []Item
	// Ask has a subject answer an item, and scores what can be computed. It is
	// called once for each item, subject and repeat, and must ask the same for the
	// same replies, so that a run that was killed goes on from its cassette. A
	// reply that is no use is a sample with Error and scores with Missing; an error
	// stops the evaluation.
	Ask(ctx context.Context, s Subject, item Item) (Outcome, error)
	// Whole scores what only all replies of a subject together tell, such as a
	// style; most tasks score nothing here. samples are those of one subject and
	// one repeat, in the order of the items, their rows filled in; Score.Sample is
	// the id of one of them, its index, or empty.
	Whole(ctx context.Context, subject string, samples []sample.Sample) ([]sample.Score, error)
}

// Measured is a Task that asks nobody: what it scores is there already. It has
// no Items; its rows name their subjects, such as the conditions of runs, and
// need nothing filled in but Task and ID.
type Measured interface {
	Task
	// Rows are all samples and scores; Score.Sample is the index of its sample.
	Rows(ctx context.Context) (Outcome, error)
}

// Sourced is a Task that read files which the YAML does not name, because the
// file of its items does. They belong to what must not change while an
// evaluation runs.
type Sourced interface {
	Task
	Sources() []string // paths
}

// Item is one question, or one conversation.
type Item struct {
	ID      string // within the task: the same in every build of the same data
	Cluster string // items of one are not independent; ID where each is
	// Criteria are what a judge needs to know of the item beside the dialogue: who
	// speaks, in which mood. Empty where the dialogue says it all.
	Criteria string
	// Asks is how many questions the item has, one after another; 0 is one. The
	// longest are begun first, and plans count with it. Scored is how many it has
	// for a subject that can be asked how likely it finds a text; 0: as many.
	Asks, Scored int
	// Judged is how many of its replies judges see at most.
	Judged int
}

// Outcome is what came of an item. Task, Subject, Item, Cluster, Repeat and ID
// of its rows are filled in by who called Ask; Score.Sample is the index of the
// sample in Samples, in decimal.
type Outcome struct {
	Samples []sample.Sample
	Scores  []sample.Score
	// Judged are the indexes of the samples that judges are to see.
	Judged []int
	// Unjudged is why judges do not see samples that they would see had they a reply
	// that is any use, by index: what was lost is told with what was judged.
	Unjudged map[int]string
}

// Subject is who answers. Its system message and what it retrieves are put
// before the messages by itself.
type Subject interface {
	Name() string
	// Ask asks for one reply. Which says which of the item's questions it is: it
	// names the random stream of the reply. A model that cannot be asked is an
	// error; a reply that breaks a schema, also asked again, is one with Error. A
	// sentiment plugin answers with its reading of the last message, as JSON.
	Ask(ctx context.Context, p Prompt) (sample.Sample, error)
	// Classify asks a sentiment plugin; ok is false where the subject is a model.
	Classify(ctx context.Context, texts []string) (readings []sdk.Sentiment, ok bool, err error)
}

// Prompt is a question.
type Prompt struct {
	Which     string // distinct within an item: "turn 3", "probe 8 warmth"
	Messages  []sample.Message
	Schema    []byte // JSON Schema of the reply; empty for free text
	MaxTokens int    // 0: the model's own
	// Temperature where the task needs one: 0 for questions with a right answer.
	Temperature *float64
	Reference   string // kept beside the reply
	Turn        int32
	// Scored, where it is set, asks for no reply but how likely the subject finds
	// this text after the messages, as llm.Request.Scored does: the reply is the
	// mean natural logarithm of its tokens' probabilities, or llm.Unscored, which
	// is also the answer of a subject whose provider cannot be asked.
	Scored string
}

// Measure is what is scored.
type Measure struct {
	Name   string            // in rows, YAML and macros: letters, digits and underscores
	Title  map[string]string // "ru" and "en": in tables
	Unit   string            // "", "s", "chars"
	Low    float64
	High   float64 // bounds of a value; both 0: none
	Better int     // 1: higher is better; −1: lower; 0: neither
	Binary bool    // 0 or 1
	Judged bool    // by judges; false: computed
	Per    Per
}

// Per is what one value is of.
type Per string

// What values are of.
const (
	PerItem Per = "item" // paired by item
	// PerSubject is one of all replies, or one a cluster of which it is the mean, as
	// package pseudo spreads it: intervals by resampling clusters.
	PerSubject Per = "subject"
	PerRun     Per = "run" // of a run of an experiment: not paired, or by seed
)
