package cli

import (
	"strings"
	"testing"

	"github.com/mattn/go-runewidth"
)

func TestColumnsLineUpOnTheScreen(t *testing.T) {
	t.Parallel()
	table := newTable("имя", "ticks")
	for _, name := range []string{"Анна", "李雷", "🏙️ город", "e\u0301", "a much longer name"} {
		table.row(name, "7")
	}
	var b strings.Builder
	table.write(&b)
	var at []int
	for line := range strings.Lines(b.String()) {
		line = strings.TrimRight(line, "\n")
		if strings.HasSuffix(line, " ") {
			t.Errorf("%q ends in spaces", line)
		}
		cell := strings.LastIndex(line, " ") + 1
		at = append(at, runewidth.StringWidth(line[:cell]))
	}
	for _, x := range at {
		if x != at[0] || x != len("a much longer name")+2 {
			t.Fatalf("second column at %v:\n%s", at, b.String())
		}
	}
}

func TestLargeNumbersAreShort(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{0: "0", 9999: "9999", 10_000: "10k", 999_999: "999k", 1_000_000: "1.0M", 2_345_678: "2.3M"} {
		if got := thousands(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}

func TestJSONCannotSteerATerminal(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	(&State{Stdout: &out}).printJSON(map[string]string{"text": "Мост\u009b31m \u202e <b>"})
	if want := `{"text":"Мост\u009b31m \u202e <b>"}` + "\n"; out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
}

func TestWhatModelsWroteCannotSteerATerminal(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"Привет,\n\tмир 🙂": "Привет,\n\tмир 🙂", "\x1b[31mred": "�[31mred", "a\rb\x00\u009b": "a�b��", "\u202eabc": "�abc", "a\x7fb": "a�b",
	} {
		if got := printable(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}
