package reflect

// words are what the planner says in one language.
type words struct {
	critics   map[string]string // what a dimension is called
	questions map[string]string // what its critic asks itself
	repeat    string
}

func wordsOf(language string) words {
	if language == "ru" {
		return words{
			critics: map[string]string{Persona: "верность образу", Consistency: "последовательность", Fluency: "естественность речи"},
			questions: map[string]string{
				Persona:     "верны ли действия и слова этому человеку: его биографии, чертам, взглядам, манере говорить, целям?",
				Consistency: "не противоречат ли они его памяти и сказанному раньше, друг другу и плану, не повторяют ли уже сказанное?",
				Fluency:     "звучит ли речь живо и естественно, по-русски, без шаблонов, повторов и обрывов? Если слов нет — 9.",
			},
			repeat: "Точно такое действие уже было:",
		}
	}
	return words{
		critics: map[string]string{Persona: "persona adherence", Consistency: "self-consistency", Fluency: "fluency"},
		questions: map[string]string{
			Persona:     "are the actions and words true to this person: the biography, traits, views, way of talking, goals?",
			Consistency: "do they agree with memory and with what was said before, with each other and with the plan, without saying the same again?",
			Fluency:     "do the words sound alive and natural, in English, without clichés, repetition or breaks? 9 where there are no words.",
		},
		repeat: "Exactly this action was taken already:",
	}
}
