package logs_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/logs"
)

func TestPeopleGetLinesAndTheFileGetsJSON(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var people bytes.Buffer
	now := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	log, closeLog, err := logs.Open(logs.Options{Dir: dir, Level: "warn", Stderr: &people, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	log.With("plugin", "memory/longshort").Info("restored", "records", 3)
	log.Warn("slow")
	if err := closeLog(); err != nil {
		t.Fatal(err)
	}
	if got := people.String(); strings.Contains(got, "restored") || !strings.Contains(got, "level=WARN msg=slow") {
		t.Errorf("people were told %q", got)
	}
	data, err := os.ReadFile(filepath.Join(dir, "gorod-2026-03-02.log"))
	if err != nil {
		t.Fatal(err)
	}
	var line struct{ Msg, Plugin string }
	if err := json.Unmarshal(bytes.SplitN(data, []byte("\n"), 2)[0], &line); err != nil || line.Msg != "restored" || line.Plugin != "memory/longshort" {
		t.Errorf("first line %+v of %s: %v", line, data, err)
	}
}

func TestTheFileChangesDailyAndIsKeptAMonth(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	now := time.Date(2026, 3, 2, 23, 59, 0, 0, time.UTC)
	for _, old := range []string{"gorod-2026-01-30.log", "gorod-2026-02-02.log", "gorod-notes.log"} {
		if err := os.WriteFile(filepath.Join(dir, old), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	log, closeLog, err := logs.Open(logs.Options{Dir: dir, Level: "info", Stderr: new(bytes.Buffer), Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	log.Info("before midnight")
	now = now.Add(2 * time.Minute)
	log.Info("after midnight")
	if err := closeLog(); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range files {
		files[i] = filepath.Base(files[i])
	}
	want := []string{"gorod-2026-02-02.log", "gorod-2026-03-02.log", "gorod-2026-03-03.log", "gorod-notes.log"}
	if !slices.Equal(files, want) {
		t.Errorf("files %v, want %v", files, want)
	}
}

func TestAnUnknownLevelIsRefused(t *testing.T) {
	t.Parallel()
	if _, _, err := logs.Open(logs.Options{Level: "loud", Stderr: new(bytes.Buffer), Now: time.Now}); err == nil || !strings.Contains(err.Error(), "loud") {
		t.Errorf("got %v", err)
	}
}

func TestAStackIsWrittenBelowItsRecordAndWhole(t *testing.T) {
	t.Parallel()
	var terminal bytes.Buffer
	dir := t.TempDir()
	log, closeLog, err := logs.Open(logs.Options{Dir: dir, Level: "warn", Stderr: &terminal, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	const stack = "Traceback:\n  File \"tone.py\", line 3\nKeyError: '\x1b[2J'"
	log.With("plugin", "sentiment/tone").Error("it raised", "stack", stack, "tick", 3, "text", "one line\n")
	if err := closeLog(); err != nil {
		t.Fatal(err)
	}
	const want = "level=ERROR msg=\"it raised\" plugin=sentiment/tone tick=3 text=\"one line\\n\"\n" +
		"  stack:\n    Traceback:\n      File \"tone.py\", line 3\n    KeyError: '\uFFFD[2J'\n"
	if terminal.String() != want {
		t.Errorf("got\n%s\nwant\n%s", terminal.String(), want)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.log"))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	line, err := os.ReadFile(files[0])
	var fields map[string]any
	if err != nil || json.Unmarshal(line, &fields) != nil || fields["stack"] != stack {
		t.Errorf("for machines: %s, %v", line, err)
	}
}
