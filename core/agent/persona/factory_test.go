package persona_test

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/llm-city/gorod/core/agent/persona"
	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
)

// town is a population with marginals of every kind.
func town(count int) persona.Population {
	p := persona.Describe("жители городка", count, "ru")
	p.Marginals = map[string]map[string]float64{
		"gender": {"женщина": 0.55, "мужчина": 0.45}, "age": {"18-30": 0.31, "31–55": 0.42, "56+": 0.27},
		"занятость": {"работает": 0.7, "учится": 0.1, "на пенсии": 0.2}, "occupation": {"врач": 0.5, "шахтёр": 0.5},
		"openness": {"-1..0": 0.35, "0..1": 0.65}, "beliefs.городу нужен мост": {"-1..-0.2": 0.5, "-0.2..0.2": 0.2, "0.2..1": 0.3},
		"interests": {"хоккей": 0.25, "шахматы": 0.75},
	}
	return p
}

// read reads what a factory wrote.
func read(t *testing.T, dir string) []sdk.Persona {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var out []sdk.Persona
	for _, file := range files {
		p, problems := spec.LoadPersona(file)
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		out = append(out, p)
	}
	return out
}

func texts(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	files, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		out[filepath.Base(file)] = string(data)
	}
	return out
}

func TestMarginalsAreMetExactly(t *testing.T) {
	t.Parallel()
	for _, count := range []int{1, 7, 40, 113} {
		dir := t.TempDir()
		r := generate(t, offline(dir, uint64(count)), town(count))
		if !r.Met() || r.Written != count || r.Kept != 0 {
			t.Errorf("%d people: %+v", count, r)
		}
		for _, o := range r.Dimensions {
			sum := 0
			for _, v := range o.Values {
				sum += v.Got
				if v.Got != v.Wanted || float64(v.Wanted) <= v.Share*float64(count)-1 || float64(v.Wanted) >= v.Share*float64(count)+1 {
					t.Errorf("%d people: %s %s: %d of %d wanted, share %v", count, o.Dimension, v.Value, v.Got, v.Wanted, v.Share)
				}
			}
			if sum != count || o.Other != 0 {
				t.Errorf("%d people: %s has %d", count, o.Dimension, sum)
			}
		}
		people := read(t, dir)
		names, women := map[string]bool{}, 0
		for i := range people {
			names[people[i].Name] = true
			if people[i].Gender == "женщина" {
				women++
				if last := strings.Fields(people[i].Name)[1]; !strings.HasSuffix(last, "а") {
					t.Errorf("a woman called %s", people[i].Name)
				}
			}
		}
		if len(names) != count || women != r.Dimensions[slices.IndexFunc(r.Dimensions, func(o persona.Outcome) bool { return o.Dimension == "gender" })].Values[0].Wanted {
			t.Errorf("%d names, %d women of %d people", len(names), women, count)
		}
	}
}

func TestTheLargestRemainderDecides(t *testing.T) {
	t.Parallel()
	p := persona.Describe("люди", 10, "ru")
	p.Marginals = map[string]map[string]float64{"x": {"a": 0.33, "b": 0.33, "c": 0.34}, "y": {"a": 0.26, "b": 0.06, "c": 0.68}}
	r := generate(t, offline(t.TempDir(), 1), p)
	want := map[string][]int{"x": {3, 3, 4}, "y": {3, 0, 7}} // y: 2.6, 0.6, 6.8: c first, then a, which ties with b
	for _, o := range r.Dimensions {
		if w, is := want[o.Dimension]; is {
			for i, v := range o.Values {
				if v.Got != w[i] {
					t.Errorf("%s: %+v, want %v", o.Dimension, o.Values, w)
				}
			}
		}
	}
}

