package reflect

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"strings"

	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/text"
)

const (
	keepDeeds = 12 // of an agent, the latest
	recentKey = "recent"
)

// deed is an action that an agent decided on.
type deed struct {
	Kind string `json:"kind"`
	Text string `json:"text,omitempty"` // what it said
	Key  string `json:"key"`            // the same for identical actions
}

func deedOf(a *sdk.Action) deed {
	return deed{Kind: text.Quote(a.Kind, maxName), Text: text.Quote(a.Arg("text"), maxSaid), Key: identity(a)}
}

// identity is the same for actions of one kind whose arguments differ in case
// and spaces at most.
func identity(a *sdk.Action) string {
	h := fnv.New128a()
	write := func(s string) {
		s = strings.Join(strings.Fields(text.Fold(s)), " ")
		fmt.Fprintf(h, "%d %s ", len(s), s)
	}
	write(a.Kind)
	for _, name := range slices.Sorted(maps.Keys(a.Args)) {
		write(name)
		write(a.Args[name])
	}
	return hex.EncodeToString(h.Sum(nil))
}

// repeated is the first action that is identical to a recent one or to another
// of the same decision; nil where there is none. An action without arguments,
// such as ignoring all, may be taken again and again.
func repeated(actions []sdk.Action, recent []deed) *sdk.Action {
	known := map[string]bool{}
	for _, d := range recent {
		known[d.Key] = true
	}
	for i := range actions {
		a := &actions[i]
		if len(a.Args) == 0 {
			continue
		}
		key := identity(a)
		if known[key] {
			return a
		}
		known[key] = true
	}
	return nil
}

// carriedOut are deeds without those that the environment refused since: to try
// them again is no repetition.
func carriedOut(deeds []deed, outcomes []sdk.Outcome) []deed {
	out := slices.Clone(deeds)
	for i := range outcomes {
		if outcomes[i].OK {
			continue
		}
		key := identity(&outcomes[i].Action)
		for at := len(out) - 1; at >= 0; at-- {
			if out[at].Key == key {
				out = slices.Delete(out, at, at+1)
				break
			}
		}
	}
	return out
}

// remember is deeds with actions behind them, at most as many as are kept.
func remember(deeds []deed, actions []sdk.Action) []deed {
	out := slices.Clone(deeds)
	for i := range actions {
		out = append(out, deedOf(&actions[i]))
	}
	return out[max(0, len(out)-keepDeeds):]
}

// ownWords are what deeds said, the latest last.
func ownWords(deeds []deed) []string {
	var out []string
	for _, d := range deeds {
		if d.Text != "" {
			out = append(out, d.Text)
		}
	}
	return out
}

// changes is the record of an agent's deeds, where they changed.
func changes(agent string, before, after []deed) []sdk.RecordChange {
	if slices.Equal(before, after) {
		return nil
	}
	data, err := json.Marshal(after)
	if err != nil {
		panic("reflect: " + err.Error()) // strings do marshal
	}
	return []sdk.RecordChange{{Record: sdk.Record{Agent: agent, Key: recentKey, Kind: recentKey, JSON: data}}}
}
