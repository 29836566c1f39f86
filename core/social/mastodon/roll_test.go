package mastodon

import (
	"strings"
	"testing"

	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
)

// The next process finds the accounts of residents however they are called.
func TestResidentsOfOddNamesKeepTheirAccounts(t *testing.T) {
	t.Parallel()
	s := newRegistry(t)
	o := s.enrolment(t, "")
	o.Residents = nil
	for i, name := range []string{"# нет", "@admin", "Анна: Петрова:", "две\nстроки", `"в кавычках"`, "---", "", "  пробелы  внутри ", "a0001", "@app: x", "=", "Ёж"} {
		o.Residents = append(o.Residents, spec.Resident{ID: string(rune('q'+i)) + "0001", Persona: &sdk.Persona{Name: name}})
	}
	tokens, err := Enrol(t.Context(), o)
	if err != nil || len(tokens) != len(o.Residents) || len(s.names()) != len(o.Residents) {
		t.Fatalf("%d tokens, %d accounts: %v\n%s", len(tokens), len(s.names()), err, load(t, o.Network.Accounts))
	}
	requests := s.requests
	again, err := Enrol(t.Context(), o)
	if err != nil || s.requests != requests {
		t.Fatalf("asked %d times more: %v\n%s", s.requests-requests, err, load(t, o.Network.Accounts))
	}
	for id, token := range tokens {
		if again[id] != token {
			t.Errorf("%s has another account", id)
		}
	}
}

func FuzzLinesOfAccountsAreTakenApart(f *testing.F) {
	for _, line := range []string{"Анна: token-number-1", "@app: id:secret-secret", "x", " \t", "a\tb", "\"\" ''''''''''", ": 12345678"} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		who, token, err := parseToken(line)
		switch {
		case err != nil && (who != "" || token != ""):
			t.Errorf("%q: %q %d bytes, %v", line, who, len(token), err)
		case who != "" && (len(token) < minToken || len(token) > maxToken || strings.ContainsAny(string(token), " \t\r\n")):
			t.Errorf("%q has a token of %d bytes", line, len(token))
		}
		if who != "" && err == nil {
			if again, same, err := parseToken(who + ": " + string(token)); err == nil && again == who && same != token {
				t.Errorf("%q is written with another token", line)
			}
		}
	})
}
