package journal

import (
	"context"
	"fmt"
	"time"
)

// SetBusyTimeout says how long a commit waits for another process.
func (j *Journal) SetBusyTimeout(ctx context.Context, d time.Duration) error {
	_, err := j.writer.ExecContext(ctx, fmt.Sprintf("PRAGMA busy_timeout = %d", d.Milliseconds()))
	return err
}
