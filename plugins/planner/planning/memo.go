package planning

import (
	"encoding/binary"
	"maps"
	"math"
	"slices"
	"sync"

	"github.com/llm-city/gorod/plugins/sdk"
)

// memo keeps texts by all that they were rendered from: who an agent is, what
// it can do and a post that many see change seldom. It may be used from many
// goroutines.
type memo struct {
	mu         sync.Mutex
	young, old map[string]string
	bytes      int // of young
}

const (
	memoBytes = 32 << 20 // of young; old may hold as much
	memoEntry = 16 << 10 // what is longer is rendered each time
)

// get is the text of a key, from make if it is not kept.
func (m *memo) get(k key, make func() (string, error)) (string, error) {
	if text, ok := m.find(k); ok {
		return text, nil
	}
	text, err := make()
	if err == nil && len(k)+len(text) <= memoEntry {
		m.mu.Lock()
		m.keep(string(k), text)
		m.mu.Unlock()
	}
	return text, err
}

func (m *memo) find(k key) (string, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if text, ok := m.young[string(k)]; ok {
		return text, true
	}
	text, ok := m.old[string(k)]
	if ok { // what is asked for outlives what is not
		m.keep(string(k), text)
	}
	return text, ok
}

func (m *memo) keep(k, text string) {
	if m.young == nil || m.bytes+len(k)+len(text) > memoBytes {
		m.young, m.old, m.bytes = map[string]string{}, m.young, 0
	}
	if _, ok := m.young[k]; !ok {
		m.bytes += len(k) + len(text)
	}
	m.young[k] = text
}

// key is everything that a text is rendered from, its first byte saying what
// kind of text. Strings and lists begin with their length, so that no two
// things have the same bytes.
type key []byte

func (k *key) int(n int) { *k = binary.AppendVarint(*k, int64(n)) }

func (k *key) text(s string) {
	k.int(len(s))
	*k = append(*k, s...)
}

func (k *key) list(texts []string) {
	k.int(len(texts))
	for _, s := range texts {
		k.text(s)
	}
}

func (k *key) levels(values map[string]float64) {
	k.int(len(values))
	for _, name := range slices.Sorted(maps.Keys(values)) {
		k.text(name)
		*k = binary.BigEndian.AppendUint64(*k, math.Float64bits(values[name]))
	}
}

// persona makes k the key of an agent's persona; the others likewise.
func (k *key) persona(a *sdk.Agent) key {
	*k = append((*k)[:0], 'p')
	k.text(a.Name())
	p := a.Persona
	if p == nil {
		return *k
	}
	k.int(p.Age)
	for _, s := range []string{p.Name, p.Gender, p.Occupation, p.Residence, p.Bio, p.Style, string(p.Extra)} {
		k.text(s)
	}
	k.list(p.Interests)
	k.list(p.Routine)
	k.levels(p.Traits)
	k.levels(p.Beliefs)
	for _, who := range slices.Sorted(maps.Keys(p.Relationships)) {
		k.text(who)
		k.text(p.Relationships[who])
	}
	return *k
}

func (k *key) item(item *sdk.Item) key {
	*k = append((*k)[:0], 'i')
	for _, s := range []string{item.ID, item.Kind, item.Author, item.AuthorName, item.Text, item.Group, item.Parent, item.Event} {
		k.text(s)
	}
	k.list(item.Options)
	return *k
}

func (k *key) person(p *sdk.Person) key {
	*k = append((*k)[:0], 'w')
	k.text(p.ID)
	k.text(p.Name)
	return *k
}

// The list of actions, the schema of a list of some of them and the schema of a
// reply that decides between them are made of the same: key.of makes the key of
// each from that of the actions.
const (
	listOf   = 'a'
	arrayOf  = 'l'
	schemaOf = 's'
)

func (k *key) of(kind byte) key {
	(*k)[0] = kind
	return *k
}

func (k *key) actions(specs []sdk.ActionSpec, maxActions int) {
	*k = append((*k)[:0], 0)
	k.int(maxActions)
	for i := range specs {
		k.text(specs[i].Kind)
		k.text(specs[i].Description)
		k.int(len(specs[i].Args))
		for _, arg := range specs[i].Args {
			k.text(arg.Name)
			k.text(arg.Description)
			required := 0
			if arg.Required {
				required = 1
			}
			k.int(required)
			if listed(arg) {
				k.list(arg.Values)
			} else {
				k.int(-1)
			}
		}
	}
}
