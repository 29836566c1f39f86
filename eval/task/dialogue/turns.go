package dialogue

import "github.com/llm-city/gorod/eval/sample"

// criteria is who replies, as far as the dataset says.
func criteria(language string, e *sample.Example) string {
	of, with := "Отвечает ", ", собеседник — "
	if language == "en" {
		of, with = "The reply is by ", "; the counterpart is "
	}
	if e.Target == "" || e.Target == "assistant" {
		return ""
	}
	if e.Role == "" {
		return of + e.Target + "."
	}
	return of + e.Target + with + e.Role + "."
}

// dialogue is what is asked, and what the person replied.
type dialogue struct {
	messages  []sample.Message
	reference string
}

// dialogueOf joins turns of the same side, as trainers were given them. Where the
// target talks with several people, their turns begin with who they are. There
// are no messages where the reply answers nobody.
func dialogueOf(e *sample.Example) dialogue {
	named := several(e.Turns)
	var said []sample.Message
	for _, t := range e.Turns {
		text := t.Text
		if named && t.Role == "user" {
			text = t.Speaker + ": " + text
		}
		if n := len(said); n > 0 && said[n-1].Role == t.Role {
			said[n-1].Content += "\n" + text
			continue
		}
		said = append(said, sample.Message{Role: t.Role, Content: text})
	}
	if len(said) < 2 {
		return dialogue{}
	}
	last := len(said) - 1
	d := dialogue{said[:last], said[last].Content}
	if e.System != "" {
		d.messages = append([]sample.Message{{Role: "system", Content: e.System}}, d.messages...)
	}
	return d
}

func several(turns []sample.Turn) bool {
	first := ""
	for _, t := range turns {
		switch {
		case t.Role != "user":
		case first == "":
			first = t.Speaker
		case t.Speaker != first:
			return true
		}
	}
	return false
}
