package openai_test

import (
	"strconv"
	"testing"

	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/core/llm/llmtest"
	"github.com/llm-city/gorod/plugins/sdk"
)

func scored(prompt, text string) llm.Request {
	return llm.Request{Model: "m", Messages: []sdk.Message{{Role: "user", Content: prompt}}, Scored: text}
}

func TestATextIsScoredByTheLogProbabilitiesOfItsOwnTokens(t *testing.T) {
	t.Parallel()
	_, client := start(t, llmtest.Options{}, "")
	for _, tt := range []struct {
		prompt, text string
		want         float64
	}{
		{"На площади люди. ", "На площади люди.", llmtest.LogProbKnown},
		{"На площади люди. ", "Красный шар летит.", llmtest.LogProbNew},
		{"На площади люди. ", "На площади шар.", (2*llmtest.LogProbKnown + llmtest.LogProbNew) / 3},
	} {
		resp, err := client.Generate(t.Context(), scored(tt.prompt, tt.text))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := strconv.ParseFloat(resp.Text, 64); err != nil || got < tt.want-1e-6 || got > tt.want+1e-6 {
			t.Errorf("%q after %q: %s, want %v", tt.text, tt.prompt, resp.Text, tt.want)
		}
		if resp.ReplyTokens != 3 {
			t.Errorf("%q: %d tokens", tt.text, resp.ReplyTokens)
		}
	}
}

func TestMessagesBeforeAScoredTextAreApart(t *testing.T) {
	t.Parallel()
	server, client := start(t, llmtest.Options{}, "")
	req := scored("Кто мяукает? ", "кот")
	req.Messages = append([]sdk.Message{{Role: "system", Content: "Отвечай."}}, req.Messages...)
	if _, err := client.Generate(t.Context(), req); err != nil {
		t.Fatal(err)
	}
	if got := server.Requests()[0].Messages[0].Content; got != "Отвечай.\n\nКто мяукает? кот" {
		t.Errorf("%q", got)
	}
}

func TestAServerWithoutLogProbabilitiesLeavesATextUnscored(t *testing.T) {
	t.Parallel()
	_, client := start(t, llmtest.Options{NoLogProbs: true}, "")
	for _, req := range []llm.Request{scored("до ", "после"), scored("", "слово")} {
		if resp, err := client.Generate(t.Context(), req); err != nil || resp.Text != llm.Unscored {
			t.Errorf("%q, %v", resp.Text, err)
		}
	}
}

func TestAModelThatIsNotThereIsAnErrorAlsoForAScore(t *testing.T) {
	t.Parallel()
	_, client := start(t, llmtest.Options{Models: []string{"other"}}, "")
	if _, err := client.Generate(t.Context(), scored("до ", "после")); !llm.IsKind(err, llm.ModelMissing) {
		t.Errorf("%v", err)
	}
}
