package cassette

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/plugins/sdk"
)

// roleScored is the role under which a text that was scored is kept.
const roleScored = "scored"

// prompt is what is kept of a request besides its columns: the number of
// messages, role and content of each with their lengths before them (varints),
// and JSON of the sampling.
type prompt struct {
	Messages []sdk.Message
	Sampling llm.Sampling
}

func (w *writer) prompt(req *llm.Request) error {
	messages := req.Messages
	if req.Scored != "" {
		messages = append(slices.Clone(messages), sdk.Message{Role: roleScored, Content: req.Scored})
	}
	w.int(int64(len(messages)))
	for _, m := range messages {
		w.text(m.Role)
		w.text(m.Content)
	}
	sampling, err := json.Marshal(req.Sampling)
	if err != nil {
		return fmt.Errorf("write a prompt: %w", err)
	}
	*w = append(*w, sampling...)
	return nil
}

// readPrompt reads what writer.prompt wrote.
func readPrompt(data []byte) (prompt, error) {
	r := reader{rest: data}
	n := r.int()
	if n < 0 || n > int64(len(data)) {
		return prompt{}, errBroken
	}
	p := prompt{Messages: make([]sdk.Message, 0, n)}
	for range n {
		p.Messages = append(p.Messages, sdk.Message{Role: r.text(), Content: r.text()})
	}
	if r.broken {
		return prompt{}, errBroken
	}
	if err := json.Unmarshal(r.rest, &p.Sampling); err != nil {
		return prompt{}, fmt.Errorf("a prompt: %w", err)
	}
	return p, nil
}

var errBroken = errors.New("a prompt does not read: the file was damaged or changed")

// reader reads what a writer wrote. After a fault all else is zero.
type reader struct {
	rest   []byte
	broken bool
}

func (r *reader) int() int64 {
	n, size := binary.Varint(r.rest)
	if size <= 0 {
		r.rest, r.broken = nil, true
		return 0
	}
	r.rest = r.rest[size:]
	return n
}

func (r *reader) text() string {
	n := r.int()
	if n < 0 || n > int64(len(r.rest)) {
		r.rest, r.broken = nil, true
		return ""
	}
	s := string(r.rest[:n])
	r.rest = r.rest[n:]
	return s
}
