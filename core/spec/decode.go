package spec

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The struct tags of Study drive everything that is known about its YAML: yaml
// names a key, default is its value where it is absent, enum its allowed words,
// min and max its bounds, required that it must be there, doc what editors show.

// decoder fills structs from a tree and remembers where everything stood.
type decoder struct {
	problems Problems
	places   map[string]place // by path: agents.memory, events[0].text
}

func (d *decoder) problem(at place, what, why, do string) {
	d.problems = append(d.problems, at.problem(what, why, do))
}

// at is the place of a path, or of the nearest part of it that is there.
func (d *decoder) at(path string) place {
	for {
		if p, ok := d.places[path]; ok {
			return p
		}
		cut := strings.LastIndexAny(path, ".[")
		if cut < 0 {
			return d.places[""]
		}
		path = path[:cut]
	}
}

// decode fills v, which must be addressable.
func (d *decoder) decode(n *node, path string, v reflect.Value) {
	d.places[path] = n.at
	switch into := v.Addr().Interface().(type) {
	case *time.Time:
		d.time(n, path, into)
	case *time.Duration:
		d.duration(n, path, into)
	case *json.RawMessage:
		d.raw(n, path, into)
	case *Matrix:
		d.matrix(n, path, into)
	default:
		d.composite(n, path, v)
	}
}

func (d *decoder) composite(n *node, path string, v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.decode(n, path, v.Elem())
	case reflect.Struct:
		d.structure(n, path, v)
	case reflect.Slice:
		d.slice(n, path, v)
	case reflect.Map:
		d.dictionary(n, path, v)
	case reflect.Interface: // any value
		if plain := n.plain(); plain != nil {
			v.Set(reflect.ValueOf(plain))
		}
	default:
		if n.kind != scalar || !assign(n, v) {
			d.wrong(n, path, nameOf(v.Type()))
		}
	}
}

func (d *decoder) structure(n *node, path string, v reflect.Value) {
	if n.kind == scalar && n.value == nil {
		n = &node{kind: mapping, at: n.at}
	}
	if n.kind != mapping {
		d.wrong(n, path, "a mapping of "+strings.Join(keysOf(v.Type()), ", "))
		return
	}
	seen := map[string]place{}
	fields := fieldsOf(v.Type())
	for _, e := range n.entries {
		if first, twice := seen[e.key]; twice {
			d.problem(e.at, fmt.Sprintf("key %q twice", e.key), fmt.Sprintf("it is already in line %d", first.line), "keep one")
			continue
		}
		seen[e.key] = e.at
		at := slices.IndexFunc(fields, func(f field) bool { return f.key == e.key })
		if at < 0 {
			d.unknown(e, path, v)
			continue
		}
		before := len(d.problems)
		d.decode(e.value, join(path, e.key), v.FieldByIndex(fields[at].index))
		if len(d.problems) > before {
			continue // there is no value to check
		}
		value := v.FieldByIndex(fields[at].index)
		if fields[at].required && value.Kind() == reflect.String && value.Len() == 0 {
			d.problem(e.value.at, join(path, e.key)+" is empty", fields[at].doc, "write it")
			continue
		}
		d.bounds(e.value, join(path, e.key), fields[at], value)
	}
	for _, f := range fields {
		if _, ok := seen[f.key]; ok {
			continue
		}
		if f.required {
			d.problem(n.at, fmt.Sprintf("%s is missing", join(path, f.key)), f.doc, "add it")
		}
		d.fallback(f, join(path, f.key), v.FieldByIndex(f.index))
	}
}

// fallback gives an absent key its default; structs have those of their parts.
func (d *decoder) fallback(f field, path string, v reflect.Value) {
	switch v.Interface().(type) {
	case time.Time, Matrix:
		if f.def == "" {
			return
		}
	default:
		if f.def == "" && v.Kind() != reflect.Struct {
			return
		}
	}
	at := d.at(path)
	def, problems := parse("default", []byte(f.def))
	if len(problems) > 0 {
		panic(fmt.Sprintf("spec: default of %s: %v", path, problems))
	}
	def.move(at)
	d.decode(def, path, v)
}

// unknown keeps an unknown key where the struct has a place for it (a persona's
// Extra), and is a problem elsewhere.
func (d *decoder) unknown(e entry, path string, v reflect.Value) {
	if extra := v.FieldByName("Extra"); extra.IsValid() {
		all := map[string]any{}
		if raw := extra.Bytes(); len(raw) > 0 {
			if err := json.Unmarshal(raw, &all); err != nil {
				panic("spec: " + err.Error()) // we wrote it
			}
		}
		all[e.key] = e.value.plain()
		if data, err := json.Marshal(all); err == nil {
			extra.SetBytes(data)
			return
		}
	}
	where := "here"
	if path != "" {
		where = "in " + path
	}
	d.problem(e.at, fmt.Sprintf("unknown key %q", e.key), "it is not used "+where, closest(e.key, keysOf(v.Type())))
}

