package journal

import (
	"context"
	"database/sql"
	"iter"

	"github.com/llm-city/gorod/core/event"
)

// TickUsage is what one tick asked of models.
type TickUsage struct {
	Tick int64
	event.Usage
}

func putUsage(ctx context.Context, tx *sql.Tx, c event.Commit) error {
	_, err := tx.ExecContext(ctx, "INSERT INTO usage (tick, calls, hits, errors, peak) VALUES (?, ?, ?, ?, ?)",
		c.Tick, c.Usage.Calls, c.Usage.Hits, c.Usage.Errors, c.Usage.Peak)
	return err
}

// Usage is what ticks asked of models, from one on. A run made before it was kept
// has none.
func (j *Journal) Usage(ctx context.Context, from int64) iter.Seq2[TickUsage, error] {
	return func(yield func(TickUsage, error) bool) {
		there, err := j.has(ctx, "usage")
		if err != nil {
			yield(TickUsage{}, err)
		} else if there {
			read(ctx, j, scanUsage, "SELECT tick, calls, hits, errors, peak FROM usage WHERE tick >= ? ORDER BY tick", from)(yield)
		}
	}
}

// Used is what all ticks asked of models, with the greatest peak.
func (j *Journal) Used(ctx context.Context) (sum event.Usage, err error) {
	const all = "SELECT 0, coalesce(sum(calls), 0), coalesce(sum(hits), 0), coalesce(sum(errors), 0), coalesce(max(peak), 0) FROM usage"
	for u, err := range readFrom(ctx, j, "usage", scanUsage, all) {
		return u.Usage, err
	}
	return sum, nil
}

func scanUsage(scan func(...any) error) (u TickUsage, err error) {
	err = scan(&u.Tick, &u.Calls, &u.Hits, &u.Errors, &u.Peak)
	return u, err
}
