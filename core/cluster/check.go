package cluster

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
)

// maxValue bounds what a name or a variable may hold.
const maxValue = 64 << 10

func inWord(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_.,", r)
}

// word refuses what could be an option, a pattern or a second argument.
func word(what, s string, empty bool) error {
	switch {
	case s == "" && empty:
		return nil
	case s == "" || len(s) > 200:
		return fmt.Errorf("%s has %d characters, not 1 to 200", what, len(s))
	case strings.ContainsFunc(s, func(r rune) bool { return !inWord(r) }) || s[0] == '-':
		return fmt.Errorf("%s %q has other characters than Latin letters, digits, - _ . or begins with -", what, s)
	}
	return nil
}

// address refuses what is no address for mail.
func address(s string) error {
	name, host, _ := strings.Cut(s, "@")
	if word("mail", strings.ReplaceAll(name, "+", "-"), s == "") != nil || word("mail", host, true) != nil {
		return fmt.Errorf("mail %.40q is no address", s)
	}
	return nil
}

// plain refuses control characters.
func plain(what, s string) error {
	if len(s) > 4096 || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return fmt.Errorf("%s %.40q has control characters or is too long", what, s)
	}
	return nil
}

func variable(k, v string) error {
	ok := k != "" && (k[0] < '0' || k[0] > '9')
	for _, r := range k {
		ok = ok && (r == '_' || inWord(r) && !strings.ContainsRune("-.,", r))
	}
	if !ok {
		return fmt.Errorf("%.40q is no name of a variable", k)
	}
	if len(v) > maxValue || strings.ContainsRune(v, 0) {
		return fmt.Errorf("variable %s has a zero byte or is longer than %d", k, maxValue)
	}
	return nil
}

// local reports whether a slash path stays in the folder it is relative to.
func local(p string) bool {
	c := path.Clean(p)
	return p != "" && !path.IsAbs(c) && c != ".." && !strings.HasPrefix(c, "../")
}

func (d Dependency) validate() error {
	if !slices.Contains([]When{AfterOK, AfterTask, AfterAny, AfterNotOK}, d.When) {
		return fmt.Errorf("%q is no condition of a dependency", d.When)
	}
	_, _, err := ParseID(d.ID)
	return err
}

// ParseID takes "12" or "12_3" apart; the task of the first is NoTask.
func ParseID(id string) (job string, task int, err error) {
	job, rest, array := strings.Cut(id, "_")
	if !number(job) || array && !number(rest) {
		return "", 0, &Error{Kind: NotFound, Op: "id", Err: fmt.Errorf("%.40q is no id of a job such as 12 or 12_3", id)}
	}
	if !array {
		return job, NoTask, nil
	}
	task, err = strconv.Atoi(rest)
	return job, task, err
}

func number(s string) bool {
	return s != "" && len(s) <= 10 && strings.Trim(s, "0123456789") == ""
}
