package reflect

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/llm-city/gorod/plugins/sdk"
)

// Restore implements sdk.Restorer. Kinds of other versions are left alone.
func (p *planner) Restore(_ context.Context, records []sdk.Record) error {
	for _, r := range records {
		if r.Kind != recentKey {
			continue
		}
		var deeds []deed
		if err := json.Unmarshal(r.JSON, &deeds); err != nil {
			return fmt.Errorf("restore %s of %s: %w", r.Key, r.Agent, err)
		}
		p.deeds[r.Agent] = deeds
	}
	return nil
}
