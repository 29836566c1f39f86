package jinja_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"testing"

	"github.com/llm-city/gorod/eval/task/choice/internal/jinja"
)

func fields() map[string]any {
	return map[string]any{
		"question": " Где ёж? ", "n": int64(3), "x": 2.0, "empty": "", "none": nil, "yes": true, "answerKey": "B",
		"choices": map[string]any{"text": []any{"в лесу", "дома"}, "label": []any{"A", "B"}},
	}
}

func TestTemplatesAreRendered(t *testing.T) {
	t.Parallel()
	for template, want := range map[string]string{
		"Вопрос: {{question}}\nОтвет:":                                         "Вопрос:  Где ёж? \nОтвет:",
		"{{ question.strip() }}":                                               "Где ёж?",
		"{{question|trim|upper}}":                                              "ГДЕ ЁЖ?",
		"{{ question | trim | replace('ё', 'е') }}!":                           "Где еж?!",
		"{{choices.text[0]}} / {{choices['text'][-1]}}":                        "в лесу / дома",
		"{{choices.label.index(answerKey)}}":                                   "1",
		"{{ n }} {{ x }} {{ yes }} {{ none }}":                                 "3 2.0 True None",
		"{{ n + 1 }} {{ n - 1 }} {{ 'a' + 'b' }}":                              "4 2 ab",
		"{{ 'да' if yes else 'нет' }}":                                         "да",
		"{{ 'да' if not yes or n > 5 else 'нет' }}":                            "нет",
		"{{ 'да' if n == 3 and 'лес' in choices.text[0] else 'нет' }}":         "да",
		"{{ choices.text | join(', ') }}":                                      "в лесу, дома",
		"{{ '; '.join(choices.text) }}":                                        "в лесу; дома",
		"{{ absent | default('-') }}":                                          "-",
		"{{ none | default('-') }}":                                            "-",
		"a {{- n -}} b":                                                        "a3b",
		"a{# note #}b":                                                         "ab",
		"{{ '}}' }}":                                                           "}}",
		"{{ choices.text|length }}":                                            "2",
		"{{ question.strip().split(' ')[0].lower() }}":                         "где",
		"{{ question.strip() | first }}{{ n ~ x }}":                            "Г32.0",
		"{% if n > 5 %}много{% elif n == 3 %}три{% else %}мало{% endif %}!":    "три!",
		"{% if none is not none %}a{% else %}b{% endif %}":                     "b",
		"{% if absent is defined %}a{% endif %}b":                              "b",
		"{% if yes %}{% if not yes %}a{% else %}c{% endif %}{% endif %}":       "c",
		"{% set q = question.strip() %}{{ q[4:] }} {{ q[:3] }} {{ q[-2:-1] }}": "ёж? Где ж",
		"a  {%- if yes -%}  b  {%- endif -%}  c":                               "abc",
		"{{ 'лук' not in choices.text }}":                                      "True",
		"{{ choices.text[:1] | join }}":                                        "в лесу",
		"{{ choices.text }}":                                                   "['в лесу', 'дома']",
		"{{ [\"it's\", 'a\nb', n, none] }}":                                    `["it's", 'a\nb', 3, None]`,
		"{{ (yes|int) - 1 }}{{ choices | join(',') }}":                         "0label,text",
		"no tags { at } all":                                                   "no tags { at } all",
	} {
		tree, err := jinja.Parse(template)
		if err != nil {
			t.Errorf("%s: %v", template, err)
			continue
		}
		if got, err := tree.Text(fields()); err != nil || got != want {
			t.Errorf("%s: %q, %v; want %q", template, got, err, want)
		}
	}
}

func TestOneExpressionKeepsItsValue(t *testing.T) {
	t.Parallel()
	for template, want := range map[string]any{
		"{{choices.text}}":                        []any{"в лесу", "дома"},
		"{{[choices.text[1], question.strip()]}}": []any{"дома", "Где ёж?"},
		"{{n}}":  int64(3),
		"{{n}} ": "3 ",
	} {
		tree, err := jinja.Parse(template)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := tree.Value(fields()); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %#v, %v", template, got, err)
		}
	}
}

func TestWhatIsNotSupportedIsRefusedByNameAndPlace(t *testing.T) {
	t.Parallel()
	for template, want := range map[string]string{
		"ёж {% for x in y %}":    "{% for %} is not supported, at character 4 of the template",
		"ёж {{ x | tojson }}":    `"tojson" is not supported, at character 11 of the template`,
		"{{ x.format(1) }}":      `"format" is not supported, at character 6 of the template`,
		"{{ range(3) }}":         `"(" is not supported, at character 9 of the template`,
		"{{ x is even }}":        `"even" is not supported, at character 9 of the template`,
		"{% if x %}a":            "{% if %} without {% endif %}, at character 6 of the template",
		"a{% endif %}":           "{% endif %} without its beginning, at character 10 of the template",
		"{% set a.b = 1 %}":      "{% set %} is not supported, at character 1 of the template",
		"{% if x ":               "{% without %}, at character 1 of the template",
		"{{ x * 2 }}":            `"*" is not supported, at character 6 of the template`,
		"{{ x":                   "{{ without }}, at character 1 of the template",
		"{{ }}":                  "an expression that ends too early, at character 4 of the template",
		"{{ 'x }}":               "a text without its closing quote, at character 4 of the template",
		"{{ x | replace('a') }}": "replace with 1 arguments is not supported, at character 8 of the template",
		"{# x":                   "{# without #}, at character 1 of the template",
	} {
		_, err := jinja.Parse(template)
		if refused, ok := errors.AsType[*jinja.Refused](err); !ok || refused.Error() != want {
			t.Errorf("%s: %v, want %s", template, err, want)
		}
	}
}

func TestADocumentWithoutAFieldIsAnError(t *testing.T) {
	t.Parallel()
	for template, want := range map[string]string{
		"{{absent}}":                   `there is no field "absent"`,
		"{{choices.absent}}":           `there is no field "absent"`,
		"{{choices.text[7]}}":          `there is no 7 in ['в лесу', 'дома']`,
		"{{choices.label.index('C')}}": `C is not in ['A', 'B']`,
		"{{question + n}}":             " Где ёж?  + 3 cannot be computed",
	} {
		tree, err := jinja.Parse(template)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tree.Text(fields()); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", template, err, want)
		}
	}
}

func TestListsAreReadAsPythonWritesThem(t *testing.T) {
	t.Parallel()
	got, err := jinja.List(`['да', "нет", 3]`)
	if err != nil || !reflect.DeepEqual(got, []any{"да", "нет", int64(3)}) {
		t.Errorf("%v %v", got, err)
	}
	for _, bad := range []string{"", "да", "[", "[x]", "'a'"} {
		if _, err := jinja.List(bad); err == nil {
			t.Errorf("%q", bad)
		}
	}
}

func FuzzTemplate(f *testing.F) {
	f.Add("{{ question | trim }} {{choices.text[0]}}", `{"question":"ё","choices":{"text":["a"]}}`)
	f.Add("{{ a.index(b) if c else [d, -1] }}", `{"a":[1],"b":1}`)
	f.Fuzz(func(t *testing.T, template, doc string) {
		var fields map[string]any
		if json.Unmarshal([]byte(doc), &fields) != nil {
			return
		}
		if tree, err := jinja.Parse(template); err == nil {
			_, _ = tree.Text(fields)
		}
	})
}
