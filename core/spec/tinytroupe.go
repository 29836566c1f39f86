package spec

import "strings"

// TinyTroupe's agents ({"type": "TinyPerson", "persona": {…}}) and fragments
// ({"type": "Fragment", …}) are read as they are:
//
//	name, age, gender, residence, style   the same
//	occupation {title, description, …}    occupation: the title; bio: the description; the rest stays
//	long_term_goals                       goals
//	personality.big_five                  traits: High 0.7, Medium 0, Low -0.7, "Low-Medium" -0.35,
//	                                      Very …, Extremely … 0.9; the prose stays
//	beliefs, a list                       beliefs of strength 1
//	preferences.interests                 interests
//	behaviors.routines, routines          routine: "morning: Wakes at 6:30 AM."
//	relationships, a list                 relationships: description by name
//
// Everything else stays under its own key, and so comes into Extra. What
// TinyTroupe saves beside the persona (memories, a mental state) is left out.

type personaKind int

const (
	whole personaKind = iota
	fragment
)

// ownForm is a persona in gorod's form, and whether the file calls itself a
// fragment. What is in gorod's form already comes back as it is.
func ownForm(n *node) (*node, personaKind) {
	persona, kind := n.child("persona"), whole
	word, _ := n.child("type").scalarText()
	switch {
	case persona == nil || persona.kind != mapping:
		return n, whole
	case strings.EqualFold(word, "Fragment"):
		kind = fragment
	case !strings.EqualFold(word, "TinyPerson"):
		return n, whole
	}
	t := &tinyPerson{out: &node{kind: mapping, at: persona.at}}
	if list := n.child("fragments"); list != nil {
		t.put("fragments", list)
	}
	for _, e := range persona.entries {
		t.entry(e)
	}
	return t.out, kind
}

// scalarText is a text, or false.
func (n *node) scalarText() (string, bool) {
	if n == nil || n.kind != scalar {
		return "", false
	}
	s, ok := n.value.(string)
	return s, ok
}

// tinyPerson is a persona of TinyTroupe on its way into gorod's form.
type tinyPerson struct{ out *node }

func (t *tinyPerson) entry(e entry) {
	n := e.value
	switch {
	case n.kind == mapping && t.nested(e):
	case e.key == "routines" || e.key == "routine":
		t.routine(n)
	case e.key == "long_term_goals":
		t.append("goals", texts(n)...)
	case e.key == "beliefs" && n.kind == sequence:
		t.beliefs(n)
	case e.key == "relationships" && n.kind == sequence:
		t.relationships(n)
	default:
		t.keep(e.key, n)
	}
}

// nested takes the mappings that hold more than one thing; false for others.
func (t *tinyPerson) nested(e entry) bool {
	switch e.key {
	case "occupation":
		t.occupation(e.value)
	case "personality":
		t.moved(e, "big_five", func(five *node) { t.keep("big_five", five); t.traits(five) })
	case "preferences":
		t.moved(e, "interests", func(list *node) { t.append("interests", texts(list)...) })
	case "behaviors":
		t.moved(e, "routines", t.routine)
	default:
		return false
	}
	return true
}

// keep keeps a value under its key; where gorod means something else by the
// key, under another.
func (t *tinyPerson) keep(key string, n *node) {
	fits := true
	switch key {
	case "name", "age", "gender", "occupation", "residence", "bio", "style":
		fits = n.kind == scalar
	case "interests", "routine", "goals", "fragments":
		fits = n.kind == sequence && len(texts(n)) == len(n.items)
	case "traits", "beliefs", "relationships":
		fits = n.kind == mapping
	}
	switch {
	case !fits:
		t.put(key+"_details", n)
	case n.kind == sequence:
		t.append(key, n.items...)
	default:
		t.put(key, n)
	}
}

func (t *tinyPerson) put(key string, n *node) {
	if t.out.child(key) != nil {
		key += "_details" // two of its keys are one of ours
	}
	t.out.entries = append(t.out.entries, entry{key, n.at, n})
}

// moved gives one key of a mapping to do, and keeps the rest of the mapping.
func (t *tinyPerson) moved(e entry, key string, do func(*node)) {
	rest := &node{kind: mapping, at: e.value.at}
	for _, inner := range e.value.entries {
		if inner.key == key {
			do(inner.value)
		} else {
			rest.entries = append(rest.entries, inner)
		}
	}
	if len(rest.entries) > 0 {
		t.keep(e.key, rest)
	}
}

