package spec_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
)

// files writes files into a folder of their own.
func files(t *testing.T, texts map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range texts {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func persona(t *testing.T, dir, name string) (sdk.Persona, string) {
	t.Helper()
	p, problems := spec.LoadPersona(filepath.Join(dir, name))
	return p, strings.ReplaceAll(problems.Error(), dir+"/", "")
}

func extra(t *testing.T, p sdk.Persona) map[string]any {
	t.Helper()
	var out map[string]any
	if err := json.Unmarshal(p.Extra, &out); err != nil {
		t.Fatalf("extra %s: %v", p.Extra, err)
	}
	return out
}

const agent = `{
  "type": "TinyPerson",
  "persona": {
    "name": "Ида Вальтер", "age": 41, "gender": "Female", "nationality": "Austrian", "residence": "Graz",
    "education": "A master's in botany.",
    "long_term_goals": ["To map the mosses of the Mur.", "To sleep more."],
    "occupation": {"title": "Botanist", "organization": "Joanneum", "description": "You keep the herbarium."},
    "style": "Dry, exact.",
    "personality": {
      "traits": ["You hum when you think."],
      "big_five": {"openness": "High. Curious.", "conscientiousness": "Very high. Labels all.", "extraversion": "Low-Medium. Quiet.",
        "agreeableness": "Medium. Fair.", "neuroticism": "It varies by day."}
    },
    "preferences": {"interests": ["Mosses", {"interest": "Choirs"}], "likes": ["Rain"]},
    "skills": [{"skill": "Latin"}],
    "beliefs": ["A marsh is worth more than a road.", "A marsh is worth more than a road."],
    "behaviors": {"general": ["Carries a lens."], "routines": {"morning": ["Wakes at 5."], "evening": ["Sings."]}},
    "relationships": [{"name": "Uwe", "description": "your brother"}, {"name": "Uwe", "description": "a rival"}, {"who": "?"}],
    "traits": ["old form"], "bio": "Born in 1985."
  },
  "episodic_memory": [{"content": "long"}]
}`

func TestTinyTroupesAgentsLoadAsTheyAre(t *testing.T) {
	t.Parallel()
	dir := files(t, map[string]string{"ida.agent.json": agent})
	p, problems := persona(t, dir, "ida.agent.json")
	if problems != "" {
		t.Fatal(problems)
	}
	rest := extra(t, p)
	p.Extra = nil
	want := sdk.Persona{
		Name: "Ида Вальтер", Age: 41, Gender: "Female", Residence: "Graz", Occupation: "Botanist", Bio: "You keep the herbarium.", Style: "Dry, exact.",
		Goals: []string{"To map the mosses of the Mur.", "To sleep more."}, Interests: []string{"Mosses", "Choirs"},
		Traits:        map[string]float64{"openness": 0.7, "conscientiousness": 0.9, "extraversion": -0.35, "agreeableness": 0},
		Beliefs:       map[string]float64{"A marsh is worth more than a road.": 1},
		Relationships: map[string]string{"Uwe": "your brother; a rival"}, Routine: []string{"morning: Wakes at 5.", "evening: Sings."},
	}
	if !reflect.DeepEqual(p, want) {
		t.Errorf("got  %+v\nwant %+v", p, want)
	}
	keys := []string{}
	for key := range rest {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	if got, want := strings.Join(keys, " "), "behaviors big_five bio_details education nationality occupation_details personality preferences relationships_details skills traits_details"; got != want {
		t.Errorf("extra has %s\nwant %s", got, want)
	}
	if five, _ := rest["big_five"].(map[string]any); five["neuroticism"] != "It varies by day." {
		t.Errorf("prose that names no level was lost: %v", rest)
	}
}

func TestFragmentsAreMergedByTinyTroupesRules(t *testing.T) {
	t.Parallel()
	dir := files(t, map[string]string{
		"anna.yaml":        "name: Анна\nstyle:\ninterests: [книги, театр]\ntraits: {openness: 1}\nfragments: [travel.json, debater.yaml]\npet: {cat: {name: Мурка}}\n",
		"travel.json":      `{"type": "Fragment", "persona": {"preferences": {"interests": ["театр", "поездки"]}, "beliefs": ["Дорога учит."]}}`,
		"debater.yaml":     "fragments: [loud.yaml]\ntraits: {openness: 1.0, agreeableness: -0.6}\npet: {cat: {age: 3}}\n",
		"loud.yaml":        "style: громкий\n",
		"loop.yaml":        "name: Пётля\nfragments: [loop2.yaml]\n",
		"loop2.yaml":       "fragments: [loop2.yaml]\n",
		"alone.json":       `{"type": "fragment", "persona": {"name": "Ф"}}`,
		"missing.yaml":     "name: М\nfragments: [none.yaml, 3]\n",
		"text.yaml":        "name: Т\nfragments: loud.yaml\n",
		"contradicts.yaml": "name: К\nstyle: тихий\ntraits: {agreeableness: 0.2}\npet: рыбки\nfragments:\n- debater.yaml\n",
	})
	p, problems := persona(t, dir, "anna.yaml")
	if problems != "" {
		t.Fatal(problems)
	}
	rest := extra(t, p)
	p.Extra = nil
	want := sdk.Persona{
		Name: "Анна", Style: "громкий", Interests: []string{"книги", "театр", "поездки"},
		Traits: map[string]float64{"openness": 1, "agreeableness": -0.6}, Beliefs: map[string]float64{"Дорога учит.": 1},
	}
	if !reflect.DeepEqual(p, want) || !reflect.DeepEqual(rest["pet"], map[string]any{"cat": map[string]any{"name": "Мурка", "age": 3.0}}) || len(rest) != 1 {
		t.Errorf("got %+v and %v", p, rest)
	}
	for file, wants := range map[string][]string{
		"contradicts.yaml": {
			`loud.yaml:1:8: style contradicts contradicts.yaml:2:8: "громкий" here, "тихий" there; keep one of the two`,
			`debater.yaml:2:40: traits.agreeableness contradicts contradicts.yaml:3:25: "-0.6" here, "0.2" there`,
			`debater.yaml:3:7: pet contradicts contradicts.yaml:4:6: a mapping here, a text or a number there`,
		},
		"loop.yaml":    {"loop2.yaml: a fragment that holds itself: loop.yaml → loop2.yaml → loop2.yaml"},
		"alone.json":   {"alone.json:1:2: a fragment, not a persona"},
		"missing.yaml": {"none.yaml: cannot be read", "missing.yaml:2:24: fragments has the wrong type"},
		"text.yaml":    {"text.yaml:2:12: fragments has the wrong type: it is no list"},
	} {
		_, problems := persona(t, dir, file)
		for _, want := range wants {
			if !strings.Contains(problems, want) {
				t.Errorf("%s: got\n%s\nwant %s", file, problems, want)
			}
		}
		if got := strings.Count(problems, "\n") + 1; got != len(wants) {
			t.Errorf("%s: %d problems, want %d:\n%s", file, got, len(wants), problems)
		}
	}
}

func TestWhatIsWrongInAPersonaHasLineAndColumn(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want string }{
		"age":             {"name: Анна\nage: много\n", `p.yaml:2:6: age has the wrong type: got "много"; give a whole number`},
		"old":             {"name: Анна\r\nage: 151\r\n", "p.yaml:2:6: age is out of range: got 151, allowed 0 to 150"},
		"trait":           {"name: Анна\ntraits:\n  openness: 1.2\n", "p.yaml:3:13: traits.openness is out of range: got 1.2, allowed -1 to 1"},
		"belief":          {"name: Анна\nbeliefs: {земля. круглая: -2}\n", "p.yaml:2:27: beliefs.земля. круглая is out of range"},
		"interests":       {"name: Анна\ninterests: книги\n", "p.yaml:2:12: interests has the wrong type"},
		"traits in words": {"name: Анна\ntraits: {openness: high}\n", `p.yaml:2:20: traits.openness has the wrong type: got "high"`},
		"no name":         {"age: 3\n", "p.yaml:1:1: a persona without a name"},
		"twice":           {"name: Анна\nage: 3\nage: 4\n", `p.yaml:3:1: malformed YAML: mapping key "age" already defined at [2:1]`},
		"json":            {"{\"name\": \"Анна\",\n\t\"age\": \"3\"}", `p.yaml:2:9: age has the wrong type`},
		"no mapping":      {"- Анна\n", "p.yaml:1:1: "},
		"not yaml":        {"name: [\n", "p.yaml:1:7: malformed YAML"},
		"tiny age":        {`{"type":"TinyPerson","persona":{"name":"A","age":[1]}}`, ""},
		"tiny beliefs":    {"type: TinyPerson\npersona:\n  name: A\n  big: 1\n  beliefs: {a: 7}\n", "p.yaml:5:16: beliefs.a is out of range"},
	} {
		_, problems := persona(t, files(t, map[string]string{"p.yaml": c.text}), "p.yaml")
		if !strings.Contains(problems, c.want) || (c.want == "") != (problems == "") {
			t.Errorf("%s: got %q, want %q", name, problems, c.want)
		}
	}
}

func TestFilesOfWindowsEditorsAreRead(t *testing.T) {
	t.Parallel()
	dir := files(t, map[string]string{
		"p.yaml": "\ufeffname: Анна\r\nbio: |\r\n  Первая.\r\n  Вторая.\r\nhobby: лыжи\r\n",
		"p.json": "\ufeff{\r\n\t\"name\": \"\\u0410нна \\ud83d\\ude00\",\r\n\t\"bio\": \"a\\/b\"\r\n}\r\n",
	})
	p, problems := persona(t, dir, "p.yaml")
	if problems != "" || p.Name != "Анна" || p.Bio != "Первая.\nВторая.\n" || string(p.Extra) != `{"hobby":"лыжи"}` {
		t.Errorf("%+v %s", p, problems)
	}
	if p, problems = persona(t, dir, "p.json"); problems != "" || p.Name != "Анна 😀" || p.Bio != "a/b" {
		t.Errorf("%+v %s", p, problems)
	}
}

func TestAPersonaThatIsWrittenDownIsReadTheSame(t *testing.T) {
	t.Parallel()
	want := sdk.Persona{
		Name: "007", Age: 41, Gender: "да", Occupation: "- не список", Bio: "Одна строка.\nДругая: «да»\n", Style: "#тег", Interests: []string{"a: b", "null", "x"},
		Traits: map[string]float64{"openness": -0.25}, Beliefs: map[string]float64{"Земля: круглая?": 1}, Goals: []string{"{}"},
		Relationships: map[string]string{"Ёж": "сосед"}, Routine: []string{"6:30 — подъём"}, Extra: json.RawMessage(`{"deep":{"a":[1,2.5,"3"]},"key":"значение"}`),
	}
	text, err := spec.MarshalPersona(&want)
	if err != nil {
		t.Fatal(err)
	}
	got, problems := persona(t, files(t, map[string]string{"p.yaml": string(text)}), "p.yaml")
	if problems != "" || !reflect.DeepEqual(got, want) {
		t.Errorf("%s\n%s\ngot  %+v\nwant %+v", problems, text, got, want)
	}
	if _, err := spec.MarshalPersona(&sdk.Persona{Extra: json.RawMessage("{")}); err == nil {
		t.Error("an extra that is no JSON was written")
	}
}

func TestAGroupsFragmentsAndGoalsReachEverybodyInIt(t *testing.T) {
	t.Parallel()
	dir := files(t, map[string]string{
		"anna.yaml":   "name: Анна\ngoals: [петь]\n",
		"shy.yaml":    "traits: {extraversion: -0.8}\ninterests: [тишина]\n",
		"gloomy.yaml": "traits: {extraversion: 0.1}\n",
		"study.yaml": `apiVersion: gorod/v1
kind: Experiment
name: x
population:
- personas: [anna.yaml]
  inline:
  - {name: Борис, interests: [тишина, шахматы]}
  - {type: TinyPerson, persona: {name: Tim, beliefs: [Rain is good.]}}
  fragments: [shy.yaml]
  goals: [молчать, петь]
- inline:
  - {name: Вера, fragments: [shy.yaml]}
matrix:
  axes:
    population[0].goals: [[есть], [спать]]
`,
	})
	study, err := spec.Load(filepath.Join(dir, "study.yaml"), spec.Options{Plugins: catalog{}})
	if err != nil {
		t.Fatal(err)
	}
	check := func(study *spec.Study) {
		t.Helper()
		residents := study.Residents()
		for i, interests := range []string{"тишина", "тишина шахматы", "тишина", "тишина"} {
			if p := residents[i].Persona; p.Traits["extraversion"] != -0.8 || strings.Join(p.Interests, " ") != interests || len(p.Extra) > 0 {
				t.Errorf("%+v", p)
			}
		}
		if got := residents[0].Goals; !slices.Equal(got, []string{"петь", "молчать"}) {
			t.Errorf("goals %q", got)
		}
		if got := residents[1].Goals; !slices.Equal(got, []string{"молчать", "петь"}) {
			t.Errorf("goals %q", got)
		}
		if residents[2].Persona.Beliefs["Rain is good."] != 1 {
			t.Errorf("%+v", residents[2].Persona)
		}
	}
	check(study)
	text, err := study.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	away := files(t, map[string]string{"study.yaml": string(text)})
	again, err := spec.Load(filepath.Join(away, "study.yaml"), spec.Options{Plugins: catalog{}})
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	check(again)
	cells, err := study.Cells()
	if err != nil || len(cells) != 2 || len(cells[1].Study.Residents()) != 4 || cells[1].Study.Residents()[0].Goals[1] != "спать" {
		t.Errorf("%v %+v", err, cells)
	}
	_, err = spec.Load(filepath.Join(dir, "study.yaml"), spec.Options{Plugins: catalog{}, Set: []string{"population[1].fragments=[gloomy.yaml]"}})
	want := filepath.Join(dir, "gloomy.yaml") + ":1:24: traits.extraversion contradicts " + filepath.Join(dir, "shy.yaml") + ":1:24: \"0.1\" here, \"-0.8\" there; keep one of the two"
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func FuzzPersonaFilesAreReadOrRefused(f *testing.F) {
	f.Add(agent)
	f.Add("name: Анна\nfragments: [x]\ntraits: {openness: 0.5}\nhobby: [a, {b: c}]\n")
	f.Add(`{"type":"Fragment","persona":{"occupation":{"title":[]},"personality":{"big_five":[]},"relationships":[[]]}}`)
	f.Fuzz(func(t *testing.T, text string) {
		dir := files(t, map[string]string{"p.json": text})
		p, problems := spec.LoadPersona(filepath.Join(dir, "p.json"))
		if len(problems) > 0 {
			return
		}
		if _, err := spec.MarshalPersona(&p); err != nil {
			t.Error(err)
		}
	})
}
