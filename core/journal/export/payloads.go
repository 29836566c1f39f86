package export

import (
	"encoding/json"
	"maps"
	"reflect"
	"strings"

	"github.com/llm-city/gorod/core/event"
)

// payload documents what the data of a kind of event holds.
type payload struct {
	kind event.Kind
	doc  string
	of   reflect.Type
	docs map[string]string // by the path of a field
}

func payloadOf[T any](kind event.Kind, doc string, docs map[string]string) payload {
	return payload{kind, doc, reflect.TypeFor[T](), docs}
}

// fields are those of the payload's type, nested ones by their path.
func (p payload) fields() []Column { return p.fieldsOf(p.of, "") }

func (p payload) fieldsOf(t reflect.Type, prefix string) (fields []Column) {
	for f := range t.Fields() {
		if f.Anonymous {
			fields = append(fields, p.fieldsOf(f.Type, prefix)...)
			continue
		}
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		path, inner := prefix+name, f.Type
		if inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		fields = append(fields, Column{path, jsonType(inner), p.docs[path]})
		if inner.Kind() == reflect.Slice && inner != rawJSON() {
			path, inner = path+"[]", inner.Elem()
		}
		if inner.Kind() == reflect.Struct {
			fields = append(fields, p.fieldsOf(inner, path+".")...)
		}
	}
	return fields
}

func rawJSON() reflect.Type { return reflect.TypeFor[json.RawMessage]() }

// jsonType is what a Go type is in JSON.
func jsonType(t reflect.Type) string {
	if t == rawJSON() {
		return "object"
	}
	switch t.Kind() {
	case reflect.Slice:
		return "list of " + jsonType(t.Elem())
	case reflect.Map:
		return "object of " + jsonType(t.Elem())
	case reflect.Struct:
		return "object"
	case reflect.String:
		return "string"
	case reflect.Bool:
		return "boolean"
	case reflect.Float64:
		return "number"
	default:
		return "integer"
	}
}

// payloads documents those of all kinds.
func payloads() []payload {
	return []payload{
		payloadOf[event.Told](event.KindTold, "The study told the agent about an event.", map[string]string{
			"event": "the event's id; told by an intervention: its id, with # and a number when it tells more than once; by a command: control-ID", "text": "what was told",
		}),
		payloadOf[event.Heard](event.KindHeard, "The agent saw something about an event for the first time.", map[string]string{
			"event": "the event's id", "from": "agent id of the author of what it saw; empty for the study", "via": "kind of the item seen: event, post, tell, …",
			"item": "its id", "hops": "0 for those whom the study told, 1 for those they told, and so on",
		}),
		payloadOf[event.Exposure](event.KindExposure, "What a feed showed the agent.", map[string]string{
			"feed": "chronological, hot, interest, random", "items": "best first",
			"items[].id": "of the post", "items[].author": "agent id", "items[].score": "the feed's",
		}),
		payloadOf[event.Mood](event.KindMood, "The agent's mood after appraisal.", map[string]string{
			"valence": "-1 (bad) to 1 (good)", "arousal": "0 (calm) to 1 (stirred)", "stimuli": "texts appraised", "mean": "their weighted mean valence",
		}),
		payloadOf[event.Plan](event.KindPlan, "What the agent decided.", map[string]string{
			"purpose": "what it sets out to do", "place": "where", "thought": "why, in its words", "reused": "from experience: no model was asked",
		}),
		payloadOf[event.Action](event.KindAction, "An action that was carried out.", actionDocs("")),
		payloadOf[event.Invalid](event.KindInvalid, "An action refused, or a reply that stayed bad after its repair.", map[string]string{
			"action": "that was refused; absent if the reply itself was bad", "action.kind": "post, reply, follow, …",
			"action.args": "as the planner gave them", "why": "in words for the agent",
		}),
		payloadOf[event.Intervention](event.KindIntervention, "The study changed the run. The agent is empty.", map[string]string{
			"id": "the intervention's", "why": "what its condition found", "effects": "what it did, in order",
			"effects[].kind": "tell, goals, mood, model, follow, unfollow, feed, stop", "effects[].agents": "agent ids: whom it concerned",
			"effects[].detail": "what was told, set or moved",
		}),
		payloadOf[event.Decree](event.KindDecree, "What the mayor decided. The agent is mayor.", merged(decisionDocs(""), map[string]string{
			"kind": "build, recruit, …; empty where the reply was bad", "ok": "it was carried out",
			"detail": "why it was refused, or what it brought", "thought": "why, in the mayor's words",
		})),
		payloadOf[event.Transfer](event.KindTransfer, "Coins that changed hands in a town. The agent is the resident of the two, else mayor.", map[string]string{
			"from": "agent id, mayor, or world: outside of the town", "to": "agent id, mayor or world", "amount": "in whole coins, above 0",
			"why": "start, wage, use, goods, build, recruit, cash, shock", "building": "where", "thing": "what was bought, and how often",
		}),
		payloadOf[event.Town](event.KindTown, "How a town stands at the end of a tick. The agent is empty.", map[string]string{
			"money": "the mayor's, in whole coins", "population": "residents, newcomers among them", "buildings": "in the town", "beds": "in all buildings",
			"free_beds": "of them without a resident", "decisions": "of the mayor in this tick", "invalid": "of them refused",
			"met": "the goal was reached, in this tick or before",
		}),
		payloadOf[event.Control](event.KindControl, "Somebody acted on the run from outside. The agent is empty.", merged(actionDocs("action."), map[string]string{
			"id": "of the command, from 1", "who": "gave it", "at": "when it arrived, wall time", "order": "what was asked for: effect, visit or ask",
			"refused": "why nothing was done; absent where it was", "effects": "what it did, in order", "effects[].kind": "tell, goals, mood, model, follow, unfollow, feed, stop",
			"effects[].agents": "agent ids: whom it concerned", "effects[].detail": "what was told, set or moved", "action": "what a visitor did",
		})),
	}
}

// decisionDocs documents what somebody chose to do, at a path.
func decisionDocs(at string) map[string]string {
	return map[string]string{at + "kind": "post, reply, follow, …", at + "args": "the arguments as they were given"}
}

// actionDocs documents an action that was carried out.
func actionDocs(at string) map[string]string {
	return merged(decisionDocs(at), map[string]string{
		at + "id": "of the post or message that it made", at + "target": "id of what it is about: the post answered",
		at + "target_agent": "agent id: whom it concerns", at + "group": "of the network", at + "audience": "public, followers, group, direct",
		at + "about": "id of the study's event that it is about", at + "text": "what others can read",
		at + "sentiment": "how the text sounds", at + "sentiment.valence": "-1 to 1", at + "sentiment.arousal": "0 to 1",
		at + "sentiment.label": "negative, neutral, positive", at + "sentiment.scores": "of each label that the classifier knows",
		at + "sentiment.emotion": "where the classifier knows emotions",
	})
}

func merged(docs ...map[string]string) map[string]string {
	all := map[string]string{}
	for _, d := range docs {
		maps.Copy(all, d)
	}
	return all
}
