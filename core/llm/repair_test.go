package llm_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/plugins/sdk"
)

const moodSchema = `{"type":"object","required":["mood"],"additionalProperties":false,"properties":{"mood":{"type":"string","enum":["хорошо","плохо"]}}}`

func ask() llm.Request {
	return llm.Request{
		Model: "m", Schema: json.RawMessage(moodSchema), Facts: &llm.Facts{Language: "ru"},
		Messages: []sdk.Message{{Role: "user", Content: "Как вы?"}},
	}
}

func TestRepairTakesTheJSONOutOfReplies(t *testing.T) {
	t.Parallel()
	for name, reply := range map[string]string{
		"as asked":             `{"mood":"хорошо"}`,
		"spaces":               "\n  {\"mood\":\"хорошо\"}\n",
		"a code fence":         "```json\n{\"mood\":\"хорошо\"}\n```",
		"chatter":              `Вот ответ: {"mood":"хорошо"}. Надеюсь, помог!`,
		"a trailing comma":     `{"mood":"хорошо",}`,
		"a comma and chatter":  "Ответ:\n{\"mood\":\"хорошо\" , \n}",
		"thoughts":             `<think>может, {"mood":"плохо"}?</think>{"mood":"хорошо"}`,
		"thoughts begun early": `Может, плохо?</think> {"mood":"хорошо"}`,
		"a wrong value first":  `Схема: {"mood":"any"}, ответ: {"mood":"хорошо"}`,
		"a bracket in chatter": `Итак [1, { смотрите: {"mood":"хорошо"}`,
		"a quote in chatter":   `Он сказал "ну {да" и вот: {"mood":"хорошо"}`,
	} {
		model := says(reply)
		resp, err := llm.Repair(model).Generate(t.Context(), ask())
		if err != nil || len(model.asked) != 1 {
			t.Errorf("%s: %v after %d calls", name, err, len(model.asked))
			continue
		}
		var out struct{ Mood string }
		if err := json.Unmarshal([]byte(resp.Text), &out); err != nil || out.Mood != "хорошо" {
			t.Errorf("%s: %q is not clean (%v)", name, resp.Text, err)
		}
	}
}

func TestRepairEscapesLineBreaksInStrings(t *testing.T) {
	t.Parallel()
	req := ask()
	req.Schema = json.RawMessage(`{"type":"object","required":["text"],"properties":{"text":{"type":"string"}}}`)
	resp, err := llm.Repair(says("{\"text\":\"раз,\n\tдва \\\" , ]\"}")).Generate(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	var out struct{ Text string }
	if err := json.Unmarshal([]byte(resp.Text), &out); err != nil || out.Text != "раз,\n\tдва \" , ]" {
		t.Errorf("%q, %v", out.Text, err)
	}
}

func TestRepairAsksOnceMoreWithTheError(t *testing.T) {
	t.Parallel()
	model := says(`{"mood":"отлично"}`, `{"mood":"плохо"}`)
	resp, err := llm.Repair(model).Generate(t.Context(), ask())
	if err != nil || resp.Text != `{"mood":"плохо"}` {
		t.Fatalf("%+v, %v", resp, err)
	}
	if resp.PromptTokens != 20 || resp.ReplyTokens != 4 {
		t.Errorf("tokens of one call only: %+v", resp)
	}
	first, second := model.asked[0], model.asked[1]
	if first.Attempt != 0 || second.Attempt != 1 {
		t.Errorf("attempts %d, %d", first.Attempt, second.Attempt)
	}
	if len(first.Messages) != 1 || len(second.Messages) != 3 {
		t.Fatalf("messages: %v, then %v", first.Messages, second.Messages)
	}
	if bad := second.Messages[1]; bad.Role != "assistant" || bad.Content != `{"mood":"отлично"}` {
		t.Errorf("the bad reply is not shown: %+v", bad)
	}
	complaint := second.Messages[2].Content
	for _, want := range []string{"mood", "Ответьте ещё раз", moodSchema} {
		if !strings.Contains(complaint, want) {
			t.Errorf("%q does not say %q", complaint, want)
		}
	}
}

// timed answers after a while.
type timed struct {
	llm.Provider
	latency time.Duration
}

func (p timed) Generate(ctx context.Context, req llm.Request) (llm.Response, error) {
	resp, err := p.Provider.Generate(ctx, req)
	resp.Latency = p.latency
	return resp, err
}

func TestRepairTakesAsLongLiveAsReplayed(t *testing.T) {
	t.Parallel()
	for _, latency := range []time.Duration{1700 * time.Nanosecond, time.Microsecond} { // a recording keeps the second of the first
		resp, err := llm.Repair(timed{says(`{"mood":"отлично"}`, `{"mood":"плохо"}`), latency}).Generate(t.Context(), ask())
		if err != nil || resp.Latency != 2*time.Microsecond {
			t.Errorf("%v: %v, %v", latency, resp.Latency, err)
		}
	}
}

func TestRepairComplainsInTheSocietysLanguage(t *testing.T) {
	t.Parallel()
	model, req := says("no", `{"mood":"плохо"}`), ask()
	req.Facts = nil
	if _, err := llm.Repair(model).Generate(t.Context(), req); err != nil {
		t.Fatal(err)
	}
	if got := model.asked[1].Messages[2].Content; !strings.HasPrefix(got, "This reply cannot be used") {
		t.Error(got)
	}
}

func TestRepairGivesUpAfterTheSecondReply(t *testing.T) {
	t.Parallel()
	model := says("не знаю", `{"mood":"так себе"}`)
	_, err := llm.Repair(model).Generate(t.Context(), ask())
	if !llm.IsKind(err, llm.BadReply) || len(model.asked) != 2 {
		t.Fatalf("%v after %d calls", err, len(model.asked))
	}
	for _, want := range []string{"http://a", "mood", "так себе"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not say %q", err, want)
		}
	}
	if llm.BadReply.Retryable() {
		t.Error("a bad reply would be asked for again and again")
	}
}

