package planning

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/llm-city/gorod/plugins/sdk"
)

const (
	maxThought  = 300
	maxPurpose  = 120
	maxPlace    = 60
	wordsListed = 8 // of an argument that has few values
)

// replySchema is the schema of a reply that decides between some actions.
func replySchema(specs []sdk.ActionSpec, maxActions int) string {
	return fmt.Sprintf(`{"type":"object","additionalProperties":false,"required":["thought","purpose","place","actions"],"properties":{`+
		`"thought":{"type":"string","maxLength":%d},"purpose":{"type":"string","maxLength":%d},"place":{"type":"string","maxLength":%d},`+
		`"actions":%s}}`, maxThought, maxPurpose, maxPlace, actionsSchema(specs, maxActions))
}

// actionsSchema is the schema of a list of actions. It is flat, with one kind of
// action object that may have the arguments of all: models of a few billion
// parameters and grammar engines get on better with it than with alternatives.
// What an action must have is for the environment to check.
func actionsSchema(specs []sdk.ActionSpec, maxActions int) string {
	return fmt.Sprintf(`{"type":"array","maxItems":%d,"items":%s}`, maxActions, actionSchema(specs))
}

// actionSchema lists kinds and arguments in the order of their first
// appearance, kind first.
func actionSchema(specs []sdk.ActionSpec) []byte {
	var kinds, names []string
	values := map[string][]string{} // of arguments that are not free
	for _, spec := range specs {
		kinds = append(kinds, spec.Kind)
		for _, arg := range spec.Args {
			known := slices.Contains(names, arg.Name)
			if arg.Name == "kind" {
				continue
			}
			if !known {
				names = append(names, arg.Name)
			}
			if !listed(arg) || known && values[arg.Name] == nil {
				delete(values, arg.Name)
				continue
			}
			for _, v := range arg.Values {
				if !slices.Contains(values[arg.Name], v) {
					values[arg.Name] = append(values[arg.Name], v)
				}
			}
		}
	}
	var b bytes.Buffer
	b.WriteString(`{"type":"object","additionalProperties":false,"required":["kind"],"properties":{"kind":{"type":"string","enum":`)
	b.Write(quoted(kinds))
	b.WriteByte('}')
	for _, name := range names {
		b.WriteByte(',')
		b.Write(quoted(name))
		b.WriteString(`:{"type":"string"`)
		if v := values[name]; v != nil {
			b.WriteString(`,"enum":`)
			b.Write(quoted(v))
		}
		b.WriteByte('}')
	}
	b.WriteString(`}}`)
	return b.Bytes()
}

// listed reports whether an argument has a few values that are words. Ids
// (they hold digits) differ from tick to tick: in a schema they would make the
// server compile a new grammar for each, in a prompt they stand before what
// they name.
func listed(arg sdk.ArgSpec) bool {
	if len(arg.Values) == 0 || len(arg.Values) > wordsListed {
		return false
	}
	return !slices.ContainsFunc(arg.Values, func(v string) bool { return strings.IndexFunc(v, unicode.IsDigit) >= 0 })
}

// quoted is v, strings only, as JSON.
func quoted(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic("planning: strings do not marshal: " + err.Error())
	}
	return bytes.TrimSpace(b.Bytes())
}
