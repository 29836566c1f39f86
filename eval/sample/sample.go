// Package sample holds what an evaluation writes: each question with its reply,
// and each score. They are the rows that every printed number is computed from.
package sample

import "strings"

// Sample is one question and its reply.
type Sample struct {
	ID      string `parquet:"id" json:"id" doc:"of this row: of task, subject, item, repeat and turn"`
	Task    string `parquet:"task,dict" json:"task" doc:"name of the task in the suite"`
	Subject string `parquet:"subject,dict" json:"subject" doc:"who was asked"`
	Item    string `parquet:"item" json:"item" doc:"what was asked; the same for all subjects"`
	Cluster string `parquet:"cluster" json:"cluster" doc:"items of one cluster are not independent: of one dialogue, author or run"`
	Repeat  int32  `parquet:"repeat" json:"repeat" doc:"from 0"`
	Turn    int32  `parquet:"turn" json:"turn" doc:"of the conversation, from 1; 0 where there is one question only"`

	Messages  []Message `parquet:"messages,list" json:"messages" doc:"the whole prompt"`
	Reply     string    `parquet:"reply" json:"reply" doc:"what the subject answered"`
	Reference string    `parquet:"reference" json:"reference" doc:"what the person really answered, or the right answer; empty where there is none"`

	Model        string  `parquet:"model,dict" json:"model" doc:"the server's name of the model, or the plugin"`
	Digest       string  `parquet:"digest,dict" json:"digest" doc:"of the model, as far as the server tells"`
	Endpoint     string  `parquet:"endpoint,dict" json:"endpoint" doc:"who answered"`
	PromptTokens int64   `parquet:"prompt_tokens" json:"prompt_tokens" doc:"as the server counts"`
	ReplyTokens  int64   `parquet:"reply_tokens" json:"reply_tokens" doc:"as the server counts"`
	Latency      float64 `parquet:"latency" json:"latency" doc:"seconds of the answering request"`
	Truncated    bool    `parquet:"truncated" json:"truncated" doc:"the reply was cut off"`
	Call         string  `parquet:"call" json:"call" doc:"key of the call in the cassette"`
	Error        string  `parquet:"error" json:"error" doc:"why there is no usable reply; empty where there is one"`
}

// Message is one of a prompt.
type Message struct {
	Role    string `parquet:"role,dict" json:"role" doc:"system, user or assistant"`
	Content string `parquet:"content" json:"content" doc:"its text"`
}

// Score is one number about a sample.
type Score struct {
	Sample  string  `parquet:"sample" json:"sample" doc:"id of the sample"`
	Task    string  `parquet:"task,dict" json:"task" doc:"of the sample"`
	Subject string  `parquet:"subject,dict" json:"subject" doc:"of the sample"`
	Item    string  `parquet:"item" json:"item" doc:"of the sample"`
	Cluster string  `parquet:"cluster" json:"cluster" doc:"of the sample"`
	Repeat  int32   `parquet:"repeat" json:"repeat" doc:"of the sample"`
	Turn    int32   `parquet:"turn" json:"turn" doc:"of the sample"`
	Measure string  `parquet:"measure,dict" json:"measure" doc:"name of the measure, within the task"`
	Value   float64 `parquet:"value" json:"value" doc:"never NaN; what cannot be scored has no row but a reason in missing"`
	Missing string  `parquet:"missing" json:"missing" doc:"why there is no value (value is 0 then): a refusal, another language, an unusable verdict"`
	By      string  `parquet:"by,dict" json:"by" doc:"judge; human:NAME, or human, of a person; empty: computed"`
	Words   string  `parquet:"words" json:"words" doc:"what the judge said"`
	// A pairwise verdict: of Subject against Other, 1 better, 0.5 as good, 0 worse.
	Other  string `parquet:"other,dict" json:"other" doc:"pairwise: the subject that it was compared with"`
	First  bool   `parquet:"first" json:"first" doc:"pairwise: the reply of subject was shown first"`
	Call   string `parquet:"call" json:"call" doc:"key of the judge's call in the cassette"`
	Length int32  `parquet:"length" json:"length" doc:"characters of the reply; pairwise: how many more than the other's"`
}

// Human is who By names where a person judged of whom no more is known.
const Human = "human"

// Annotator is who By names where a person judged.
func Annotator(name string) string {
	if name == "" {
		return Human
	}
	return Human + ":" + name
}

// Annotated is the person who judged, by By; ok is false where it was a judge, or
// nobody. Who is not known has no name.
func Annotated(by string) (name string, ok bool) {
	name, known := strings.CutPrefix(by, Human+":")
	switch {
	case by == Human:
		return "", true
	case known && name != "":
		return name, true
	}
	return "", false
}
