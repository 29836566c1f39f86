package spec_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/core/spec"
)

// remote is a study whose residents live on a server: line 5 of its file.
func remote(network string) string {
	return head + "environment: {network: {" + network + "}}\n"
}

const server = "provider: mastodon, server: \"https://town.example.org\", accounts: tokens.txt"

func TestANetworkOnAServerHasDefaults(t *testing.T) {
	t.Parallel()
	s, err := load(t, remote(server))
	if err != nil {
		t.Fatal(err)
	}
	n := s.Environment.Network
	want := &spec.Reach{Public: "public", Groups: "private", Visitors: true, Parallel: 4, Poll: 15 * time.Second, Retry: time.Second, Flush: 2 * time.Minute}
	if diff := cmp.Diff(want, n.Reach); diff != "" || n.Create != nil || !filepath.IsAbs(n.Accounts) || filepath.Base(n.Accounts) != "tokens.txt" {
		t.Errorf("%s %+v", diff, n)
	}
	s, err = load(t, remote(server+", reach: {public: unlisted, visitors: false, poll: 1m}, create: {email: \"a+{name}@b.org\", prefix: town_}"))
	if err != nil {
		t.Fatal(err)
	}
	n = s.Environment.Network
	if n.Reach.Public != "unlisted" || n.Reach.Visitors || n.Reach.Poll != time.Minute || n.Reach.Retry != time.Second ||
		n.Create.Email != "a+{name}@b.org" || n.Create.Prefix != "town_" || n.Create.Reason == "" {
		t.Errorf("%+v %+v", n.Reach, n.Create)
	}
}

// A study is written into its run, and read from there to go on.
func TestANetworkOnAServerIsReadAsItIsWritten(t *testing.T) {
	t.Parallel()
	s, err := load(t, remote(server+", create: {email: \"a+{name}@b.org\"}, reach: {flush: 10s}"))
	if err != nil {
		t.Fatal(err)
	}
	text, err := s.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	again, err := load(t, string(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if diff := cmp.Diff(s.Environment.Network, again.Environment.Network); diff != "" {
		t.Error(diff)
	}
}

func TestMistakesInANetworkOnAServerAreToldWithTheirPlace(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ network, want string }{
		"an unknown key":      {server + ", reach: {pubic: public}", `study.yaml:5:111: unknown key "pubic": it is not used in environment.network.reach; did you mean "public"?`},
		"an unknown audience": {server + ", reach: {public: direct}", "study.yaml:5:119: environment.network.reach.public cannot be"},
		"a group for all":     {server + ", reach: {groups: public}", "study.yaml:5:119: environment.network.reach.groups cannot be"},
		"too many at once":    {server + ", reach: {parallel: 65}", "study.yaml:5:121: environment.network.reach.parallel is out of range: got 65"},
		"no pause":            {server + ", reach: {retry: 0s}", "study.yaml:5:118: retry is out of range: got 0s"},
		"a long pause":        {server + ", reach: {poll: 25h}", "study.yaml:5:117: poll is out of range: got 25h0m0s"},
		"no duration":         {server + ", reach: {flush: soon}", "study.yaml:5:118: environment.network.reach.flush has the wrong type"},
		"no provider":         {"server: \"https://x\", accounts: a, reach: {}, create: {email: \"{name}@x.org\"}", "server without a server: the network is embedded in the run; add provider: mastodon, or remove server"},
		"create alone":        {"create: {email: \"{name}@x.org\"}", "study.yaml:5:34: create without a server"},
		"another provider":    {"provider: twitter", "study.yaml:5:35: environment.network.provider cannot be"},
		"no server":           {"provider: mastodon, accounts: a", "environment.network.server cannot be \"\": there is none"},
		"no accounts":         {"provider: mastodon, server: \"https://x.org\"", "environment.network.accounts is missing"},
		"no TLS":              {"provider: mastodon, accounts: a, server: \"http://town.example.org\"", "study.yaml:5:66: environment.network.server cannot be \"http://town.example.org\": without TLS"},
		"a path":              {"provider: mastodon, accounts: a, server: \"https://x.org/api\"", "an address is a scheme and a host alone"},
		"a secret":            {"provider: mastodon, accounts: a, server: \"https://anna:hunter2@x.org\"", "cannot be \"https://x.org\": an address is"},
		"no web server":       {"provider: mastodon, accounts: a, server: \"ftp://x.org\"", "it is no address of a web server"},
		"no e-mail":           {server + ", create: {prefix: a}", "environment.network.create.email is missing"},
		"one e-mail for all":  {server + ", create: {email: a@b.org}", "study.yaml:5:119: create.email cannot be \"a@b.org\": each account needs an address of its own"},
		"two names":           {server + ", create: {email: \"{name}@{name}.org\"}", "create.email cannot be"},
		"a header":            {server + ", create: {email: \"{name}@b.org\\nBcc: c@d.org\"}", "create.email cannot be"},
		"a bad prefix":        {server + ", create: {email: \"{name}@b.org\", prefix: Город}", "create.prefix cannot be \"Город\""},
		"a long reason":       {server + ", create: {email: \"{name}@b.org\", reason: " + strings.Repeat("ы", 501) + "}", "create.reason is too long"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := load(t, remote(c.network))
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "hunter2") || strings.Count(err.Error(), "flush") > 1 {
				t.Errorf("%v\nwant %s", err, c.want)
			}
		})
	}
}

func TestTokensGoWithoutTLSToThisMachineOrWhereThatIsAllowed(t *testing.T) {
	t.Parallel()
	for address, reach := range map[string]string{
		"http://127.0.0.1:3000": "{}", "http://[::1]:3000": "{}", "http://localhost": "{}", "http://town.lan": "{insecure_http: true}", "https://town.example.org/": "{}",
	} {
		if _, err := load(t, remote(fmt.Sprintf("provider: mastodon, accounts: a, server: %q, reach: %s", address, reach))); err != nil {
			t.Error(address, err)
		}
	}
	if _, err := load(t, remote(`provider: mastodon, accounts: a, server: "http://localhost.example.org"`)); err == nil {
		t.Error("another machine is taken for this one")
	}
}

func TestAccountsOfTheCommandLineAreRelativeToWhereItIsGiven(t *testing.T) {
	t.Parallel()
	s, err := load(t, remote(server), "environment.network.accounts=mine.txt")
	if err != nil {
		t.Fatal(err)
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Environment.Network.Accounts; got != filepath.Join(here, "mine.txt") {
		t.Error(got)
	}
}

func TestTheNetworkThatTheReadmeShowsIsOne(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text, found := strings.Cut(string(page), "## On a Mastodon server\n\n```yaml\n")
	text, _, closed := strings.Cut(text, "```")
	if !found || !closed {
		t.Fatal("the README shows none")
	}
	s, err := load(t, head+text)
	if err != nil || s.Environment.Network.Provider != spec.Remote || s.Environment.Network.Create == nil {
		t.Error(err)
	}
}
