package reference_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"unicode"

	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/core/llm/reference"
	"github.com/llm-city/gorod/core/schema"
	"github.com/llm-city/gorod/plugins/sdk"
)

const decision = `{"type":"object","additionalProperties":false,"required":["thought","purpose","place","actions"],"properties":{
	"thought":{"type":"string","maxLength":60},"purpose":{"type":"string","maxLength":40},"place":{"type":"string","maxLength":20},
	"actions":{"type":"array","maxItems":2,"items":{"type":"object","additionalProperties":false,"required":["kind"],"properties":{
		"kind":{"type":"string","enum":["post","reply","vote","tell","follow","boost","direct","ignore","change_plan"]},
		"text":{"type":"string","maxLength":200},"target":{"type":"string"},"to":{"type":"string"},"event":{"type":"string"},
		"option":{"type":"string"},"purpose":{"type":"string"},"audience":{"type":"string","enum":["public","followers"]}}}}}}`

// society is a resident's situation with something for every kind of action.
func society(language, gender string, valence float64) *llm.Facts {
	texts := map[string][]string{
		"ru": {"Мэрия закрывает набережную на ремонт до осени", "Соседи, кто идёт на субботник у фонтана?", "Чиновники снова подняли цену проезда"},
		"en": {"The council closes the embankment for repairs", "Neighbours, who comes to the clean-up at the fountain?", "The fare goes up again this autumn"},
	}[language]
	interests := map[string][]string{"ru": {"шахматы", "рыбалка"}, "en": {"chess", "fishing"}}[language]
	names := map[string][]string{"ru": {"Борис Левин", "Вера Котова"}, "en": {"Boris Levin", "Vera Kotova"}}[language]
	values := []string{"public", "followers"}
	return &llm.Facts{
		Language: language, MaxActions: 2,
		Agent: sdk.Agent{
			ID: "a0001", Mood: sdk.Mood{Valence: valence},
			Persona: &sdk.Persona{Name: names[0], Gender: gender, Interests: interests, Traits: map[string]float64{"extraversion": 0.5}},
		},
		Observation: sdk.Observation{
			Place:         "network",
			Notifications: []sdk.Item{{ID: "p1", Kind: "post", Author: "a0002", AuthorName: names[1], Text: texts[1], Audience: "public", Addressed: true}},
			Timeline: []sdk.Item{
				{ID: "p2", Kind: "post", Author: "a0002", Text: texts[2], Audience: "public"},
				{ID: "p3", Kind: "post", Author: "a0002", Text: texts[0], Audience: "public", Event: "repair", Options: interests},
			},
			People: []sdk.Person{{ID: "a0002", Name: names[1]}},
		},
		Actions: []sdk.ActionSpec{
			{Kind: "post", Args: []sdk.ArgSpec{{Name: "text", Required: true}, {Name: "audience", Values: values}}},
			{Kind: "reply", Args: []sdk.ArgSpec{{Name: "target", Required: true}, {Name: "text", Required: true}}},
			{Kind: "vote", Args: []sdk.ArgSpec{{Name: "target", Required: true}, {Name: "option", Required: true}}},
			{Kind: "tell", Args: []sdk.ArgSpec{{Name: "event", Required: true, Values: []string{"repair"}}, {Name: "to", Required: true, Values: []string{"a0002"}}}},
			{Kind: "follow", Args: []sdk.ArgSpec{{Name: "target", Required: true, Values: []string{"a0002"}}}},
			{Kind: "boost", Args: []sdk.ArgSpec{{Name: "target", Required: true}}},
			{Kind: "direct", Args: []sdk.ArgSpec{{Name: "to", Required: true}, {Name: "text", Required: true}}},
			{Kind: "change_plan", Args: []sdk.ArgSpec{{Name: "purpose", Required: true}}},
			{Kind: "dig", Args: []sdk.ArgSpec{{Name: "where", Required: true}}},
			{Kind: "ignore"},
		},
	}
}

func ask(t *testing.T, p *reference.Provider, schema string, facts *llm.Facts, seed uint64) string {
	t.Helper()
	resp, err := p.Generate(t.Context(), llm.Request{Purpose: "plan", Schema: json.RawMessage(schema), Facts: facts, Sampling: llm.Sampling{Seed: seed}})
	if err != nil {
		t.Fatalf("seed %d: %v", seed, err)
	}
	return resp.Text
}

