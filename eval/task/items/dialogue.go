package items

import "github.com/llm-city/gorod/eval/sample"

// burstToken stands between the messages of a turn, and between turns of the
// same side.
const burstToken = "\n"

// Answered is what an example's reply answers, as trainers see it: turns of one
// side are one message, and speakers are named where there are several.
func Answered(e *sample.Example) []sample.Message {
	var out []sample.Message
	if e.System != "" {
		out = append(out, sample.Message{Role: "system", Content: e.System})
	}
	turns := e.Turns[:max(0, len(e.Turns)-1)]
	speakers := map[string]bool{}
	for _, turn := range turns {
		if turn.Role == "user" {
			speakers[turn.Speaker] = true
		}
	}
	for _, turn := range turns {
		said := turn.Text
		if len(speakers) > 1 && turn.Role == "user" {
			said = turn.Speaker + ": " + said
		}
		if n := len(out); n > 0 && out[n-1].Role == turn.Role {
			out[n-1].Content += burstToken + said
			continue
		}
		out = append(out, sample.Message{Role: turn.Role, Content: said})
	}
	return out
}

// Examples hands over the examples of a dataset's split in order. They may be
// kept.
func Examples(dataset, split string, use func(*sample.Example)) error {
	file, err := sample.Split(dataset, split)
	if err != nil {
		return err
	}
	return sample.Examples(file, func(e *sample.Example) error {
		use(e)
		return nil
	})
}
