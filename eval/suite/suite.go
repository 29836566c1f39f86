// Package suite holds the YAML of an evaluation: who is compared, on which
// tasks, by which judges, and which comparisons were declared beforehand.
package suite

import "github.com/llm-city/gorod/core/spec"

// Suite is a file of the kind Evaluation.
type Suite struct {
	APIVersion string `yaml:"apiVersion" json:"apiVersion" enum:"gorod/v1" required:"true" doc:"version of this format"`
	Kind       string `yaml:"kind" json:"kind" enum:"Evaluation" required:"true" doc:"what this file is"`
	Name       string `yaml:"name" json:"name" required:"true" doc:"names the folder of the results: lower-case Latin letters, digits and hyphens"`
	Title      string `yaml:"title" json:"title,omitempty" doc:"of the report; the name where absent"`
	About      string `yaml:"about" json:"about,omitempty" doc:"what the evaluation asks; goes into the report"`
	Language   string `yaml:"language" json:"language" enum:"ru,en" default:"ru" doc:"of the prompts of tasks and of the report"`
	Seed       uint64 `yaml:"seed" json:"seed" default:"1" doc:"of replies, of the order in which judges see them, and of resampling"`
	Repeats    int    `yaml:"repeats" json:"repeats" default:"1" min:"1" max:"1000" doc:"replies to each item, each with a seed of its own"`

	Models   map[string]spec.Model `yaml:"models" json:"models" default:"{default: {provider: reference}}" doc:"language models by the name that this file gives them"`
	Subjects []Subject             `yaml:"subjects" json:"subjects,omitempty" doc:"who is compared; nobody where all tasks are society"`
	Tasks    []Task                `yaml:"tasks" json:"tasks" required:"true" doc:"what they are asked"`
	Judges   []Judge               `yaml:"judges" json:"judges,omitempty" doc:"models that judge replies"`
	// Comparisons are the declared family: their p-values are corrected for one
	// another. Every other comparison in the report is called exploratory.
	Comparisons []Comparison `yaml:"comparisons" json:"comparisons,omitempty" doc:"the family of comparisons, declared before anything is asked"`
	Analysis    Analysis     `yaml:"analysis" json:"analysis" doc:"how comparisons are made"`
	Budget      spec.Budget  `yaml:"budget" json:"budget" doc:"what may be asked of models before it stops, resumable"`
	Cassette    string       `yaml:"cassette" json:"cassette" enum:"record,replay,off" default:"record" doc:"recorded model calls: record new ones, replay only, or off"`

	source *spec.Source
}

// Subject is who is compared: a model with all that is put before its replies,
// or a sentiment plugin.
type Subject struct {
	Name     string      `yaml:"name" json:"name" required:"true" doc:"in the report; letters, digits and hyphens"`
	Model    string      `yaml:"model" json:"model,omitempty" doc:"entry of models"`
	System   string      `yaml:"system" json:"system,omitempty" doc:"system message before every task's own: the prompt-only baseline"`
	Retrieve *Retrieve   `yaml:"retrieve" json:"retrieve,omitempty" doc:"similar exchanges of a dataset in the system message: the retrieval baseline"`
	Plugin   spec.Plugin `yaml:"plugin" json:"plugin,omitempty" doc:"sentiment plugin instead of a model, for tasks of the kind sentiment"`
}

// Retrieve puts similar exchanges before a reply.
type Retrieve struct {
	Dataset string `yaml:"dataset" json:"dataset" required:"true" doc:"folder of a dataset; its training split is searched"`
	K       int    `yaml:"k" json:"k" default:"3" min:"1" max:"50" doc:"exchanges"`
}

