package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/llm-city/gorod/core/journal"
)

// printExtracts prints what models read out of the run.
func (t *transcript) printExtracts(ctx context.Context, book *journal.Journal) error {
	n := 0
	for e, err := range book.Extracts(ctx) {
		if err != nil {
			return err
		}
		if !t.chosen(e.Agent, e.Tick) {
			continue
		}
		n++
		if t.json {
			t.printJSON(struct {
				Cell    string          `json:"cell"`
				Seed    uint64          `json:"seed"`
				Extract string          `json:"extract"`
				Tick    int64           `json:"tick"`
				Agent   string          `json:"agent,omitempty"`
				Name    string          `json:"name,omitempty"`
				Data    json.RawMessage `json:"data"`
			}{t.run.Cell.Name, t.run.Seed, e.Name, e.Tick, e.Agent, t.names[e.Agent], e.JSON})
			continue
		}
		about := "the run"
		if e.Agent != "" {
			about = flat(t.name(e.Agent, e.Agent))
		}
		fmt.Fprintf(t.Stdout, "%s  %s of %s\n", t.at(e.Tick), flat(e.Name), about)
		t.printObject(e.JSON)
	}
	t.none(n, "extracts")
	return nil
}

// printObject prints the properties of an object, one a line.
func (t *transcript) printObject(raw json.RawMessage) {
	var object map[string]json.RawMessage
	if json.Unmarshal(raw, &object) != nil {
		fmt.Fprintf(t.Stdout, "  %s\n", flat(string(raw)))
		return
	}
	for _, name := range sortedKeys(object) {
		fmt.Fprintf(t.Stdout, "  %s: %s\n", flat(name), property(object[name]))
	}
}

// property is a value of an object in a line: texts as they are, else JSON.
func property(raw json.RawMessage) string {
	var one string
	if json.Unmarshal(raw, &one) == nil && raw[0] == '"' {
		return flat(one)
	}
	var several []string
	if json.Unmarshal(raw, &several) == nil && raw[0] == '[' {
		return flat(strings.Join(several, "; "))
	}
	return flat(string(raw))
}
