package longshort

import (
	"maps"
	"slices"
	"strings"

	"github.com/llm-city/gorod/plugins/memory/minds"
	"github.com/llm-city/gorod/plugins/memory/perception"
	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/text"
)

const maxPlanWords = 32

// normaliser makes equal plans out of plans that say the same in other forms.
type normaliser struct {
	stop    map[string]bool
	stemmer *text.Stemmer
}

func newNormaliser() *normaliser {
	n := &normaliser{stop: text.StopWords(text.Russian), stemmer: text.NewStemmer()}
	maps.Copy(n.stop, text.StopWords(text.English))
	return n
}

// stems are the different words of a text without their endings, sorted; those
// that say nothing are left out unless there are no others.
func (n *normaliser) stems(s string, limit int) []string {
	words := text.Words(s, limit)
	stems := make([]string, 0, len(words))
	for _, word := range words {
		if !n.stop[word] {
			stems = append(stems, n.stemmer.Stem([]byte(word)))
		}
	}
	if len(stems) == 0 {
		stems = words
	}
	slices.Sort(stems)
	return slices.Compact(stems)
}

// key of a plan: the stems of its purpose and its place. A plan without purpose
// has none.
func (n *normaliser) key(plan sdk.Plan) string {
	stems := n.stems(plan.Purpose, maxPlanWords)
	if len(stems) == 0 {
		return ""
	}
	place := strings.Join(text.Words(plan.Place, maxPlanWords), " ")
	return perception.Digest([]byte(strings.Join(stems, " ") + "\x00" + place))
}

// learn stores the actions of a plan that worked, and forgets a plan that did
// not.
func (m *memory) learn(mind *mind, tick int64, plan sdk.Plan, n news, changes *minds.Changes) {
	if len(n.acted) == 0 || m.config.Experiences == 0 {
		return
	}
	key := m.plans.key(plan)
	if key == "" || slices.ContainsFunc(n.acted, func(o sdk.Outcome) bool { return o.Action.Kind == actChangePlan }) {
		return // they did not belong to this plan
	}
	if slices.ContainsFunc(n.acted, func(o sdk.Outcome) bool { return !o.OK }) {
		if mind.experiences[key] != nil {
			delete(mind.experiences, key)
			changes.Remove(kindExperience, kindExperience+"/"+key)
		}
		return
	}
	mind.experience(key, experienceOf(tick, plan, n.acted), changes)
}

func experienceOf(tick int64, plan sdk.Plan, acted []sdk.Outcome) *experience {
	e := &experience{Purpose: text.Quote(plan.Purpose, maxNote), Place: text.Quote(plan.Place, perception.MaxName), Tick: tick}
	for _, o := range acted {
		a := sdk.Action{Kind: text.Cut(o.Action.Kind, perception.MaxName)}
		for _, name := range perception.Arguments(o.Action) {
			if a.Args == nil {
				a.Args = map[string]string{}
			}
			a.Args[text.Cut(name, perception.MaxName)] = text.Cut(o.Action.Args[name], maxArgument)
		}
		e.Actions = append(e.Actions, a)
	}
	return e
}

func (m *mind) experience(key string, e *experience, changes *minds.Changes) {
	if m.experiences == nil {
		m.experiences = map[string]*experience{}
	}
	m.experiences[key] = e
	changes.Put(kindExperience, kindExperience+"/"+key, e)
	for len(m.experiences) > m.config.Experiences {
		oldest := oldest(m.experiences, func(e *experience) int64 { return e.Tick })
		delete(m.experiences, oldest)
		changes.Remove(kindExperience, kindExperience+"/"+oldest)
	}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