func TestRepairSaysWhenAReplyWasCutOff(t *testing.T) {
	t.Parallel()
	model := says(`{"mood":"хоро`, `{"mood":"хорошо"}`)
	model.replies[0].Truncated = true
	if _, err := llm.Repair(model).Generate(t.Context(), ask()); err != nil {
		t.Fatal(err)
	}
	if got := model.asked[1].Messages[2].Content; !strings.Contains(got, "cut off") {
		t.Error(got)
	}
}

func TestRepairLeavesFreeTextAlone(t *testing.T) {
	t.Parallel()
	req := ask()
	req.Schema = nil
	resp, err := llm.Repair(says(" Хорошо {")).Generate(t.Context(), req)
	if err != nil || resp.Text != " Хорошо {" {
		t.Errorf("%q, %v", resp.Text, err)
	}
}

func TestRepairRefusesASchemaThatIsNone(t *testing.T) {
	t.Parallel()
	model, req := says("{}"), ask()
	req.Schema = json.RawMessage(`{"type":"mood"}`)
	if _, err := llm.Repair(model).Generate(t.Context(), req); !llm.IsKind(err, llm.BadRequest) || len(model.asked) != 0 {
		t.Errorf("%v after %d calls", err, len(model.asked))
	}
}

func TestRepairPassesErrorsOn(t *testing.T) {
	t.Parallel()
	model := says()
	model.err = &llm.Error{Kind: llm.ModelMissing}
	if _, err := llm.Repair(model).Generate(t.Context(), ask()); !llm.IsKind(err, llm.ModelMissing) {
		t.Error(err)
	}
}

func TestHostileRepliesCostLittle(t *testing.T) {
	t.Parallel()
	const n = 1 << 19
	for name, reply := range map[string]string{
		"open brackets": strings.Repeat("{", n), "nested": strings.Repeat("[", n) + strings.Repeat("]", n),
		"many objects": strings.Repeat("{}", n), "quotes": strings.Repeat(`{"`, n), "thoughts": strings.Repeat("<think>", n/8),
		"escapes": `{"` + strings.Repeat(`\`, n), "too long": strings.Repeat(" {", n+1),
	} {
		began := time.Now()
		if _, err := llm.Repair(says(reply)).Generate(t.Context(), ask()); !llm.IsKind(err, llm.BadReply) {
			t.Errorf("%s: %v", name, err)
		}
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("%s took %v", name, took)
		}
	}
}

// Whatever a model says, Repair ends with JSON that fits or with an error, and
// a fitting object among chatter without brackets is found.
func FuzzRepair(f *testing.F) {
	for _, seed := range []string{"", "{", "[{]}", "```\n{\"mood\":\"плохо\",}\n```", `{"a":"\`, "<think>", `{"mood":"хорошо"}`, "\xff{\"mood\"", strings.Repeat("[{\"", 100)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, reply string) {
		resp, err := llm.Repair(says(reply)).Generate(t.Context(), ask())
		switch {
		case llm.IsKind(err, llm.BadReply):
		case err != nil:
			t.Fatal(err)
		case !json.Valid([]byte(resp.Text)):
			t.Fatalf("%q is not JSON", resp.Text)
		}
		if strings.ContainsAny(reply, "{}[]<\"\\") {
			return
		}
		resp, err = llm.Repair(says(reply+`{"mood":"плохо"}`+reply)).Generate(t.Context(), ask())
		if err != nil || resp.Text != `{"mood":"плохо"}` {
			t.Fatalf("%q: %q, %v", reply, resp.Text, err)
		}
	})
}