func (d *decoder) slice(n *node, path string, v reflect.Value) {
	items := n.items
	if n.kind == scalar && n.value == nil {
		items = nil
	} else if n.kind != sequence {
		d.wrong(n, path, "a list")
		return
	}
	out := reflect.MakeSlice(v.Type(), len(items), len(items))
	for i, item := range items {
		d.decode(item, fmt.Sprintf("%s[%d]", path, i), out.Index(i))
	}
	v.Set(out)
}

func (d *decoder) dictionary(n *node, path string, v reflect.Value) {
	if n.kind != mapping && n.value != nil {
		d.wrong(n, path, "a mapping")
		return
	}
	out := reflect.MakeMapWithSize(v.Type(), len(n.entries))
	for _, e := range n.entries {
		key := reflect.ValueOf(e.key)
		if out.MapIndex(key).IsValid() {
			d.problem(e.at, fmt.Sprintf("key %q twice", e.key), "one of the two would be lost", "keep one")
			continue
		}
		value := reflect.New(v.Type().Elem()).Elem()
		d.decode(e.value, join(path, e.key), value)
		out.SetMapIndex(key, value)
	}
	v.Set(out)
}

// assign puts a scalar into a value; false if it does not fit.
func assign(n *node, v reflect.Value) bool {
	switch v.Kind() {
	case reflect.String:
		s, is := n.value.(string)
		if !is && n.value != nil {
			s, is = n.text, true
		}
		v.SetString(s)
		return is
	case reflect.Bool:
		b, is := n.value.(bool)
		v.SetBool(b)
		return is
	case reflect.Uint64:
		u, err := strconv.ParseUint(fmt.Sprint(n.value), 10, 64)
		v.SetUint(u)
		return err == nil
	case reflect.Float64:
		f, is := number(n.value)
		v.SetFloat(f)
		return is && !math.IsNaN(f) && !math.IsInf(f, 0)
	default:
		f, is := number(n.value)
		if !is || f != math.Trunc(f) || math.Abs(f) >= 1<<53 {
			return false
		}
		v.SetInt(int64(f))
		return true
	}
}

func number(value any) (float64, bool) {
	switch x := value.(type) {
	case int64:
		return float64(x), true
	case uint64:
		return float64(x), true
	case int:
		return float64(x), true
	case float64:
		return x, true
	}
	return 0, false
}

func (d *decoder) time(n *node, path string, into *time.Time) {
	text, _ := n.value.(string)
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02"} {
		if t, err := time.Parse(layout, text); err == nil {
			*into = t
			return
		}
	}
	d.wrong(n, path, "a time such as 2026-03-02T08:00 or 2026-03-02T08:00:00+03:00")
}

func (d *decoder) duration(n *node, path string, into *time.Duration) {
	text, _ := n.value.(string)
	got, err := time.ParseDuration(text)
	if err != nil {
		d.wrong(n, path, "a duration such as 30m or 1h30m")
	}
	*into = got
}

func (d *decoder) raw(n *node, path string, into *json.RawMessage) {
	if n.kind == scalar && n.value == nil {
		return
	}
	data, err := json.Marshal(n.plain())
	if err != nil {
		d.wrong(n, path, "a value that JSON can hold")
	}
	*into = data
}

func (d *decoder) wrong(n *node, path, want string) {
	got := "a mapping"
	switch {
	case n.kind == sequence:
		got = "a list"
	case n.kind == scalar && n.value == nil:
		got = "nothing"
	case n.kind == scalar:
		got = fmt.Sprintf("%.60q", fmt.Sprint(n.value))
	}
	d.problem(n.at, path+" has the wrong type", "got "+got, "give "+want)
}

// bounds checks a value against the tags of its field.
func (d *decoder) bounds(n *node, path string, f field, v reflect.Value) {
	if len(f.enum) > 0 {
		d.words(n, path, f.enum, v)
	}
	if f.minimum == nil && f.maximum == nil {
		return
	}
	for _, x := range bounded(v) {
		got := x.Convert(reflect.TypeFor[float64]()).Float()
		if f.minimum != nil && got < *f.minimum || f.maximum != nil && got > *f.maximum {
			d.problem(n.at, fmt.Sprintf("%s is out of range", path), fmt.Sprintf("got %v, allowed %s", x, f.interval()), "choose a value in it")
		}
	}
}

// words checks a text, or each of a list, against the allowed ones.
func (d *decoder) words(n *node, path string, allowed []string, v reflect.Value) {
	switch {
	case v.Kind() == reflect.String && !slices.Contains(allowed, v.String()):
		d.problem(n.at, fmt.Sprintf("%s cannot be %.60q", path, v.String()), "allowed: "+strings.Join(allowed, ", "), "use one of them")
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			d.words(n.items[i], fmt.Sprintf("%s[%d]", path, i), allowed, v.Index(i))
		}
	}
}

// bounded are the numbers in a field.
func bounded(v reflect.Value) []reflect.Value {
	switch v.Kind() {
	case reflect.Pointer:
		return []reflect.Value{v.Elem()}
	case reflect.Slice:
		var values []reflect.Value
		for i := range v.Len() {
			values = append(values, v.Index(i))
		}
		return values
	default:
		return []reflect.Value{v}
	}
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
