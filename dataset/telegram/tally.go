package telegram

import (
	"fmt"
	"maps"

	"github.com/llm-city/gorod/dataset/chat"
)

// What a hostile file could fill a Report with is bounded.
const (
	maxCounts   = 256
	maxWarnings = 64
)

// tally gathers a Report.
type tally struct {
	chats, count int64
	kinds        map[chat.Kind]int64
	counts       map[string]int64
	warnings     []chat.Warning
}

func newTally() tally {
	return tally{kinds: map[chat.Kind]int64{}, counts: map[string]int64{}}
}

// note counts something that was repaired, passed over or is not known.
func (t *tally) note(what string) {
	if _, known := t.counts[what]; !known && len(t.counts) >= maxCounts {
		what = "more, of other names"
	}
	t.counts[what]++
}

// unknown counts a name that gorod does not know. Names of fields and types are
// the format's own; what does not look like one may be anything and is not
// quoted.
func (t *tally) unknown(what string, name []byte) {
	if !isName(name) {
		name = []byte("(not a name)")
	}
	t.note("unknown " + what + ": " + string(name))
}

func isName(b []byte) bool {
	for _, c := range b {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' {
			return false
		}
	}
	return len(b) > 0 && len(b) <= 40
}

func (t *tally) warn(offset int64, format string, args ...any) {
	if len(t.warnings) < maxWarnings {
		t.warnings = append(t.warnings, chat.Warning{Offset: offset, Text: fmt.Sprintf(format, args...)})
	}
}

// report is what was read until now.
func (r *reader) report() chat.Report {
	counts := maps.Clone(r.counts)
	for what, n := range map[string]int64{
		"control characters written as \\x": r.seen.hex,
		"escapes that do not exist":         r.seen.odd,
		"invalid characters replaced":       r.seen.invalid,
		"people beyond the bound":           r.people.lost,
	} {
		if n > 0 {
			counts[what] = n
		}
	}
	return chat.Report{
		Chats: r.chats, Messages: r.count, Bytes: r.base + int64(r.end),
		Kinds: maps.Clone(r.kinds), Counts: counts, Warnings: r.warnings,
	}
}
