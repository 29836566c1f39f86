package cassette

import (
	"context"
	"fmt"
	"time"

	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/core/sqlite"
)

// PurposeEmbedding is the purpose under which Totals counts embeddings.
const PurposeEmbedding = "embedding"

// Total sums up the recorded calls of one model for one purpose.
type Total struct {
	Model        string        `json:"model"`
	Purpose      string        `json:"purpose"`
	Calls        int64         `json:"calls"`
	Repairs      int64         `json:"repairs"` // of these, asked again after a bad reply
	PromptTokens int64         `json:"prompt_tokens"`
	ReplyTokens  int64         `json:"reply_tokens"`
	Latency      time.Duration `json:"latency"` // summed up
}

// Totals are what models were asked for, by model and purpose.
func (c *Cassette) Totals(ctx context.Context) ([]Total, error) {
	if c.mode == Off {
		return nil, nil
	}
	out, err := c.totals(ctx)
	if err != nil {
		return nil, fmt.Errorf("sum up the cassette: %w", err)
	}
	return out, nil
}

func (c *Cassette) totals(ctx context.Context) ([]Total, error) {
	if err := c.Flush(ctx); err != nil {
		return nil, err
	}
	rows, err := c.reader.QueryContext(ctx, `
		SELECT model, purpose, count(*), sum(attempt > 0), sum(prompt_tokens), sum(reply_tokens), sum(latency_us)
			FROM calls GROUP BY model, purpose
		UNION ALL
		SELECT model, ?, sum(asked), 0, sum(tokens), 0, sum(latency_us) FROM embeddings GROUP BY model
		ORDER BY 1, 2`, PurposeEmbedding)
	if err != nil {
		return nil, sqlite.Explain("read", c.path, err)
	}
	defer rows.Close()
	var out []Total
	for rows.Next() {
		var t Total
		var us int64
		if err := rows.Scan(&t.Model, &t.Purpose, &t.Calls, &t.Repairs, &t.PromptTokens, &t.ReplyTokens, &us); err != nil {
			return nil, sqlite.Explain("read", c.path, err)
		}
		t.Latency = time.Duration(us) * time.Microsecond
		out = append(out, t)
	}
	return out, sqlite.Explain("read", c.path, rows.Err())
}

// Spent is what earlier sessions of the run have spent of its budget.
func (c *Cassette) Spent(ctx context.Context) (spent llm.Spent, err error) {
	totals, err := c.Totals(ctx)
	for _, t := range totals {
		spent.Calls += t.Calls
		spent.Tokens += t.PromptTokens + t.ReplyTokens
	}
	return spent, err
}
