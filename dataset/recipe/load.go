package recipe

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/dataset/clean/language"
)

// Load reads a recipe; set holds overrides, each "path=value". What is wrong
// with it comes as spec.Problems. Paths in it are relative to its folder; those
// of the result are not.
func Load(file string, set ...string) (*Recipe, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, spec.Problems{{File: file, What: "cannot be read", Why: reason(err), Do: "check the path; experiments/dataset-telegram.yaml is one to start from"}}
	}
	r := &Recipe{}
	source, problems := spec.Decode(file, text, r, set...)
	r.source = source
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

// reason is why a file cannot be read, without its name, which is told already.
func reason(err error) string {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err.Error()
	}
	return err.Error()
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
	c.system(r)
	c.languages(r.Clean.Languages)
	for path, d := range map[string]time.Duration{"burst": r.Dialogue.Burst, "silence": r.Dialogue.Silence, "topics.pause": r.Dialogue.Topics.Pause} {
		if d < 0 {
			c.say("dialogue."+path, fmt.Sprintf("dialogue.%s is below 0", path), "time goes forward", "give durations such as 2m or 6h")
		}
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

// system checks that everything that the system message asks for is there.
func (c *checker) system(r *Recipe) {
	for _, asked := range regexp.MustCompile(`\{[\pL_]+\}`).FindAllString(r.System, -1) {
		switch {
		case asked != "{role}":
			c.say("system", fmt.Sprintf("system asks for %.40s", asked), "only {role} can be put there", "write {role}, or leave it out")
		case r.Participants == "":
			c.say("system", "system asks for {role}", "the participants file says who is what, and none is given", "add participants: participants.yaml (gorod dataset participants begins one)")
		}
	}
}

// languages checks that the languages that are kept can be told.
func (c *checker) languages(list []string) {
	known := language.Languages()
	for i, l := range list {
		if !slices.Contains(known, l) {
			c.say(fmt.Sprintf("clean.languages[%d]", i), fmt.Sprintf("language %.20q is not known", l), "known: "+strings.Join(known, ", "), "use one of them")
		}
	}
}

// path makes a path whole and looks whether something is there.
func (c *checker) path(at *string, path string) {
	if *at == "" {
		return
	}
	given := c.source.Problem(path, "", "", "").Origin != "" // by --set: relative to where gorod runs
	if !filepath.IsAbs(*at) && !given {
		*at = filepath.Join(c.dir, *at)
	}
	if _, err := os.Stat(*at); err != nil {
		c.say(path, fmt.Sprintf("%s cannot be read", path), err.Error(), "check the path; it is relative to the recipe")
	}
}