func TestTheReferenceWritesDistinctPlausiblePeople(t *testing.T) {
	t.Parallel()
	for _, language := range []string{"ru", "en"} {
		dir := t.TempDir()
		generate(t, offline(dir, 3), persona.Describe("people of a small town", 60, language))
		seen := map[string]map[string]bool{"bio": {}, "style": {}, "occupation": {}}
		for _, p := range read(t, dir) {
			for key, value := range map[string]string{"bio": p.Bio, "style": p.Style, "occupation": p.Occupation} {
				seen[key][value] = true
				if strings.ContainsAny(value, "{}|") || value == "" {
					t.Errorf("%s: %q", p.Name, value)
				}
			}
			if len(p.Traits) != 5 || len(p.Interests) == 0 || len(p.Beliefs) == 0 || p.Age < 18 || p.Age > 80 {
				t.Errorf("%+v", p)
			}
		}
		if len(seen["bio"]) != 60 || len(seen["style"]) < 8 || len(seen["occupation"]) < 15 {
			t.Errorf("%s: %d stories, %d styles, %d occupations", language, len(seen["bio"]), len(seen["style"]), len(seen["occupation"]))
		}
	}
}

func TestAPopulationDependsOnItsSeedAndNotOnWhoAnswersFirst(t *testing.T) {
	t.Parallel()
	dirs := []string{t.TempDir(), t.TempDir(), t.TempDir()}
	generate(t, offline(dirs[0], 1), town(25))
	one := offline(dirs[1], 1)
	one.Mind.Parallel = 1
	generate(t, one, town(25))
	generate(t, offline(dirs[2], 2), town(25))
	if a, b := texts(t, dirs[0]), texts(t, dirs[1]); !maps.Equal(a, b) {
		t.Error("the same seed gave other people")
	}
	if a, b := texts(t, dirs[0]), texts(t, dirs[2]); maps.Equal(a, b) {
		t.Error("another seed gave the same people")
	}
}

func TestThePointIsOverWhatTheModelSays(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	m := writer(func(req llm.Request) (string, error) {
		ask := prompt(req)
		for _, part := range []string{"жители городка", "- пол: ", "- возраст: ", "- занятость: ", "- beliefs.городу нужен мост: "} {
			if !strings.Contains(ask, part) {
				return "", fmt.Errorf("the prompt lacks %q:\n%s", part, ask)
			}
		}
		return resident(fmt.Sprint("История ", req.Index), map[string]any{
			"occupation": nil, "traits": map[string]float64{"conscientiousness": -0.5, "extraversion": 0, "agreeableness": 0, "neuroticism": 0},
			"beliefs": []map[string]any{{"statement": "городу нужен мост", "strength": 1}, {"statement": "б", "strength": -1}},
		}), nil
	})
	if r := generate(t, factory(dir, m, 3), town(20)); !r.Met() {
		t.Errorf("%+v", r)
	}
	for _, p := range read(t, dir) {
		if p.Traits["conscientiousness"] != -0.5 || p.Occupation != "врач" && p.Occupation != "шахтёр" || len(p.Interests) != 3 || len(p.Extra) == 0 {
			t.Errorf("%+v", p)
		}
	}
}

