package spec

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
)

// yamlWriter writes data as YAML that parse reads back as it was, whatever its
// texts hold: runs are resumed and verified from what is written here.
type yamlWriter struct {
	out  bytes.Buffer
	bare *regexp.Regexp // what may stand without quotes, if parse agrees
}

// toYAML is a mapping as a document.
func toYAML(v any) ([]byte, error) {
	w := &yamlWriter{bare: regexp.MustCompile(`^[\pL\pN./<=@+_-][\pL\pM\pN\pP\pS ]*$`)}
	if err := w.value(reflect.ValueOf(v), ""); err != nil {
		return nil, err
	}
	return bytes.TrimPrefix(w.out.Bytes(), []byte("\n")), nil
}

// value writes what follows a key or a dash: a scalar on the same line, all
// else on lines of its own.
func (w *yamlWriter) value(v reflect.Value, indent string) error {
	for v.Kind() == reflect.Interface && !v.IsNil() {
		v = v.Elem()
	}
	if pairs, ok := pairsOf(v); ok && len(pairs) > 0 {
		return w.mapping(pairs, indent)
	}
	if v.Kind() == reflect.Slice && v.Len() > 0 {
		return w.sequence(v, indent)
	}
	text, err := w.scalar(v, indent)
	w.out.WriteString(" " + text + "\n")
	return err
}

func (w *yamlWriter) mapping(pairs yaml.MapSlice, indent string) error {
	w.out.WriteString("\n")
	for _, pair := range pairs {
		w.out.WriteString(indent + w.key(fmt.Sprint(pair.Key)) + ":")
		if err := w.value(reflect.ValueOf(pair.Value), indent+"  "); err != nil {
			return fmt.Errorf("%v: %w", pair.Key, err)
		}
	}
	return nil
}

func (w *yamlWriter) sequence(v reflect.Value, indent string) error {
	w.out.WriteString("\n")
	for i := range v.Len() {
		w.out.WriteString(indent + "-")
		before := w.out.Len()
		if err := w.value(v.Index(i), indent+"  "); err != nil {
			return fmt.Errorf("[%d]: %w", i, err)
		}
		if item := w.out.Bytes()[before:]; item[0] == '\n' { // a mapping begins behind the dash
			w.out.Truncate(before)
			w.out.WriteString(" " + strings.TrimLeft(string(item), "\n "))
		}
	}
	return nil
}

// pairsOf are the pairs of a mapping, those of a Go map in the order of keys.
func pairsOf(v reflect.Value) (pairs yaml.MapSlice, ok bool) {
	switch v.Kind() {
	case reflect.Slice:
		pairs, ok = v.Interface().(yaml.MapSlice)
	case reflect.Map:
		ok = true
		for _, key := range sortedKeys(v) {
			pairs = append(pairs, yaml.MapItem{Key: key, Value: v.MapIndex(reflect.ValueOf(key)).Interface()})
		}
	default: // a scalar
	}
	return pairs, ok
}

func (w *yamlWriter) scalar(v reflect.Value, indent string) (string, error) {
	switch v.Kind() {
	case reflect.Invalid, reflect.Interface:
		return "null", nil
	case reflect.Slice:
		return "[]", nil
	case reflect.Map:
		return "{}", nil
	case reflect.String:
		return w.text(v.String(), indent), nil
	case reflect.Float64:
		digits, power, large := strings.Cut(strconv.FormatFloat(v.Float(), 'g', -1, 64), "e")
		if !strings.Contains(digits, ".") {
			digits += ".0" // it stays a float: 1e-7 would be a word
		}
		if large {
			digits += "e" + power
		}
		return digits, nil
	case reflect.Bool, reflect.Int, reflect.Int64, reflect.Uint64:
		return fmt.Sprint(v.Interface()), nil
	default:
		return "", fmt.Errorf("no YAML of a %s", v.Kind())
	}
}

// text is a text as the value of a key or an item.
func (w *yamlWriter) text(s, indent string) string {
	if w.bare.MatchString(s) && reads("k: "+s, s) && reads("- "+s, s) {
		return s
	}
	if w.lines(s) {
		body, mark := strings.CutSuffix(s, "\n")
		block := map[bool]string{true: "|", false: "|-"}[mark] + "\n" + indent + strings.ReplaceAll(body, "\n", "\n"+indent)
		if reads("k: "+block, s) {
			return block
		}
	}
	return quoted(s)
}

// lines reports whether a text is several plain lines, which are good to read
// as a block.
func (w *yamlWriter) lines(s string) bool {
	all := strings.Split(strings.TrimSuffix(s, "\n"), "\n")
	for i, line := range all {
		if !w.bare.MatchString(line) && (line != "" || i == 0) {
			return false
		}
	}
	return len(all) > 1
}

func (w *yamlWriter) key(s string) string {
	if w.bare.MatchString(s) && len(s) < 200 {
		if root, problems := parse("", []byte(s+": k\n")); len(problems) == 0 && len(root.entries) == 1 && root.entries[0].key == s {
			return s
		}
	}
	return quoted(s)
}

// reads reports whether a document of one entry or item holds a text as its
// value.
func reads(document, want string) bool {
	root, problems := parse("", []byte(document+"\n"))
	if len(problems) > 0 || len(root.entries)+len(root.items) != 1 {
		return false
	}
	n := root.child("k")
	if n == nil {
		n = root.items[0]
	}
	return n.kind == scalar && n.value == want
}

// quoted is a text in double quotes, of which JSON's are a kind.
func quoted(s string) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		panic("spec: " + err.Error()) // a text always has a form in JSON
	}
	return strings.TrimSuffix(b.String(), "\n")
}
