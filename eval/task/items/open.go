// Package items holds what the kinds of tasks share: reading the items of a
// task out of JSON Lines, with problems that name file and line, and building
// the rows of scores.
package items

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"unicode/utf8"

	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/eval/task"
)

// maxBytes bounds a file of items: they are kept in memory.
const maxBytes = 256 << 20

// Text is what a file of items holds, and its name for problems.
type Text struct {
	Name  string
	Bytes []byte
}

// Open is the text of a file that a task names under a key, such as
// language.prompts, or what is shipped where it names none. A file that cannot
// be read is a problem of the key.
func Open(s task.Setup, key, path, shippedName string, shipped []byte) (Text, error) {
	if path == "" {
		return Text{Name: shippedName, Bytes: shipped}, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return Text{}, spec.Problems{Problem(s, key, "cannot be read", err.Error(), "name a file that is there")}
	}
	defer f.Close()
	read, err := io.ReadAll(io.LimitReader(f, maxBytes+1))
	switch {
	case err != nil:
		return Text{}, spec.Problems{Problem(s, key, "cannot be read", err.Error(), "")}
	case len(read) > maxBytes:
		return Text{}, spec.Problems{Problem(s, key, "file too large", fmt.Sprintf("more than %d bytes", maxBytes), "ask fewer items")}
	}
	return checked(Text{Name: path, Bytes: read})
}

// Problem is something wrong with a key of a task in the YAML, such as
// language.prompts.
func Problem(s task.Setup, key, what, why, do string) spec.Problem {
	return s.Suite.Problem(s.Path+"."+key, what, why, do)
}

// checked refuses what is not UTF-8, with the place of the first bad byte.
func checked(t Text) (Text, error) {
	t.Bytes = bytes.TrimPrefix(t.Bytes, []byte("\ufeff"))
	if utf8.Valid(t.Bytes) {
		return t, nil
	}
	at := 0
	for {
		r, size := utf8.DecodeRune(t.Bytes[at:])
		if r == utf8.RuneError && size <= 1 {
			break
		}
		at += size
	}
	line, column := place(t.Bytes, at)
	return Text{}, spec.Problems{{
		File: t.Name, Line: line, Column: column, What: "not UTF-8",
		Why: fmt.Sprintf("byte %#x begins no character", t.Bytes[at]), Do: "save the file in UTF-8",
	}}
}

// place is the line and column, from 1, of a byte.
func place(text []byte, at int) (line, column int) {
	before := text[:at]
	return bytes.Count(before, []byte("\n")) + 1, utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:]) + 1
}