func TestAModelsPlanIsCleaned(t *testing.T) {
	t.Parallel()
	r := generate(t, factory(t.TempDir(), writer(honest), 2), persona.Describe("люди", 4, "ru"))
	var got []string
	for _, o := range r.Dimensions {
		values := []string{}
		for _, v := range o.Values {
			values = append(values, fmt.Sprintf("%s %d/%d", v.Value, v.Got, v.Wanted))
		}
		got = append(got, o.Dimension+": "+strings.Join(values, ", "))
	}
	want := []string{"age: 18-34 2/2, 35-54 1/1, 55-80 1/1", "gender: женщина 2/2, мужчина 2/2", "образование: среднее 2/2, высшее 2/2", "доход рублей: мало 2/2, много 2/2"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestRepeatedStoriesAreAskedForAgain(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	m := writer(func(req llm.Request) (string, error) {
		if req.Tick == 0 {
			return resident("Одна на всех  история ё.", nil), nil
		}
		if !strings.Contains(prompt(req), "Одна на всех история ё.") {
			return "", errors.New("the prompt does not say what to avoid")
		}
		return honest(req)
	})
	if r := generate(t, factory(dir, m, 4), persona.Describe("люди", 6, "ru")); !r.Met() || m.calls["persona resident"] != 11 {
		t.Errorf("%d calls, %+v", m.calls["persona resident"], r)
	}
}

func TestAModelThatNamesPeopleAlikeIsAskedAgainAndThenNumbersAreAdded(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := persona.Describe("люди", 4, "ru")
	p.Names = "model"
	m := writer(func(req llm.Request) (string, error) {
		return resident(fmt.Sprint("История ", req.Index), map[string]any{"name": []string{"Пётр", "петр"}[req.Index%2]}), nil
	})
	generate(t, factory(dir, m, 2), p)
	var names []string
	for _, p := range read(t, dir) {
		names = append(names, p.Name)
	}
	if want := []string{"Пётр", "петр 2", "Пётр 3", "петр 4"}; !slices.Equal(names, want) || m.calls["persona resident"] != 4+3+3 {
		t.Errorf("%d calls, %q", m.calls["persona resident"], names)
	}
}

func TestTooFewPersonasAreAnErrorThatCanBeResumed(t *testing.T) {
	t.Parallel()
	dir, broken := t.TempDir(), true
	m := writer(func(req llm.Request) (string, error) {
		switch {
		case broken && req.Index == 1:
			return "Конечно! Вот житель.", nil
		case broken && req.Index == 3:
			return resident(" ", nil), nil
		case broken && req.Index == 2:
			return resident("Житель номер 0, раз 0.", nil), nil
		}
		return honest(req)
	})
	r, err := factory(dir, m, 2).Generate(t.Context(), persona.Describe("люди", 5, "ru"))
	var short *persona.ShortError
	if !errors.As(err, &short) || short.Got != 2 || short.Want != 5 || r == nil || r.Met() || r.Written != 2 {
		t.Fatalf("%v %+v", err, r)
	}
	before := texts(t, dir)
	broken = false
	if r = generate(t, factory(dir, m, 2), persona.Describe("люди", 5, "ru")); r.Written != 3 || r.Kept != 2 || !r.Met() {
		t.Errorf("%+v", r)
	}
	after := texts(t, dir)
	for name, text := range before {
		if after[name] != text {
			t.Errorf("%s was not kept:\n%s\n%s", name, text, after[name])
		}
	}
	if m.calls["persona plan"] != 1 {
		t.Errorf("planned %d times", m.calls["persona plan"])
	}
	calls := m.calls["persona resident"]
	if r = generate(t, factory(dir, m, 2), persona.Describe("люди", 5, "ru")); r.Written != 0 || r.Kept != 5 || m.calls["persona resident"] != calls {
		t.Errorf("%+v", r)
	}
}

func TestAnotherRunAfterFailureDrawsOtherReplies(t *testing.T) {
	t.Parallel()
	dir, seeds := t.TempDir(), map[uint64]bool{}
	m := writer(func(req llm.Request) (string, error) {
		seeds[req.Sampling.Seed] = true
		return "{}", nil
	})
	for range 2 {
		if _, err := factory(dir, m, 1).Generate(t.Context(), persona.Describe("люди", 1, "ru")); !llm.IsKind(err, llm.BadReply) {
			t.Fatal(err)
		}
	}
	if len(seeds) != 6 {
		t.Errorf("%d seeds in 6 rounds", len(seeds))
	}
}

func TestAModelOutOfReachEndsTheWorkAtOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	m := writer(func(req llm.Request) (string, error) {
		if req.Index == 2 {
			return "", &llm.Error{Kind: llm.Unavailable}
		}
		return honest(req)
	})
	r, err := factory(dir, m, 1).Generate(t.Context(), persona.Describe("люди", 50, "ru"))
	if !llm.IsKind(err, llm.Unavailable) || r.Written != 2 || len(read(t, dir)) != 2 || m.calls["persona resident"] != 3 {
		t.Errorf("%v %+v, %d calls", err, r, m.calls["persona resident"])
	}
}

func TestAStoppedFactoryKeepsWhatItHasAndGoesOn(t *testing.T) {
	t.Parallel()
	dir, whole := t.TempDir(), t.TempDir()
	f := offline(dir, 5)
	wrote := 0
	f.Mind.Parallel = 1
	f.Wrote = func(int, int, string) { wrote++ }
	asked := 0
	f.Stop = func() bool { asked++; return asked > 4 }
	if _, err := f.Generate(t.Context(), town(12)); !errors.Is(err, persona.ErrStopped) || wrote != 4 {
		t.Fatalf("%v after %d", err, wrote)
	}
	generate(t, offline(dir, 5), town(12))
	generate(t, offline(whole, 5), town(12))
	if a, b := texts(t, dir), texts(t, whole); !maps.Equal(a, b) {
		t.Error("a population that was interrupted differs from one that was not")
	}
}

func TestAFolderHoldsOnePopulation(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	generate(t, offline(dir, 1), town(5))
	for name, change := range map[string]func(*persona.Factory, *persona.Population){
		"seed":      func(f *persona.Factory, _ *persona.Population) { f.Seed = 2 },
		"count":     func(_ *persona.Factory, p *persona.Population) { p.Count = 6 },
		"marginals": func(_ *persona.Factory, p *persona.Population) { p.Marginals = nil },
	} {
		f, p := offline(dir, 1), town(5)
		change(f, &p)
		if _, err := f.Generate(t.Context(), p); err == nil || !strings.Contains(err.Error(), "holds another population") {
			t.Errorf("another %s: %v", name, err)
		}
	}
	for name, text := range map[string]string{"cut": `{"population":`, "short": `{"population":{"count":5},"points":[]}`} {
		if err := os.WriteFile(filepath.Join(dir, persona.PlanFile), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := offline(dir, 1).Generate(t.Context(), town(5)); err == nil || !strings.Contains(err.Error(), "remove it to plan anew") {
			t.Errorf("%s plan: %v", name, err)
		}
	}
}

func TestFilesOfOthersInTheFolderAreRespected(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	generate(t, offline(dir, 1), town(3))
	files := slices.Sorted(maps.Keys(texts(t, dir)))
	taken := read(t, dir)[0].Name
	if err := os.Rename(filepath.Join(dir, files[0]), filepath.Join(dir, "mine.yaml")); err != nil {
		t.Fatal(err)
	}
	edited := texts(t, dir)[files[1]]
	if err := os.WriteFile(filepath.Join(dir, files[1]), []byte(strings.ReplaceAll(edited, "gender: ", "gender: не ")), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := offline(dir, 1).Generate(t.Context(), town(3))
	people := read(t, dir)
	if err != nil || r.Met() || len(people) != 4 || people[0].Name != taken+" 2" {
		t.Errorf("%v %+v %s, taken %s", err, r, people[0].Name, taken)
	}
	if err := os.WriteFile(filepath.Join(dir, "broken.yaml"), []byte("age: x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := offline(dir, 1).Generate(t.Context(), town(3)); err == nil || !strings.Contains(err.Error(), "broken.yaml:1:6: age has the wrong type") {
		t.Error(err)
	}
}

func TestPeopleDifferAsLongAsTheSpaceHasRoom(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := persona.Describe("люди", 16, "ru")
	p.Marginals = map[string]map[string]float64{
		"gender": {"женщина": 0.5, "мужчина": 0.5}, "age": {"20": 0.5, "40": 0.5}, "a": {"x": 0.5, "y": 0.5}, "b": {"x": 0.5, "y": 0.5},
	}
	m := writer(honest)
	m.answers["persona plan"] = func(llm.Request) (string, error) {
		return `{"dimensions":[{"name":"c","values":["x","y"]},{"name":"name","values":["x","y"]},{"name":"d","values":["x","y"]}]}`, nil
	}
	generate(t, factory(dir, m, 2), p)
	seen := map[string]bool{}
	for _, p := range read(t, dir) {
		seen[fmt.Sprint(p.Gender, p.Age, string(p.Extra))] = true
	}
	if len(seen) != 16 {
		t.Errorf("%d different people of 16", len(seen))
	}
}
