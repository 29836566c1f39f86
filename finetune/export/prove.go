package export

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/llm-city/gorod/finetune/export/ollama"
	"github.com/llm-city/gorod/finetune/export/template"
)

// asked are the dialogues that the server answers where it cannot show prompts.
const asked = 2

// seed of the replies that are compared.
const seed = 20

// prove asks the server itself how it renders the dialogues.
func (o *Options) prove(ctx context.Context, client *ollama.Client, model string, s *source) (Proof, error) {
	if len(s.dialogues) == 0 {
		return None, nil
	}
	for i, d := range s.dialogues {
		served, ok, err := client.Rendered(ctx, model, d.Messages)
		if err != nil {
			return "", err
		}
		if !ok {
			return ByReplies, o.proveByReplies(ctx, client, model, s)
		}
		if d, err = o.withSystem(d, s); err != nil {
			return "", err
		}
		if err := number(i+1, template.Compare(d, served, s.server())); err != nil {
			return "", err
		}
	}
	return ByServer, nil
}

// withSystem is a dialogue as the server renders it: one without a system
// message gets the model's.
func (o *Options) withSystem(d template.Rendered, s *source) (template.Rendered, error) {
	if o.System == "" || d.Messages[0].Role == "system" {
		return d, nil
	}
	d.Messages = append([]template.Message{{Role: "system", Content: o.System}}, d.Messages...)
	text, err := template.Render(s.text, d.Messages) // which Check has proved equal
	if s.server().AddBOS {
		text = s.info.BOS + text
	}
	d.Text, d.Prompt = text, true
	return d, err
}

// proveByReplies has a model answer the shortest prompts twice with the same
// seed: rendered by the server, and as the trainer rendered them. Both replies
// are those of the same weights, so it proves the template however the model is
// quantized; what quantizing does to the replies it does not say.
func (o *Options) proveByReplies(ctx context.Context, client *ollama.Client, model string, s *source) error {
	prompts := slices.DeleteFunc(slices.Clone(s.dialogues), func(d template.Rendered) bool { return !d.Prompt })
	slices.SortStableFunc(prompts, func(a, b template.Rendered) int { return cmp.Compare(len(a.Text), len(b.Text)) })
	for _, d := range prompts[:min(len(prompts), asked)] {
		d, err := o.withSystem(d, s)
		if err != nil {
			return err
		}
		raw := d.Text
		if s.server().AddBOS {
			raw = strings.TrimPrefix(raw, s.info.BOS)
		}
		// The first reply fills the server's cache, from which numbers may come
		// out otherwise in their last bits: the two that are compared both use it.
		if _, err := client.Chat(ctx, model, d.Messages, seed); err != nil {
			return err
		}
		served, err := client.Chat(ctx, model, d.Messages, seed)
		if err != nil {
			return err
		}
		trained, err := client.Raw(ctx, model, raw, seed)
		if err != nil {
			return err
		}
		if served != trained {
			return fmt.Errorf("the server does not render prompts as the trainer did: to %q it answers %q (%d tokens read), and %q (%d tokens) where the prompt is the trainer's",
				d.Messages[len(d.Messages)-1].Content, served.Text, served.PromptTokens, trained.Text, trained.PromptTokens)
		}
	}
	return nil
}

// number puts the dialogue's number into a mismatch.
func number(n int, err error) error {
	if m, ok := err.(*template.Mismatch); ok { //nolint:errorlint // Compare returns it as it is
		m.Dialogue = n
	}
	return err
}
