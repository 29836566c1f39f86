package template

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Rendered is a dialogue as the trainer's Jinja template rendered it: a line of
// rendered.jsonl.
type Rendered struct {
	Messages []Message `json:"messages"`
	// Prompt tells that the text ends where a reply is to begin; else it holds
	// the reply of the assistant, which is the last message, and its end.
	Prompt bool   `json:"add_generation_prompt"`
	Text   string `json:"text"`
}

const maxLine = 8 << 20

// Read reads rendered.jsonl.
func Read(r io.Reader) ([]Rendered, error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	var out []Rendered
	for lines.Scan() {
		if len(strings.TrimSpace(lines.Text())) == 0 {
			continue
		}
		var one Rendered
		if err := json.Unmarshal(lines.Bytes(), &one); err != nil {
			return nil, fmt.Errorf("rendered dialogue %d: %w", len(out)+1, err)
		}
		if len(one.Messages) == 0 {
			return nil, fmt.Errorf("rendered dialogue %d has no messages", len(out)+1)
		}
		out = append(out, one)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("rendered dialogue %d: %w", len(out)+1, err)
	}
	if len(out) == 0 {
		return nil, errors.New("no rendered dialogues: nothing proves that the template is the trainer's")
	}
	return out, nil
}

// Mismatch is a dialogue that the server would render otherwise than the
// trainer did.
type Mismatch struct {
	Dialogue int // from 1
	At       int // byte of the first difference
	Trained  string
	Served   string
	Hint     string
}

// Error shows the first difference.
func (m *Mismatch) Error() string {
	text := fmt.Sprintf("the chat template is not the trainer's: dialogue %d differs at byte %d\n  trained: %s\n  served:  %s",
		m.Dialogue, m.At, around(m.Trained, m.At), around(m.Served, m.At))
	if m.Hint != "" {
		text += "\n  " + m.Hint
	}
	return text
}

// around quotes a text from shortly before a byte.
func around(s string, at int) string {
	from, to := max(at-30, 0), min(at+40, len(s))
	for from > 0 && !utf8.RuneStart(s[from]) {
		from--
	}
	for to < len(s) && !utf8.RuneStart(s[to]) {
		to++
	}
	out := fmt.Sprintf("%q", s[from:to])
	if from > 0 {
		out = "…" + out
	}
	if to < len(s) {
		out += "…"
	}
	return out
}

// StartsWithBOS tells whether the trainer's prompts begin with the tokenizer's
// first token: then the server's tokenizer is to put it, not the template.
func StartsWithBOS(dialogues []Rendered, bos string) bool {
	return bos != "" && len(dialogues) > 0 && strings.HasPrefix(dialogues[0].Text, bos)
}

// Server is what renders besides the template.
type Server struct {
	BOS    string // text of the token that begins a prompt
	AddBOS bool   // the tokenizer puts it
	End    string // of a reply
}

// Check proves that a template renders dialogues byte for byte as the trainer
// did. The error is a *Mismatch where it does not.
func Check(text string, dialogues []Rendered, s Server) error {
	for i, d := range dialogues {
		served, err := Render(text, d.Messages)
		if err != nil {
			return fmt.Errorf("dialogue %d: %w", i+1, err)
		}
		if err := Compare(d, served, s); err != nil {
			if m, ok := errors.AsType[*Mismatch](err); ok {
				m.Dialogue = i + 1
			}
			return err
		}
	}
	return nil
}

// Compare compares what a server renders of a dialogue with the trainer's text.
// The server has a reply that ends a dialogue open, so what the trainer has
// after it may only be its end.
func Compare(d Rendered, served string, s Server) error {
	trained := d.Text
	if s.AddBOS {
		served = s.BOS + served
	}
	if !d.Prompt && strings.HasPrefix(trained, served) {
		if rest := trained[len(served):]; strings.TrimSpace(rest) == "" || strings.TrimSpace(rest) == s.End {
			return nil
		}
	}
	if trained == served {
		return nil
	}
	m := &Mismatch{At: difference(trained, served), Trained: trained, Served: served}
	switch {
	case neighbours(d.Messages):
		m.Hint = "Ollama joins neighbouring messages of one role, with an empty line between: join them in the data too"
	case s.BOS != "" && strings.HasPrefix(trained, s.BOS) != strings.HasPrefix(served, s.BOS):
		m.Hint = fmt.Sprintf("one begins with %s and the other does not: see tokenizer.ggml.add_bos_token of the file", s.BOS)
	}
	return m
}

func neighbours(messages []Message) bool {
	for i := 1; i < len(messages); i++ {
		if messages[i].Role == messages[i-1].Role {
			return true
		}
	}
	return false
}

// difference is the first byte that differs.
func difference(a, b string) int {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i
		}
	}
	return min(len(a), len(b))
}
