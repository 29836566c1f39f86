package report

import (
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/plugins/sdk"
)

// attack is what a hostile model might call itself or say.
const attack = `</script><script>alert(1)</script><img src=x onerror=alert(2)>"'` + "`" + `<!-- ]]> {{.}} __f__alert(3)__f__ | [x](javascript:alert(4)) ${alert(5)}`

// hostile is a study in which every text that others give attacks the report.
func hostile(language string) Study {
	in := town(language, 2, 1, 3, 3)
	in.Title, in.Description, in.Name = attack, "=1+1\n\n"+attack, attack
	in.Providers = []Provider{{attack, attack, attack, attack}}
	in.GorodVersion = attack
	for i := range in.Runs {
		r := &in.Runs[i]
		r.Cell += attack
		r.Values = map[string]any{"=cmd|' /C calc'!A0" + attack: "@SUM(1)" + attack}
		r.Digest, r.Status, r.Error = "-"+attack, "+"+attack, attack
		for j := range r.Residents {
			r.Residents[j].Name, r.Residents[j].Group = "=HYPERLINK(1)"+attack, "+"+attack
		}
		a, b := r.Residents[0].ID, r.Residents[1].ID
		r.Events = events(
			event.New(0, a, event.KindTold, event.Told{Event: "=" + attack, Text: attack}),
			event.New(0, a, event.KindHeard, event.Heard{Event: "=" + attack}),
			event.New(0, a, event.KindMood, event.Mood{Valence: 0.5}),
			event.New(0, a, event.KindExposure, event.Exposure{Items: []event.Shown{{ID: attack, Author: a}}}),
			event.New(0, a, event.KindAction, event.Action{Action: sdk.Action{Kind: "post" + attack}, ID: attack, Text: "\u202e" + attack, Sentiment: &sdk.Sentiment{Valence: -1, Label: attack}}),
			event.New(1, b, event.KindAction, event.Action{Action: sdk.Action{Kind: "-" + attack}, ID: "p2", Target: attack, TargetAgent: a, Text: attack}),
			event.New(1, b, event.KindInvalid, event.Invalid{Why: attack}),
		)
		r.Calls = []CallStat{{Model: "=" + attack, Purpose: "@" + attack, Calls: 1}}
		r.Incidents = []event.Incident{{Kind: attack, Source: "=" + attack, Detail: attack}}
	}
	return in
}