// Task is what subjects are asked. Exactly one of the kinds is set.
type Task struct {
	Name     string   `yaml:"name" json:"name" doc:"in the report; the kind where absent"`
	Subjects []string `yaml:"subjects" json:"subjects,omitempty" doc:"who is asked; everybody who can be where absent"`
	Limit    int      `yaml:"limit" json:"limit" default:"0" min:"0" doc:"most items; 0 is all"`
	Judges   []string `yaml:"judges" json:"judges,omitempty" doc:"who judges the replies; nobody where absent"`

	Dialogue     *Dialogue     `yaml:"dialogue" json:"dialogue,omitempty" doc:"replies in dialogues of a dataset: their quality, by judges"`
	Language     *Language     `yaml:"language" json:"language,omitempty" doc:"does it keep to Russian: scripts, repetition, grammar by a judge"`
	Retention    *Retention    `yaml:"retention" json:"retention,omitempty" doc:"the same questions in Russian and English"`
	Persona      *Persona      `yaml:"persona" json:"persona,omitempty" doc:"does it stay who it is in a long conversation"`
	Mood         *Mood         `yaml:"mood" json:"mood,omitempty" doc:"do replies fit a mood, and moods the events"`
	Action       *Action       `yaml:"action" json:"action,omitempty" doc:"do choices fit role and situation"`
	Style        *Style        `yaml:"style" json:"style,omitempty" doc:"does it write as one person of a dataset does"`
	Memorisation *Memorisation `yaml:"memorisation" json:"memorisation,omitempty" doc:"does it give away the chats that it was trained on"`
	Sentiment    *Sentiment    `yaml:"sentiment" json:"sentiment,omitempty" doc:"does it classify as people did"`
	Society      *Society      `yaml:"society" json:"society,omitempty" doc:"what was measured in runs of experiments, by condition"`
	Choice       *Choice       `yaml:"choice" json:"choice,omitempty" doc:"multiple choice, also from lm-evaluation-harness and MERA"`
}

// Dialogue asks for replies in dialogues that somebody really had.
type Dialogue struct {
	Dataset string `yaml:"dataset" json:"dataset" required:"true" doc:"folder of a dataset, its Parquet or its messages in JSON Lines"`
	Split   string `yaml:"split" json:"split" default:"test" doc:"that is asked"`
}

// Language asks for free text and looks at the language of the replies.
type Language struct {
	Prompts string `yaml:"prompts" json:"prompts,omitempty" doc:"JSON Lines with id and prompt; the shipped ones where absent"`
	Expect  string `yaml:"expect" json:"expect" enum:"ru,en" default:"ru" doc:"language that replies are to be in"`
}

// Retention asks the same in two languages.
type Retention struct {
	Items string `yaml:"items" json:"items,omitempty" doc:"JSON Lines with id, ru, en, choices_ru, choices_en and answer; the shipped ones where absent"`
}

// Persona holds long conversations, and asks a copy of them who it is.
type Persona struct {
	Personas []string `yaml:"personas" json:"personas,omitempty" doc:"persona files, or patterns, relative to this file; the shipped ones where absent"`
	Probes   []int    `yaml:"probes" json:"probes" default:"[1, 8, 16, 32]" doc:"turns at which a copy of the conversation is asked"`
}

// Mood gives a mood and looks for it in the replies.
type Mood struct {
	Situations string `yaml:"situations" json:"situations,omitempty" doc:"JSON Lines with id, situation, mood, event and sign; the shipped ones where absent"`
}

// Action gives roles and situations with choices.
type Action struct {
	Situations string `yaml:"situations" json:"situations,omitempty" doc:"JSON Lines with id, role, situation, actions and fits, or with id, role and events; the shipped ones where absent"`
}

// Style compares replies with those of one person.
type Style struct {
	Dataset string `yaml:"dataset" json:"dataset" required:"true" doc:"folder of a dataset; the training split is the profile, the test split the ceiling"`
	Target  string `yaml:"target" json:"target,omitempty" doc:"pseudonym of the person; the one with the most replies where absent"`
}

// Memorisation tries to draw training chats out of a model.
type Memorisation struct {
	Dataset  string `yaml:"dataset" json:"dataset" required:"true" doc:"folder of the dataset that was trained on"`
	Canaries string `yaml:"canaries" json:"canaries,omitempty" doc:"JSON Lines with id, prefix, secret and whether it was planted (true) or is a control (false)"`
}

