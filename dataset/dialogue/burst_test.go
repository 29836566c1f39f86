package dialogue

import (
	"strings"
	"testing"
	"time"
)

func TestBurstsAreJoinedByTheTokenAndNothingElseIs(t *testing.T) {
	t.Parallel()
	rule := BurstRule{Gap: 2 * time.Minute, Token: "\n"}
	for name, c := range map[string]struct{ script, want string }{
		"soon after":                     {"a +0 привет\na +60 как ты\na +120 ?", "привет\nкак ты\n?"},
		"too late":                       {"a +0 привет\na +121 как ты", "привет|как ты"},
		"somebody between":               {"a +0 привет\nb +1 да\na +1 как ты", "привет|да|как ты"},
		"time runs back":                 {"a +0 привет\na -5 как ты", "привет|как ты"},
		"answers something of its own":   {"b +0 ты где\na +1 дома\na +1 >1 а что", "ты где|дома|а что"},
		"goes on answering the same":     {"b +0 ты где\na +1 >1 дома\na +1 >1 а что", "ты где|дома\nа что"},
		"goes on without saying so":      {"b +0 ты где\na +1 >1 дома\na +1 а что", "ты где|дома\nа что"},
		"forwarded words stand alone":    {"a +0 смотри\na +1 ^news пожар\na +1 ужас", "смотри|пожар|ужас"},
		"what says nothing is no border": {"a +0 привет\nb +1 \na +1 как ты", "привет\nкак ты"},
		"nobody says anything":           {"a +0 ", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var texts []string
			for _, turn := range rule.Turns(linesOf(script(t, c.script))) {
				texts = append(texts, turn.Text)
			}
			if got := strings.Join(texts, "|"); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestATurnTellsWhatItJoins(t *testing.T) {
	t.Parallel()
	turns := BurstRule{Gap: time.Minute, Token: " / "}.Turns(linesOf(script(t, "a +0 >7 раз\na +30 два\na +30 три")))
	if len(turns) != 1 {
		t.Fatalf("%d turns", len(turns))
	}
	if got := turns[0]; got.Text != "раз / два / три" || got.Bursts != 3 || len(got.IDs) != 3 || got.End-got.Time != 60 || got.ReplyTo != 7 {
		t.Errorf("%+v", got)
	}
	if alone := (BurstRule{Token: "\n"}).Turns(linesOf(script(t, "a +0 раз\na +0 два"))); len(alone) != 2 {
		t.Errorf("without a gap %d turns, want 2", len(alone))
	}
}