func (t *tinyPerson) occupation(n *node) {
	rest := &node{kind: mapping, at: n.at}
	for _, e := range n.entries {
		switch {
		case e.key == "title" && e.value.kind == scalar:
			t.put("occupation", e.value)
		case e.key == "description" && e.value.kind == scalar:
			t.put("bio", e.value)
		default:
			rest.entries = append(rest.entries, e)
		}
	}
	if len(rest.entries) > 0 {
		t.put("occupation_details", rest)
	}
}

// traits reads "High. Very creative." as a number. What says neither high nor
// low is no trait.
func (t *tinyPerson) traits(five *node) {
	out := &node{kind: mapping, at: five.at}
	for _, e := range five.entries {
		if x, ok := level(e.value); ok {
			out.entries = append(out.entries, entry{strings.ToLower(e.key), e.at, &node{at: e.value.at, value: x}})
		}
	}
	if len(out.entries) > 0 {
		t.put("traits", out)
	}
}

// level is how much of a trait a prose names by its first words.
func level(n *node) (float64, bool) {
	if x, ok := number(n.value); ok {
		return x, true
	}
	prose, ok := n.scalarText()
	if !ok {
		return 0, false
	}
	head, _, _ := strings.Cut(strings.ToLower(prose), ".")
	head, _, _ = strings.Cut(head, ",")
	sum, found, very := 0.0, 0.0, false
	for word := range strings.FieldsFuncSeq(head, func(r rune) bool { return strings.ContainsRune(" -–—/:;()", r) }) {
		switch {
		case strings.HasPrefix(word, "high"), strings.HasPrefix(word, "высок"):
			sum, found = sum+0.7, found+1
		case strings.HasPrefix(word, "low"), strings.HasPrefix(word, "низк"):
			sum, found = sum-0.7, found+1
		case strings.HasPrefix(word, "medium"), strings.HasPrefix(word, "moderate"), strings.HasPrefix(word, "average"), strings.HasPrefix(word, "средн"):
			found++
		case word == "quite", word == "rather", word == "fairly", word == "довольно", word == "скорее":
		case word == "very", word == "extremely", word == "очень":
			very = true
		case found == 0:
			return 0, false // it begins with something else
		}
		if found == 2 {
			break
		}
	}
	if found == 0 {
		return 0, false
	}
	if very {
		sum *= 9.0 / 7
	}
	return sum / found, true
}

func (t *tinyPerson) routine(n *node) {
	if n.kind != mapping {
		t.append("routine", texts(n)...)
		return
	}
	for _, e := range n.entries {
		for _, item := range texts(e.value) {
			said := e.key + ": " + item.text
			t.append("routine", &node{at: item.at, value: said, text: said})
		}
	}
}

func (t *tinyPerson) beliefs(n *node) {
	out := &node{kind: mapping, at: n.at}
	for _, item := range texts(n) {
		if out.child(item.text) == nil {
			out.entries = append(out.entries, entry{item.text, item.at, &node{at: item.at, value: int64(1)}})
		}
	}
	t.put("beliefs", out)
}

// relationships takes {name, description}; several of one name become one.
func (t *tinyPerson) relationships(n *node) {
	out := &node{kind: mapping, at: n.at}
	for _, item := range n.items {
		name, ok := item.child("name").scalarText()
		what, _ := item.child("description").scalarText()
		switch have := out.child(name); {
		case !ok:
			t.append("relationships_details", item)
		case have != nil:
			have.text += "; " + what
			have.value = have.text
		default:
			out.entries = append(out.entries, entry{name, item.at, &node{at: item.at, value: what, text: what}})
		}
	}
	t.put("relationships", out)
}

// append adds items to a list, which it makes.
func (t *tinyPerson) append(key string, items ...*node) {
	list := t.out.child(key)
	if list == nil && len(items) > 0 {
		list = &node{kind: sequence, at: items[0].at}
		t.put(key, list)
	}
	if list != nil {
		list.items = append(list.items, items...)
	}
}

// texts are the texts of a list, or of a single text. Older agents have
// {"interest": "…"} for a text.
func texts(n *node) []*node {
	if n.kind == scalar {
		n = &node{kind: sequence, items: []*node{n}}
	}
	var out []*node
	for _, item := range n.items {
		if item.kind == mapping && len(item.entries) == 1 {
			item = item.entries[0].value
		}
		if s, ok := item.scalarText(); ok {
			out = append(out, &node{at: item.at, value: s, text: s})
		}
	}
	return out
}
