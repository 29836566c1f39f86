package schema_test

import (
	"strings"
	"testing"

	"github.com/llm-city/gorod/core/schema"
)

const person = `{"type":"object","additionalProperties":false,"required":["имя"],"properties":{
	"имя":{"type":"string","minLength":2},
	"age":{"type":"integer","minimum":0,"default":30},
	"home":{"type":"object","default":{},"properties":{"city":{"type":"string","default":"Тверь"}}}}}`

func TestValidateNamesEveryPlace(t *testing.T) {
	t.Parallel()
	s, err := schema.Compile([]byte(person))
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string][]string{
		`{"имя":"Анна"}`:             nil,
		`{"имя":"А","age":-1}`:       {"age", "имя"},
		`{"age":"old"}`:              {"missing propert", "age"},
		`{"имя":"Анна","agee":1}`:    {"agee"},
		`{"имя":`:                    {"not JSON"},
		`{"имя":"Анна"} {"имя":"Б"}`: {"not JSON"},
	} {
		got := s.Validate([]byte(text))
		var all []string
		for _, v := range got {
			all = append(all, v.String())
		}
		if len(got) != len(want) {
			t.Errorf("%s: %q, want %d violations", text, all, len(want))
			continue
		}
		for _, w := range want {
			if !strings.Contains(strings.Join(all, "\n"), w) {
				t.Errorf("%s: %q does not say %q", text, all, w)
			}
		}
	}
}

func TestDefaultsFillInNestedObjects(t *testing.T) {
	t.Parallel()
	s, err := schema.Compile([]byte(person))
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.Defaults([]byte(`{"имя":"Анна","home":{}}`))
	if want := `{"age":30,"home":{"city":"Тверь"},"имя":"Анна"}`; err != nil || string(got) != want {
		t.Errorf("got %s, %v; want %s", got, err, want)
	}
}

func TestAnEmptySchemaTakesNoConfig(t *testing.T) {
	t.Parallel()
	s, err := schema.Compile(nil)
	if err != nil {
		t.Fatal(err)
	}
	if v := s.Validate([]byte(`{}`)); v != nil {
		t.Errorf("{}: %v", v)
	}
	if v := s.Validate([]byte(`{"a":1}`)); len(v) != 1 {
		t.Errorf("a property passed: %v", v)
	}
}

func TestBadSchemasAreRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`{`, `{"type":"strng"}`, `{"$ref":"file:///etc/passwd"}`, `{"$ref":"http://127.0.0.1/x"}`} {
		if _, err := schema.Compile([]byte(text)); err == nil {
			t.Errorf("%s was compiled", text)
		}
	}
}

func TestTheCacheCompilesOnce(t *testing.T) {
	t.Parallel()
	var c schema.Cache
	a, err := c.Compile([]byte(person))
	if err != nil {
		t.Fatal(err)
	}
	if b, _ := c.Compile([]byte(person)); a != b {
		t.Error("a schema was compiled twice")
	}
}
