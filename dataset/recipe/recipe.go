// Package recipe holds the YAML of a dataset: which chats, whose replies, and
// what becomes of them on the way to files.
package recipe

import (
	"path/filepath"
	"time"

	"github.com/llm-city/gorod/core/spec"
)

// Recipe is a file of the kind Dataset.
type Recipe struct {
	APIVersion string `yaml:"apiVersion" json:"apiVersion" enum:"gorod/v1" required:"true" doc:"version of this format"`
	Kind       string `yaml:"kind" json:"kind" enum:"Dataset" required:"true" doc:"what this file is"`
	Name       string `yaml:"name" json:"name" required:"true" doc:"names the dataset and its folder: lower-case Latin letters, digits and hyphens"`
	Title      string `yaml:"title" json:"title,omitempty" doc:"of the dataset card"`
	About      string `yaml:"about" json:"about,omitempty" doc:"what the dataset is, for its card"`
	License    string `yaml:"license" json:"license,omitempty" default:"other" doc:"licence of the dataset, an identifier that Hugging Face knows; chats of other people are rarely yours to license"`
	Language   string `yaml:"language" json:"language" default:"ru" doc:"language of the dataset, for its card"`
	Seed       uint64 `yaml:"seed" json:"seed" default:"1" doc:"another seed splits otherwise"`

	Sources      []Source `yaml:"sources" json:"sources" required:"true" doc:"where the messages come from"`
	Participants string   `yaml:"participants" json:"participants,omitempty" doc:"YAML file that says who people are and what they consented to; gorod dataset participants writes one"`
	People       People   `yaml:"people" json:"people" doc:"whose words are learnt, and what becomes of everybody else"`

	Dialogue Dialogue `yaml:"dialogue" json:"dialogue" doc:"how messages become examples"`
	Clean    Clean    `yaml:"clean" json:"clean" doc:"what is removed from messages, and which are left out"`
	Dedup    Dedup    `yaml:"dedup" json:"dedup" doc:"what counts as said before"`
	Retrieve Retrieve `yaml:"retrieve" json:"retrieve" doc:"earlier exchanges that stand beside an example"`
	Split    Split    `yaml:"split" json:"split" doc:"how examples are divided"`
	Formats  []string `yaml:"formats" json:"formats" default:"[messages]" enum:"messages,sharegpt,alpaca" doc:"JSON Lines that are written beside the Parquet: messages (TRL, OpenAI), sharegpt, alpaca"`
	System   string   `yaml:"system" json:"system,omitempty" doc:"system message of every example; {role} stands for who the counterpart is"`

	source *spec.Source // where its values stood; nil: it was not read from a file
}

// Problem is something wrong with a value of the recipe, at its place in the
// file: what the sources turned out not to hold. The error is spec.Problems.
func (r *Recipe) Problem(path, what, why, do string) error {
	if r.source == nil {
		return spec.Problems{{File: path, What: what, Why: why, Do: do}}
	}
	return spec.Problems{r.source.Problem(path, what, why, do)}
}

// Source is one place that messages come from; one of its kinds is given.
type Source struct {
	Telegram string   `yaml:"telegram" json:"telegram,omitempty" doc:"result.json that Telegram Desktop exported"`
	Live     string   `yaml:"live" json:"live,omitempty" doc:"folder that gorod dataset telegram export wrote"`
	Table    string   `yaml:"table" json:"table,omitempty" doc:"CSV or JSON Lines of chat, time, sender, text, reply_to"`
	Me       string   `yaml:"me" json:"me,omitempty" doc:"your id there, such as user123; a full Telegram export says it itself"`
	Chats    []string `yaml:"chats" json:"chats,omitempty" doc:"ids or names of chats; everything where none are given"`
	Types    []string `yaml:"types" json:"types,omitempty" doc:"types of chats: personal_chat, private_group, …; all where none are given"`
}

// People says whose words are learnt.
type People struct {
	Targets []string `yaml:"targets" json:"targets" default:"[me]" doc:"whose replies are learnt: me, or ids of participants who consented"`
	Others  string   `yaml:"without_consent" json:"without_consent" default:"pseudonymise" enum:"pseudonymise,drop" doc:"what becomes of people without recorded consent: they get a pseudonym, or what they wrote is left out"`
}

