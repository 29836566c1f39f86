package curious

import "encoding/json"

// Priority of an experience under a config.
func Priority(raw string, replays int, surprise float64) (float64, error) {
	c, err := readConfig(json.RawMessage(raw))
	return c.priority(replays, surprise), err
}
