package llm

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/sync/errgroup"

	"github.com/llm-city/gorod/plugins/sdk"
)

// Purposes of the calls to the host. A call's index is the place, among the
// texts of its tick, of the first text that it asks about.
const (
	purpose      = "sentiment"
	purposeAgain = "sentiment again" // about one text
)

type classifier struct {
	config  config
	host    sdk.Host
	log     *slog.Logger
	prompts *prompts
}

var _ sdk.Classifier = (*classifier)(nil)

// entry is a text that the model is asked about.
type entry struct {
	place  int // among all
	quoted string
}

// Classify implements sdk.Classifier. A text of which nothing shows is neutral,
// and so is, with a line in the log, one that the model twice does not rate. An
// error is the host's: no model can be asked.
func (c *classifier) Classify(ctx context.Context, tick int64, texts []string) ([]sdk.Sentiment, error) {
	out := make([]sdk.Sentiment, len(texts))
	var entries []entry
	for i, t := range texts {
		out[i].Label = sdk.Neutral
		if quoted := c.prompts.quote(t); strings.ContainsFunc(quoted, shows) {
			entries = append(entries, entry{i, quoted})
		}
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(c.config.Parallel)
	for batch := range slices.Chunk(entries, c.config.Batch) {
		group.Go(func() error { return c.rate(ctx, tick, batch, out) })
	}
	return out, group.Wait()
}

func shows(r rune) bool { return unicode.IsGraphic(r) && !unicode.IsSpace(r) }

// rate fills in the sentiments of a batch: asked together, then one by one
// where that gave nothing.
func (c *classifier) rate(ctx context.Context, tick int64, batch []entry, out []sdk.Sentiment) error {
	ratings, err := c.ask(ctx, tick, purpose, batch)
	if err != nil {
		return err
	}
	for i, e := range batch {
		r := ratings[i]
		if r == nil {
			again, err := c.ask(ctx, tick, purposeAgain, batch[i:i+1])
			if err != nil {
				return err
			}
			r = again[0]
		}
		if r == nil {
			c.log.Warn("the model did not rate a text; it is taken as neutral", "tick", tick, "text", e.place)
			continue
		}
		out[e.place] = c.sentiment(r)
	}
	return nil
}

// ask puts texts to the model. A bad reply rates none.
func (c *classifier) ask(ctx context.Context, tick int64, purpose string, batch []entry) ([]*rating, error) {
	quoted := make([]string, len(batch))
	for i, e := range batch {
		quoted[i] = e.quoted
	}
	messages, err := c.prompts.messages(quoted)
	if err != nil {
		return nil, err
	}
	shape, err := schema(len(batch), c.config.Emotions)
	if err != nil {
		return nil, err
	}
	reply, err := c.host.Generate(ctx, sdk.GenerateRequest{
		Call:     sdk.Call{Agent: sdk.SentimentAgent, Tick: tick, Purpose: purpose, Index: batch[0].place},
		Messages: messages, Schema: shape, Temperature: &c.config.Temperature, MaxTokens: c.config.MaxTokens,
	})
	if refused, ok := errors.AsType[*sdk.Error](err); ok && refused.Kind == sdk.ErrModel {
		c.log.Debug("the model's ratings cannot be used", "tick", tick, "texts", len(batch), "error", refused.Message)
		return make([]*rating, len(batch)), nil
	}
	if err != nil {
		return nil, err
	}
	return read(reply.Text, len(batch)), nil
}
