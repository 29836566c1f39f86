//go:build components

package api_test

import (
	"testing"

	"github.com/llm-city/gorod/core/social/gotosocialtest"
)

// The contract is Mastodon's and not of the embedded server's making: a server
// of somebody else's keeps it. It passes over Idempotency-Key, keeps in
// home what is there, cannot dismiss one notification and tells less in streams,
// as servers may.
func TestGoToSocialKeepsTheContract(t *testing.T) {
	t.Parallel()
	server := gotosocialtest.Start(t)
	var tokens []string
	for _, name := range []string{"alice", "bob", "carol"} {
		tokens = append(tokens, server.Account(t, name))
	}
	in := realInstance(t, server.URL, tokens)
	in.streamed = []string{"user notification"}
	in.keeps(oneKeyOnePost, homeForgets, oneIsDismissed)
}
