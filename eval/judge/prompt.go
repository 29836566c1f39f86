package judge

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"strings"
	"text/template"

	"github.com/llm-city/gorod/eval/sample"
	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/text"
)

//go:embed prompts/*.tmpl rubrics/*.yaml
var files embed.FS

// What a verdict on two replies may be.
const (
	firstOfTwo  = "1"
	secondOfTwo = "2"
	tie         = "tie"
)

// Bounds of what a judge is shown, in runes, and of what is kept of its words.
const (
	maxReply    = 6000
	maxMessage  = 2000
	maxMessages = 24 // the last ones
	maxCriteria = 2000
	maxWords    = 2000
)

// scene is what a prompt shows.
type scene struct {
	Fence     string // in the tags around what others wrote; no reply can know it
	Criteria  string
	Messages  []sample.Message
	Cut       bool // earlier messages are left out
	Reference string
	Replies   []string
	Rubric    *Rubric
}

// describe fills in what was answered, fit to be shown.
func (s *scene) describe(q *Question) {
	s.Criteria, s.Reference = text.Plain(q.Criteria, maxCriteria), text.Plain(q.Reference, maxReply)
	shown := q.Messages
	if len(shown) > maxMessages {
		s.Cut, shown = true, shown[len(shown)-maxMessages:]
	}
	for _, m := range shown {
		// Lines of one message are set in, so that none passes for another speaker's.
		said := strings.ReplaceAll(text.Plain(m.Content, maxMessage), "\n", "\n  ")
		s.Messages = append(s.Messages, sample.Message{Role: m.Role, Content: said})
	}
	for i := range s.Replies {
		s.Replies[i] = text.Plain(s.Replies[i], maxReply)
	}
	s.Fence = s.fence()
}

// fence is a word that depends on all that stands between the tags, so that
// nobody can have written it there.
func (s *scene) fence() string {
	h := sha256.New()
	fmt.Fprintf(h, "%q %q %q", s.Criteria, s.Reference, s.Replies)
	for _, m := range s.Messages {
		fmt.Fprintf(h, " %q %q", m.Role, m.Content)
	}
	return hex.EncodeToString(h.Sum(nil)[:6])
}

func readPrompts(language string) (*template.Template, error) {
	made, err := template.New("").Funcs(template.FuncMap{"add": func(a, b int) int { return a + b }}).ParseFS(files, "prompts/*."+language+".tmpl")
	if err != nil {
		return nil, fmt.Errorf("prompts of judges: %w", err)
	}
	return made, nil
}

// render makes the messages of a prompt.
func (j *Judge) render(prompt string, s scene) ([]sdk.Message, error) {
	var out []sdk.Message
	for _, part := range []struct{ role, name string }{{"system", "system"}, {"user", prompt}} {
		var b bytes.Buffer
		if err := j.prompts.ExecuteTemplate(&b, part.name+"."+j.language+".tmpl", s); err != nil {
			return nil, fmt.Errorf("prompt %s of judges: %w", part.name, err)
		}
		out = append(out, sdk.Message{Role: part.role, Content: strings.TrimSpace(b.String())})
	}
	return out, nil
}

// pairSchema is that of a verdict on two replies: the reason comes first.
func pairSchema() []byte {
	return fmt.Appendf(nil, `{"type":"object","additionalProperties":false,"required":["why","better"],"properties":{"why":{"type":"string","minLength":1,"maxLength":2000},"better":{"type":"string","enum":[%q,%q,%q]}}}`,
		firstOfTwo, secondOfTwo, tie)
}
