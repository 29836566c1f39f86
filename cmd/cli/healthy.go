package cli

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/spf13/cobra"
)

// healthyTime bounds how long an answer may take.
const healthyTime = 5 * time.Second

// healthyCommand is for containers: gorod's image has no other client that could
// ask.
func healthyCommand(s *State) *cobra.Command {
	return &cobra.Command{
		Use:     "healthy URL",
		Short:   "Ask whether what gorod serves at an address answers",
		Hidden:  true,
		Example: "  gorod healthy http://127.0.0.1:8117/login",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			u, err := url.Parse(args[0])
			if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
				return usagef("%q is no address: write http://127.0.0.1:8117/login", args[0])
			}
			status, err := answers(cmd.Context(), u)
			if err != nil {
				return fmt.Errorf("not healthy: %w", err)
			}
			if s.json {
				s.printJSON(map[string]any{"event": "healthy", "status": status})
			}
			return nil
		},
	}
}

// answers asks once and goes nowhere else. A page that wants a token is one.
func answers(ctx context.Context, u *url.URL) (status int, err error) {
	ctx, cancel := context.WithTimeout(ctx, healthyTime)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return 0, err
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	if resp.StatusCode >= http.StatusInternalServerError || resp.StatusCode == http.StatusMisdirectedRequest {
		return resp.StatusCode, fmt.Errorf("%s answers %s", u.Redacted(), resp.Status)
	}
	return resp.StatusCode, nil
}