// Dialogue says how messages become examples.
type Dialogue struct {
	Form    string        `yaml:"form" json:"form" default:"replies" enum:"replies,conversations" doc:"replies: every reply with what led to it; conversations: whole conversations with several replies"`
	Turns   int           `yaml:"turns" json:"turns" default:"8" min:"2" max:"200" doc:"most turns of an example; 2 makes pairs"`
	Chars   int           `yaml:"chars" json:"chars" default:"4000" min:"50" max:"200000" doc:"most characters of an example; the oldest turns are left out first"`
	Burst   time.Duration `yaml:"burst" json:"burst" default:"2m" doc:"messages of one sender so soon after each other are one turn"`
	Token   string        `yaml:"burst_token" json:"burst_token" default:"\"\\n\"" doc:"stands between the messages of a turn"`
	Silence time.Duration `yaml:"silence" json:"silence" default:"6h" doc:"after it a new session begins"`
	Topics  Topics        `yaml:"topics" json:"topics" doc:"parting of sessions by what they are about"`
}

// Topics says how sessions are parted by topic.
type Topics struct {
	Enabled   bool          `yaml:"enabled" json:"enabled" default:"true" doc:"whether they are"`
	Window    int           `yaml:"window" json:"window" default:"5" min:"1" max:"50" doc:"turns on either side that are compared"`
	MinTurns  int           `yaml:"min_turns" json:"min_turns" default:"5" min:"1" max:"50" doc:"least length of a topic"`
	Threshold float64       `yaml:"threshold" json:"threshold" default:"0.7" min:"0" max:"1" doc:"score from which on there is a border"`
	Pause     time.Duration `yaml:"pause" json:"pause" default:"15m" doc:"pause that speaks half as much for a border as a very long one"`
}

// AllNames is the value of Clean.Names that does not stop at participants.
const AllNames = "all"

// Clean says what is removed.
type Clean struct {
	PII       []string `yaml:"pii" json:"pii" default:"[phone, email, card, inn, snils, ogrn, passport, account, username, telegram, url, address, name]" enum:"phone,email,card,inn,snils,ogrn,passport,account,username,telegram,url,address,name" doc:"kinds of personal data that are replaced by placeholders such as [PHONE_1]"`
	Names     string   `yaml:"names" json:"names" default:"participants" enum:"participants,all" doc:"whose names are replaced: those of participants and contacts, or also every first name that gorod knows, which now and then takes a word for a name"`
	Languages []string `yaml:"languages" json:"languages" default:"[ru]" doc:"languages of messages that are kept; what has no language, such as emoji, always is. Empty keeps all"`
	MaxChars  int      `yaml:"max_chars" json:"max_chars" default:"2000" min:"1" max:"65536" doc:"longest message"`
	Cap       int      `yaml:"repeat_cap" json:"repeat_cap" default:"50" min:"0" doc:"how often one person's same short reply (ок, +, спасибо) is learnt; 0 is no limit"`
}

// Dedup says what counts as said before.
type Dedup struct {
	Exact     bool    `yaml:"exact" json:"exact" default:"true" doc:"leave out exchanges that were there before, word for word"`
	Near      bool    `yaml:"near" json:"near" default:"true" doc:"leave out exchanges that are nearly the same (MinHash)"`
	Threshold float64 `yaml:"threshold" json:"threshold" default:"0.8" min:"0.5" max:"1" doc:"Jaccard similarity of character shingles from which on long texts are the same"`
	Short     float64 `yaml:"short_threshold" json:"short_threshold" default:"0.9" min:"0.5" max:"1" doc:"the same for texts of 20 to 60 characters; shorter ones must be equal"`
}

// Retrieve says what stands beside an example.
type Retrieve struct {
	K int `yaml:"k" json:"k" default:"0" min:"0" max:"20" doc:"how many similar earlier exchanges of the training split stand beside an example"`
}

// Split says how examples are divided.
type Split struct {
	By         string  `yaml:"by" json:"by" default:"time" enum:"time,dialogue" doc:"time: the latest are for testing; dialogue: by chance"`
	Validation float64 `yaml:"validation" json:"validation" default:"0.05" min:"0" max:"0.5" doc:"share of examples"`
	Test       float64 `yaml:"test" json:"test" default:"0.05" min:"0" max:"0.5" doc:"share of examples"`
}

// Portable is the recipe without the folders of its files: the same on every
// machine.
func (r *Recipe) Portable() *Recipe {
	own := *r
	own.Participants = base(r.Participants)
	own.Sources = nil
	for _, s := range r.Sources {
		s.Telegram, s.Live, s.Table = base(s.Telegram), base(s.Live), base(s.Table)
		own.Sources = append(own.Sources, s)
	}
	return &own
}

func base(path string) string {
	if path == "" {
		return ""
	}
	return filepath.Base(path)
}