func TestRepliesAlwaysFitTheirSchema(t *testing.T) {
	t.Parallel()
	p := reference.New()
	for name, text := range map[string]string{
		"decision":   decision,
		"lists":      `{"type":"object","required":["questions","people"],"properties":{"questions":{"type":"array","minItems":3,"maxItems":3,"items":{"type":"string","maxLength":30}},"people":{"type":"array","maxItems":2,"items":{"type":"object","required":["name"],"properties":{"name":{"type":"string"},"impression":{"type":"string","maxLength":12}}}}}}`,
		"numbers":    `{"type":"object","required":["a","b","c","d"],"properties":{"a":{"type":"integer","minimum":1,"maximum":5},"b":{"type":"number","exclusiveMinimum":0,"maximum":1},"c":{"type":"integer","maximum":-3},"d":{"type":"number","minimum":100}}}`,
		"unions":     `{"anyOf":[{"type":"object","required":["deep"],"properties":{"deep":{"$ref":"#/$defs/deep"}}},{"type":"array","items":{"type":"boolean"}}],"$defs":{"deep":{"type":"object","required":["deep"],"properties":{"deep":{"$ref":"#/$defs/deep"}}}}}`,
		"references": `{"type":"array","minItems":2,"items":{"$ref":"#/$defs/a~1b"},"$defs":{"a/b":{"enum":["x",3,null]}}}`,
		"all of":     `{"allOf":[{"type":"object","required":["a"],"properties":{"a":{"type":"string","minLength":40}}},{"required":["b"],"properties":{"b":{"const":7}}}]}`,
		"optional":   `{"type":"object","properties":{"next":{"$ref":"#"},"text":{"type":["string","null"]}}}`,
		"undefined":  `{"type":"object","required":["x"]}`,
		"other acts": `{"type":"object","required":["actions"],"properties":{"actions":{"type":"array","items":{"type":"string"}}}}`,
		"few kinds":  `{"type":"object","required":["actions"],"properties":{"actions":{"type":"array","maxItems":1,"items":{"type":"object","additionalProperties":false,"properties":{"kind":{"enum":["ignore"]}}}}}}`,
		"no acts":    `{"type":"object","required":["actions"],"properties":{"actions":{"type":"array","maxItems":0,"items":{"type":"object"}}}}`,
	} {
		compiled, err := schema.Compile([]byte(text))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for seed := range uint64(1000) {
			language := []string{"ru", "en"}[seed%2]
			reply := ask(t, p, text, society(language, "female", 0), seed)
			if bad := compiled.Validate([]byte(reply)); len(bad) > 0 {
				t.Fatalf("%s, seed %d: %v: %s", name, seed, bad, reply)
			}
		}
	}
}

func TestSchemasThatNothingFitsAreRefused(t *testing.T) {
	t.Parallel()
	p := reference.New()
	wide := strings.Repeat(`{"type":"array","minItems":50,"items":`, 8) + `{}` + strings.Repeat(`}`, 8)
	for _, text := range []string{
		`{`, `[]`, `{"$ref":"#"}`, `{"$ref":"#/$defs/none"}`, `{"anyOf":[]}`, wide,
		`{"type":"object","required":["a"],"properties":{"a":{"$ref":"#"}}}`, `{"type":"array","minItems":1e9}`,
	} {
		_, err := p.Generate(t.Context(), llm.Request{Schema: json.RawMessage(text)})
		if !llm.IsKind(err, llm.BadRequest) {
			t.Errorf("%.60s: %v", text, err)
		}
	}
}

func TestAReplyFollowsFromSeedPurposeAndFactsAlone(t *testing.T) {
	t.Parallel()
	a, b := reference.New(), reference.New()
	different := map[string]bool{}
	for seed := range uint64(200) {
		reply := ask(t, a, decision, society("ru", "male", 0), seed)
		if again := ask(t, b, decision, society("ru", "male", 0), seed); again != reply {
			t.Fatalf("seed %d gave %s and %s", seed, reply, again)
		}
		different[reply] = true
	}
	if len(different) < 190 {
		t.Errorf("%d different replies of 200", len(different))
	}
	facts := society("ru", "male", 0)
	facts.Extra = json.RawMessage(`{"answers":["да"]}`)
	same := 0
	for seed := range uint64(50) {
		if ask(t, a, decision, facts, seed) == ask(t, a, decision, society("ru", "male", 0), seed) {
			same++
		}
	}
	if same > 10 {
		t.Errorf("what a planner adds to the facts left %d of 50 replies as they were", same)
	}
}

