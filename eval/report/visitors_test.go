package report

import (
	"strings"
	"testing"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/plugins/sdk"
)

// Residents speak to visitors, who are no residents, whatever they do in the
// network.
func TestVisitorsAreNotCountedAsResidents(t *testing.T) {
	t.Parallel()
	answered := event.New(1, "a2", event.KindAction, event.Action{Action: sdk.Action{Kind: "reply"}, ID: "p4", Target: "p3", TargetAgent: "@alice", Text: "Здравствуйте", Audience: "public"})
	visit := event.New(1, "", event.KindControl, event.Control{ID: 1, Who: "@alice", Action: &event.Action{Action: sdk.Action{Kind: "post"}, ID: "p3", Text: "Привет", Audience: "public"}})
	report := func(events ...event.Event) (html string, runs []string, kinds [][]string) {
		in := two("ru")
		in.Runs = in.Runs[:1]
		run := in.Runs[0]
		before := run.Events
		run.Events = func(yield func(event.Event, error) bool) {
			for e, err := range before {
				if !yield(e, err) {
					return
				}
			}
			for _, e := range events {
				if !yield(e, nil) {
					return
				}
			}
		}
		in.Runs[0] = run
		html, _, data := written(t, in)
		return html, data["runs"][1], data["actions"]
	}
	html, _, _ := report(visit, answered)
	html = strings.ReplaceAll(html, "\u00a0", " ")
	for _, part := range []string{"2 жителя, 1 гость, 2 связи", "гости"} {
		if !strings.Contains(html, part) {
			t.Errorf("the report does not say %q", part)
		}
	}
	_, without, kindsWithout := report()
	html, with, kindsWith := report(visit)
	if strings.Join(without, ",") != strings.Join(with, ",") || len(kindsWithout) != len(kindsWith) || strings.Contains(html, "гост") {
		t.Errorf("a visitor's post is counted among what residents did:\n%v\n%v", without, with)
	}
}
