package recipe

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"github.com/llm-city/gorod/core/spec"
)

// Load reads a recipe; set holds overrides, each "path=value". What is wrong
// with it comes as spec.Problems. Paths in it are relative to its folder; those
// of the result are not.
func Load(file string, set ...string) (*Recipe, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, spec.Problems{{File: file, What: "cannot be read", Why: err.Error(), Do: "check the path; experiments/dataset-telegram.yaml is one to start from"}}
	}
	r := &Recipe{}
	source, problems := spec.Decode(file, text, r, set...)
	if len(problems) == 0 {
		c := checker{source: source, dir: filepath.Dir(file)}
		c.check(r)
		problems = c.problems
	}
	if len(problems) > 0 {
		return nil, problems.Sorted()
	}
	return r, nil
}

// JSONSchema is the JSON Schema of a recipe, for editors.
func JSONSchema() []byte { return spec.SchemaFor("gorod dataset", Recipe{}) }

// checker checks what tags cannot say, and makes paths whole.
type checker struct {
	source   *spec.Source
	dir      string
	problems spec.Problems
}

func (c *checker) say(path, what, why, do string) {
	c.problems = append(c.problems, c.source.Problem(path, what, why, do))
}

func (c *checker) check(r *Recipe) {
	if !regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`).MatchString(r.Name) {
		c.say("name", fmt.Sprintf("name cannot be %.40q", r.Name), "it names a folder", "use lower-case Latin letters, digits and hyphens")
	}
	if len(r.Sources) == 0 {
		c.say("sources", "no sources", "there is nothing to build from", "add - telegram: path/to/result.json")
	}
	for i := range r.Sources {
		c.sourceOf(&r.Sources[i], fmt.Sprintf("sources[%d]", i))
	}
	c.path(&r.Participants, "participants")
	if len(r.People.Targets) == 0 {
		c.say("people.targets", "nobody's replies are learnt", "there would be no examples", "add me")
	}
	if r.Dialogue.Burst < 0 || r.Dialogue.Silence < 0 || r.Dialogue.Topics.Pause < 0 {
		c.say("dialogue", "a duration is below 0", "time goes forward", "give durations such as 2m or 6h")
	}
	if r.Split.Validation+r.Split.Test > 0.9 {
		c.say("split", "nothing is left to train on", fmt.Sprintf("validation and test are %.3g of it", r.Split.Validation+r.Split.Test), "make them smaller")
	}
	if r.Dedup.Short < r.Dedup.Threshold {
		c.say("dedup.short_threshold", "short texts need at least the threshold of long ones", "of short ones more are alike by chance", "raise it")
	}
	for i, f := range r.Formats {
		if slices.Contains(r.Formats[:i], f) {
			c.say(fmt.Sprintf("formats[%d]", i), fmt.Sprintf("%s twice", f), "", "remove one")
		}
	}
}

func (c *checker) sourceOf(s *Source, path string) {
	kinds := 0
	for name, at := range map[string]*string{"telegram": &s.Telegram, "live": &s.Live, "table": &s.Table} {
		if *at != "" {
			kinds++
			c.path(at, path+"."+name)
		}
	}
	if kinds != 1 {
		c.say(path, "a source is one of telegram, live and table", fmt.Sprintf("%d are given", kinds), "make it a source for each")
	}
}

// path makes a path whole and looks whether something is there.
func (c *checker) path(at *string, path string) {
	if *at == "" {
		return
	}
	if !filepath.IsAbs(*at) {
		*at = filepath.Join(c.dir, *at)
	}
	if _, err := os.Stat(*at); err != nil {
		c.say(path, fmt.Sprintf("%s cannot be read", path), err.Error(), "check the path; it is relative to the recipe")
	}
}
