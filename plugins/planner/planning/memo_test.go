package planning

import (
	"errors"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/llm-city/gorod/plugins/sdk"
)

func TestAMemoMakesEveryTextOnce(t *testing.T) {
	t.Parallel()
	var m memo
	made := 0
	text := func() (string, error) { made++; return "текст", nil }
	for range 3 {
		if got, err := m.get(key("k"), text); got != "текст" || err != nil {
			t.Fatal(got, err)
		}
	}
	if made != 1 {
		t.Errorf("made %d times", made)
	}
	fault := errors.New("x")
	if _, err := m.get(key("e"), func() (string, error) { return "", fault }); !errors.Is(err, fault) {
		t.Error(err)
	}
	if got, err := m.get(key("e"), text); got != "текст" || err != nil {
		t.Error("a fault was kept:", got, err)
	}
}

func TestAMemoIsBoundedAndKeepsWhatIsUsed(t *testing.T) {
	t.Parallel()
	var m memo
	made, long := map[string]int{}, strings.Repeat("x", 10_000)
	get := func(name string) {
		if _, err := m.get(key(name), func() (string, error) { made[name]++; return long, nil }); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 10 * memoBytes / len(long) {
		get("often")
		get("once " + strconv.Itoa(i))
	}
	if made["often"] != 1 {
		t.Errorf("what is used at every turn was made %d times", made["often"])
	}
	if kept := len(m.young) + len(m.old); kept > 2*memoBytes/len(long)+2 {
		t.Errorf("%d texts of %d bytes are kept", kept, len(long))
	}
	huge := strings.Repeat("x", memoEntry+1)
	if _, err := m.get(key(huge), func() (string, error) { return "", nil }); err != nil || m.young[huge] != "" {
		t.Error("a huge key was kept")
	}
}

// Every field that a key leaves out would give an agent what belongs to
// another.
func TestKeysDifferInEveryField(t *testing.T) {
	t.Parallel()
	item := func(change func(*sdk.Item)) key {
		i := sdk.Item{ID: "1", Kind: "post", Author: "a", AuthorName: "A", Text: "t", Group: "g", Parent: "p", Event: "e", Options: []string{"x", "y"}}
		change(&i)
		return new(key).item(&i)
	}
	persona := func(change func(*sdk.Persona)) key {
		p := sdk.Persona{
			Name: "A", Age: 3, Gender: "g", Occupation: "o", Residence: "r", Bio: "b", Style: "s", Interests: []string{"i"},
			Traits: map[string]float64{"t": 1}, Beliefs: map[string]float64{"b": 1}, Relationships: map[string]string{"w": "r"},
			Routine: []string{"r"}, Extra: []byte("{}"),
		}
		change(&p)
		return new(key).persona(&sdk.Agent{Persona: &p})
	}
	person := func(id, name string) key { return new(key).person(&sdk.Person{ID: id, Name: name}) }
	actions := func(change func([]sdk.ActionSpec)) key {
		specs := []sdk.ActionSpec{{Kind: "k", Description: "d", Args: []sdk.ArgSpec{{Name: "n", Description: "d", Values: []string{"v"}}}}}
		change(specs)
		k := new(key)
		k.actions(specs, 2)
		return k.of(listOf)
	}
	most := func(actions int, kind byte) key {
		k := new(key)
		k.actions([]sdk.ActionSpec{{Kind: "k", Description: "d"}}, actions)
		return k.of(kind)
	}
	keys := []key{
		item(func(*sdk.Item) {}), item(func(i *sdk.Item) { i.ID = "2" }), item(func(i *sdk.Item) { i.Kind = "reply" }),
		item(func(i *sdk.Item) { i.Author = "b" }), item(func(i *sdk.Item) { i.AuthorName = "B" }), item(func(i *sdk.Item) { i.Text = "u" }),
		item(func(i *sdk.Item) { i.Group = "h" }), item(func(i *sdk.Item) { i.Parent = "q" }), item(func(i *sdk.Item) { i.Event = "f" }),
		item(func(i *sdk.Item) { i.Options = []string{"xy"} }), item(func(i *sdk.Item) { i.ID, i.Kind = "1p", "ost" }),
		persona(func(*sdk.Persona) {}), persona(func(p *sdk.Persona) { p.Name = "B" }), persona(func(p *sdk.Persona) { p.Age = 4 }),
		persona(func(p *sdk.Persona) { p.Gender = "h" }), persona(func(p *sdk.Persona) { p.Occupation = "p" }),
		persona(func(p *sdk.Persona) { p.Residence = "q" }), persona(func(p *sdk.Persona) { p.Bio = "c" }),
		persona(func(p *sdk.Persona) { p.Style = "t" }), persona(func(p *sdk.Persona) { p.Interests = []string{"j"} }),
		persona(func(p *sdk.Persona) { p.Traits["t"] = 0.5 }), persona(func(p *sdk.Persona) { p.Beliefs["b"] = 0.5 }),
		persona(func(p *sdk.Persona) { p.Relationships["w"] = "s" }), persona(func(p *sdk.Persona) { p.Routine = []string{"s"} }),
		persona(func(p *sdk.Persona) { p.Extra = []byte("[]") }), new(key).persona(&sdk.Agent{ID: "a"}), new(key).persona(&sdk.Agent{ID: "b"}),
		person("1", "A"), person("2", "A"), person("1", "B"), person("1A", ""), person("", "1A"),
		most(2, schemaOf), most(3, schemaOf), most(2, arrayOf),
		actions(func([]sdk.ActionSpec) {}), actions(func(s []sdk.ActionSpec) { s[0].Kind = "l" }),
		actions(func(s []sdk.ActionSpec) { s[0].Description = "e" }), actions(func(s []sdk.ActionSpec) { s[0].Args = nil }),
		actions(func(s []sdk.ActionSpec) { s[0].Args[0].Name = "m" }), actions(func(s []sdk.ActionSpec) { s[0].Args[0].Description = "e" }),
		actions(func(s []sdk.ActionSpec) { s[0].Args[0].Required = true }), actions(func(s []sdk.ActionSpec) { s[0].Args[0].Values = []string{"w"} }),
		actions(func(s []sdk.ActionSpec) { s[0].Args[0].Values = nil }),
	}
	seen := map[string]int{}
	for i, k := range keys {
		if j, ok := seen[string(k)]; ok {
			t.Errorf("keys %d and %d are one", j, i)
		}
		seen[string(k)] = i
	}
	// A new field that prompts show must be added above and to its key. Goals of
	// a persona are shown as the agent's, which no key holds.
	for name, want := range map[reflect.Type]int{
		reflect.TypeFor[sdk.Persona](): 14, reflect.TypeFor[sdk.Item](): 14, reflect.TypeFor[sdk.ActionSpec](): 3, reflect.TypeFor[sdk.ArgSpec](): 4,
		reflect.TypeFor[sdk.Person](): 2,
	} {
		if name.NumField() != want {
			t.Errorf("%v has %d fields, not %d: does its key need the new one?", name, name.NumField(), want)
		}
	}
}