// texts are what residents say in n decisions.
func texts(t *testing.T, facts *llm.Facts, n int) []string {
	t.Helper()
	p := reference.New()
	var out []string
	for seed := range uint64(n) {
		var got struct {
			Thought, Purpose string
			Actions          []map[string]string
		}
		if err := json.Unmarshal([]byte(ask(t, p, decision, facts, seed)), &got); err != nil {
			t.Fatal(err)
		}
		out = append(out, got.Thought, got.Purpose)
		for _, a := range got.Actions {
			out = append(out, a["text"])
		}
	}
	return out
}

func TestTextIsOfTheSocietysLanguage(t *testing.T) {
	t.Parallel()
	for language, foreign := range map[string]*unicode.RangeTable{"ru": unicode.Latin, "en": unicode.Cyrillic} {
		for _, text := range texts(t, society(language, "", 0), 500) {
			if strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(foreign, r) || strings.ContainsRune("{}|", r) }) {
				t.Errorf("%s: %q", language, text)
			}
		}
	}
}

func TestWordsAgreeWithTheGenderOfThePersona(t *testing.T) {
	t.Parallel()
	forms := map[string][]string{"male": {"рад", "решил", "заметил", "согласен"}, "female": {"рада", "решила", "заметила", "согласна"}}
	for gender, own := range forms {
		other := forms[map[string]string{"male": "female", "female": "male"}[gender]]
		found := 0
		for _, text := range texts(t, society("ru", gender, 0), 500) {
			for word := range strings.FieldsFuncSeq(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) }) {
				for i := range own {
					if word == own[i] {
						found++
					}
					if word == other[i] {
						t.Errorf("%s: %q", gender, text)
					}
				}
			}
		}
		if found < 20 {
			t.Errorf("%s: %d forms that show it", gender, found)
		}
	}
}

func TestMoodColoursWhatIsSaid(t *testing.T) {
	t.Parallel()
	gloom := []string{"плох", "грустн", "боюсь", "ужасн", "надоело", "тревож", "обидно", "жаль", "проблем"}
	count := func(valence float64) int {
		n := 0
		for _, text := range texts(t, society("ru", "male", valence), 300) {
			for _, word := range gloom {
				n += strings.Count(strings.ToLower(text), word)
			}
		}
		return n
	}
	if low, high := count(-0.9), count(0.9); low < 5*high+20 {
		t.Errorf("%d gloomy words in a bad mood, %d in a good one", low, high)
	}
}

func TestActionsAreThoseAllowedWithTheirArguments(t *testing.T) {
	t.Parallel()
	p := reference.New()
	seen := map[string]int{}
	for seed := range uint64(600) {
		facts := society("ru", "female", 0)
		var got struct{ Actions []map[string]string }
		open := `{"type":"object","required":["actions"],"properties":{"actions":{"type":"array","maxItems":5,"items":{"type":"object"}}}}`
		if err := json.Unmarshal([]byte(ask(t, p, open, facts, seed)), &got); err != nil {
			t.Fatal(err)
		}
		if len(got.Actions) == 0 || len(got.Actions) > facts.MaxActions {
			t.Fatalf("seed %d: %d actions", seed, len(got.Actions))
		}
		for _, a := range got.Actions {
			seen[a["kind"]]++
			for _, spec := range facts.Actions {
				for _, arg := range spec.Args {
					if spec.Kind == a["kind"] && arg.Required && a[arg.Name] == "" {
						t.Errorf("seed %d: %v lacks %s", seed, a, arg.Name)
					}
				}
			}
		}
	}
	for _, spec := range society("ru", "", 0).Actions {
		if seen[spec.Kind] == 0 {
			t.Errorf("%s was never chosen", spec.Kind)
		}
	}
}

func TestNewsArePassedOnAsTheyBegan(t *testing.T) {
	t.Parallel()
	p := reference.New()
	news := "Мэрия закрывает набережную на ремонт до осени."
	for range 3 { // hops
		facts := society("ru", "female", 0)
		facts.Observation.Notifications = []sdk.Item{{ID: "p9", Kind: sdk.ItemTell, Author: "a0002", Text: news, Event: "repair"}}
		facts.Observation.Timeline = nil
		facts.Actions = []sdk.ActionSpec{{Kind: "tell", Args: []sdk.ArgSpec{{Name: "event", Required: true}, {Name: "text", Required: true}}}}
		var got struct{ Actions []map[string]string }
		if err := json.Unmarshal([]byte(ask(t, p, decision, facts, 7)), &got); err != nil || len(got.Actions) != 1 {
			t.Fatal(err, got)
		}
		news = got.Actions[0]["text"]
		if !strings.Contains(news, "«Мэрия закрывает набережную на ремонт до осени.»") || strings.Count(news, "«") != 1 {
			t.Errorf("the news became %q", news)
		}
	}
}