// Sentiment asks for the valence of texts that people labelled.
type Sentiment struct {
	Data  string `yaml:"data" json:"data,omitempty" doc:"Parquet or CSV with the columns text and label; the shipped ones where absent"`
	Text  string `yaml:"text" json:"text" default:"text" doc:"column of the text"`
	Label string `yaml:"label" json:"label" default:"label" doc:"column of the label: negative, neutral, positive, or -1, 0, 1"`
}

// Society takes what runs have measured.
type Society struct {
	Runs    []string `yaml:"runs" json:"runs" required:"true" doc:"folders of studies, or patterns"`
	Metrics []string `yaml:"metrics" json:"metrics,omitempty" doc:"names of metrics, or claim_ID of propositions; all where absent"`
}

// Choice asks questions with given answers.
type Choice struct {
	Items  string `yaml:"items" json:"items,omitempty" doc:"JSON Lines with id, question, choices and answer; YAML of lm-evaluation-harness; JSON of MERA; the shipped ones where absent"`
	Format string `yaml:"format" json:"format" enum:"auto,jsonl,lm-eval,mera" default:"auto" doc:"of the file; auto looks at it"`
	Shots  int    `yaml:"shots" json:"shots" default:"0" min:"0" max:"32" doc:"solved examples before a question"`
}

// Judge is a model that judges replies.
type Judge struct {
	Name   string `yaml:"name" json:"name" required:"true" doc:"in the report"`
	Model  string `yaml:"model" json:"model" required:"true" doc:"entry of models"`
	Mode   string `yaml:"mode" json:"mode" enum:"rubric,pairwise" default:"rubric" doc:"rubric: marks from 1 to 5 by criterion; pairwise: which of two replies is better"`
	Rubric string `yaml:"rubric" json:"rubric,omitempty" doc:"file of criteria: YAML with name and what each mark means; the task's own where absent"`
	// Baseline is who everybody is compared with; without it all pairs are judged.
	Baseline string `yaml:"baseline" json:"baseline,omitempty" doc:"pairwise: subject that the others are compared with; all pairs where absent"`
}

// Comparison is one that was declared: a measure of a task between two
// subjects.
type Comparison struct {
	Name    string `yaml:"name" json:"name,omitempty" doc:"in the report and its macros; made of the rest where absent"`
	Task    string `yaml:"task" json:"task" required:"true" doc:"name of a task"`
	Measure string `yaml:"measure" json:"measure" required:"true" doc:"of the task"`
	A       string `yaml:"a" json:"a" required:"true" doc:"subject, or condition of runs"`
	B       string `yaml:"b" json:"b" required:"true" doc:"subject, or condition of runs, that a is compared with"`
}

// Analysis is how comparisons are made.
type Analysis struct {
	Alpha      float64 `yaml:"alpha" json:"alpha" default:"0.05" min:"0.0001" max:"0.5" doc:"error rate of the family; intervals have the level 1 − alpha"`
	Resamples  int     `yaml:"resamples" json:"resamples" default:"10000" min:"999" max:"1000000" doc:"of the bootstrap and of permutation tests"`
	Power      float64 `yaml:"power" json:"power" default:"0.8" min:"0.5" max:"0.999" doc:"that the smallest detectable effect is told for"`
	Sequential bool    `yaml:"sequential" json:"sequential" default:"false" doc:"stop asking as soon as every declared comparison is decided, at an error rate that holds"`
}

// Problem is something wrong with a value at a path such as tasks[0].limit, of a
// suite that was loaded; elsewhere it has no place.
func (s *Suite) Problem(path, what, why, do string) spec.Problem {
	if s.source == nil {
		return spec.Problem{File: s.Name, What: what, Why: why, Do: do}
	}
	return s.source.Problem(path, what, why, do)
}
