package wire

import (
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"github.com/llm-city/gorod/plugins/sdk"
)

// What a plugin answers is checked before anything is built on it: numbers in
// range, JSON that can be read back, text that is UTF-8 (which decoding does
// not look at).

func checkCount(got, want int, of string) error {
	if got != want {
		return fmt.Errorf("%w: it answered %d of %d %s", ErrContract, got, want, of)
	}
	return nil
}

func checkText(texts ...string) error {
	for _, t := range texts {
		if !utf8.ValidString(t) {
			return fmt.Errorf("%w: %.80q is not UTF-8 (was it cut within a character?)", ErrContract, t)
		}
	}
	return nil
}

func checkActions(actions []sdk.Action) error {
	for _, a := range actions {
		if err := checkText(a.Kind); err != nil {
			return err
		}
		for name, value := range a.Args {
			if err := checkText(name, value); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkChanges(changes []sdk.RecordChange) error {
	for i := range changes {
		c := &changes[i]
		switch {
		case c.Key == "":
			return fmt.Errorf("%w: a record of agent %q has no key", ErrContract, c.Agent)
		case !c.Delete && (!json.Valid(c.JSON) || !utf8.Valid(c.JSON)):
			return fmt.Errorf("%w: record %q of agent %q is not JSON", ErrContract, c.Key, c.Agent)
		}
		if err := checkText(c.Agent, c.Key, c.Kind); err != nil {
			return err
		}
	}
	return nil
}

func checkFound(found []sdk.Recollection, asked int) error {
	for _, r := range found {
		if err := checkText(r.Text); err != nil {
			return err
		}
		for _, item := range r.Items {
			if err := checkText(item.Key, item.Text); err != nil {
				return err
			}
		}
		if err := checkActions(r.Experience); err != nil {
			return err
		}
	}
	return checkCount(len(found), asked, "queries")
}

func checkDecision(d *sdk.Decision) error {
	if d.Plan != nil {
		if err := checkText(d.Plan.Purpose, d.Plan.Place); err != nil {
			return err
		}
	}
	if err := checkText(d.Thought); err != nil {
		return err
	}
	if err := checkActions(d.Actions); err != nil {
		return err
	}
	return checkChanges(d.Changes)
}

func checkSentiments(sentiments []sdk.Sentiment, asked int) error {
	for i, s := range sentiments {
		if !within(s.Valence, -1, 1) || !within(s.Arousal, 0, 1) {
			return fmt.Errorf("%w: text %d has valence %v (-1…1) and arousal %v (0…1)", ErrContract, i, s.Valence, s.Arousal)
		}
		if err := checkText(s.Label, s.Emotion); err != nil {
			return err
		}
		for label, score := range s.Scores {
			if err := checkText(label); err != nil {
				return err
			}
			if !within(score, 0, 1) {
				return fmt.Errorf("%w: text %d has score %v (0…1)", ErrContract, i, score)
			}
		}
	}
	return checkCount(len(sentiments), asked, "texts")
}

// within is false for NaN.
func within(v, low, high float64) bool { return v >= low && v <= high }