func TestThoseWhoseTradeIsToAskAsk(t *testing.T) {
	t.Parallel()
	facts := society("ru", "female", 0)
	facts.Agent.Persona.Occupation = "Модератор"
	facts.Actions = []sdk.ActionSpec{{Kind: "say", Args: []sdk.ArgSpec{{Name: "text", Required: true}}}, {Kind: "ask", Args: []sdk.ArgSpec{{Name: "text", Required: true}}}}
	p, asks := reference.New(), 0
	for seed := range uint64(100) {
		if strings.Contains(ask(t, p, strings.Replace(decision, `"post"`, `"say","ask"`, 1), facts, seed), `"kind":"ask"`) {
			asks++
		}
	}
	if asks < 70 {
		t.Errorf("a moderator asked %d times of 100", asks)
	}
}

func TestTextsThatShareStemsEmbedCloser(t *testing.T) {
	t.Parallel()
	resp, err := reference.New().Embed(t.Context(), llm.EmbedRequest{Texts: []string{"ремонт набережной", "ремонтируют набережную", "кошка спит", ""}})
	if err != nil {
		t.Fatal(err)
	}
	dot := func(i, j int) (sum float64) {
		for k := range resp.Vectors[i] {
			sum += float64(resp.Vectors[i][k]) * float64(resp.Vectors[j][k])
		}
		return sum
	}
	for i := range resp.Vectors {
		if n := dot(i, i); math.Abs(n-1) > 1e-5 {
			t.Errorf("vector %d has length %g", i, n)
		}
	}
	if near, far := dot(0, 1), dot(0, 2); near < far+0.3 {
		t.Errorf("related texts at %g, others at %g", near, far)
	}
}

func TestWithoutFactsASentenceComesBack(t *testing.T) {
	t.Parallel()
	resp, err := reference.New().Generate(t.Context(), llm.Request{Messages: []sdk.Message{{Content: "Привет, как дела?"}}})
	if err != nil || resp.Text == "" || resp.PromptTokens < 4 || resp.ReplyTokens == 0 || resp.Endpoint != "reference" {
		t.Errorf("%+v, %v", resp, err)
	}
}

func FuzzGenerate(f *testing.F) {
	f.Add(decision, uint64(1))
	f.Add(`{"properties":{"a":{"maxLength":-8},"b":{"minLength":-8},"c":{"type":"array","minItems":-1,"maxItems":-1}}}`, uint64(3))
	f.Add(`{"anyOf":[{"$ref":"#"},{"type":"integer","minimum":1e308,"maximum":-1e308}]}`, uint64(2))
	p := reference.New()
	f.Fuzz(func(t *testing.T, schema string, seed uint64) {
		resp, err := p.Generate(t.Context(), llm.Request{Schema: json.RawMessage(schema), Facts: society("en", "", 0), Sampling: llm.Sampling{Seed: seed}})
		if err == nil && schema != "" && !json.Valid([]byte(resp.Text)) {
			t.Errorf("%s gave %s", schema, resp.Text)
		}
	})
}

func BenchmarkGenerate(b *testing.B) {
	p, facts := reference.New(), society("ru", "male", 0)
	for i := range b.N {
		_, err := p.Generate(b.Context(), llm.Request{Purpose: "plan", Schema: json.RawMessage(decision), Facts: facts, Sampling: llm.Sampling{Seed: uint64(i)}})
		if err != nil {
			b.Fatal(err)
		}
	}
}

func TestWhatMemoryPutsFirstIsPassedOnMost(t *testing.T) {
	t.Parallel()
	p := reference.New()
	count := map[string]int{}
	memories := []string{"Посреди площади стоит огромный красный шар", "В пекарне сегодня испекли свежий ржаной хлеб"}
	for seed := range uint64(800) {
		facts := society("ru", "female", 0)
		facts.Observation.Notifications, facts.Observation.Timeline = nil, nil
		facts.Actions = []sdk.ActionSpec{{Kind: "post", Args: []sdk.ArgSpec{{Name: "text", Required: true}}}}
		for _, m := range memories {
			facts.Recollection.Items = append(facts.Recollection.Items, sdk.Remembrance{Key: m, Text: m})
		}
		reply := ask(t, p, decision, facts, seed)
		for _, m := range memories {
			if strings.Contains(reply, m) {
				count[m]++
			}
		}
	}
	first, second := count[memories[0]], count[memories[1]]
	if first < 60 || second < 15 || first < 2*second {
		t.Errorf("the first memory %d times, the second %d times of 800", first, second)
	}
}
