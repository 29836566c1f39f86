package spec

import (
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Reach says whom residents reach on a real server, and how it is asked.
type Reach struct {
	Public   string        `yaml:"public" enum:"public,unlisted,private" default:"public" doc:"visibility of posts for everybody; private is for followers"`
	Groups   string        `yaml:"groups" enum:"unlisted,private" default:"private" doc:"visibility of posts for the members of a group"`
	Visitors bool          `yaml:"visitors" default:"true" doc:"whether what people write to residents there is told to them"`
	Parallel int           `yaml:"parallel" default:"4" min:"1" max:"64" doc:"requests at once"`
	Poll     time.Duration `yaml:"poll" default:"15s" doc:"how often each account looks for news"`
	Retry    time.Duration `yaml:"retry" default:"1s" doc:"first pause before the server is asked again after a failure; each next one is twice as long"`
	Flush    time.Duration `yaml:"flush" default:"2m" doc:"how long a run that is over waits for what the server does not have yet"`
	Insecure bool          `yaml:"insecure_http,omitempty" doc:"speak HTTP without TLS to another machine: tokens can be read on the way"`
}

// Create says how accounts on a real server are made for residents who have none.
type Create struct {
	Email  string `yaml:"email" required:"true" doc:"address of each account, where {name} stands for the account's name: town+{name}@example.org"`
	Prefix string `yaml:"prefix,omitempty" doc:"what the names of accounts begin with"`
	Reason string `yaml:"reason" default:"A resident of a simulated town, whose posts a language model writes (gorod)." doc:"told to moderators where they approve accounts"`
}

// Remote is the provider of a network that is on a real server too.
const Remote = "mastodon"

// reach checks what a network says of its server and fills in the defaults.
func (c *checker) reach(n *Network) {
	const path = "environment.network"
	if n.Provider != Remote {
		for key, given := range map[string]bool{"server": n.Server != "", "accounts": n.Accounts != "", "reach": n.Reach != nil, "create": n.Create != nil} {
			if given {
				c.problem(c.at(path+"."+key), key+" without a server", "the network is embedded in the run", "add provider: "+Remote+", or remove "+key)
			}
		}
		return
	}
	if n.Reach == nil {
		n.Reach = &Reach{}
		d := &decoder{places: map[string]place{}}
		d.decode(&node{kind: mapping}, "", reflect.ValueOf(n.Reach).Elem())
	}
	if why := n.flaw(); why != "" {
		c.problem(c.at(path+".server"), fmt.Sprintf("%s.server cannot be %.100q", path, hidden(n.Server)), why, "write server: https://town.example.org")
	}
	if n.Accounts == "" {
		c.problem(c.at(path), path+".accounts is missing", "residents write with accounts of their own", "make a file of mode 0600 with a line NAME: TOKEN for each resident and name it; with create: it is made")
	} else if err := c.anchorAccounts(n); err != nil {
		c.problem(c.at(path+".accounts"), "accounts cannot be found", err.Error(), "give the whole path")
	}
	c.create(n.Create)
	for key, d := range map[string]time.Duration{"poll": n.Reach.Poll, "retry": n.Reach.Retry, "flush": n.Reach.Flush} {
		at := c.at(path + ".reach." + key)
		told := slices.ContainsFunc(c.problems, func(p Problem) bool { return at.line > 0 && p.Line == at.line && p.Column == at.col })
		if (d <= 0 || d > 24*time.Hour) && !told {
			c.problem(at, key+" is out of range", "got "+d.String(), "give a duration above 0 and up to 24h")
		}
	}
}

// maxReason bounds what moderators are told, in characters.
const maxReason = 500

// create checks how accounts are made.
func (c *checker) create(n *Create) {
	const path = "environment.network.create"
	if n == nil {
		return
	}
	local, domain, _ := strings.Cut(n.Email, "@")
	fits := regexp.MustCompile(`^[0-9A-Za-z._+{}-]+@[0-9A-Za-z.{}-]+$`).MatchString(n.Email)
	rest := strings.Replace(n.Email, "{name}", "", 1)
	if n.Email != "" && (!fits || len(local) > 60 || len(domain) > 180 || rest == n.Email || strings.ContainsAny(rest, "{}")) {
		c.problem(c.at(path+".email"), fmt.Sprintf("create.email cannot be %.60q", n.Email), "each account needs an address of its own, in which {name} stands once for its name", "write email: town+{name}@example.org")
	}
	if !regexp.MustCompile(`^[a-z0-9_]{0,15}$`).MatchString(n.Prefix) {
		c.problem(c.at(path+".prefix"), fmt.Sprintf("create.prefix cannot be %.40q", n.Prefix), "names of accounts begin with it", "use up to 15 lower-case Latin letters, digits and underscores")
	}
	if utf8.RuneCountInString(n.Reason) > maxReason {
		c.problem(c.at(path+".reason"), "create.reason is too long", fmt.Sprintf("servers take %d characters", maxReason), "shorten it")
	}
}

// anchorAccounts makes the path of the tokens absolute: one in a file is
// relative to the file's folder, one of --set to the current folder.
func (c *checker) anchorAccounts(n *Network) error {
	if filepath.IsAbs(n.Accounts) {
		return nil
	}
	dir := c.dir
	if at := c.at("environment.network.accounts"); at.file == "" {
		dir = "."
	}
	full, err := filepath.Abs(filepath.Join(dir, n.Accounts))
	if err == nil {
		n.Accounts = full
	}
	return err
}

// flaw says why the server's address cannot be one; empty: it can.
func (n *Network) flaw() string {
	u, err := url.Parse(n.Server)
	switch {
	case n.Server == "":
		return "there is none"
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return "it is no address of a web server"
	case u.User != nil || u.RawQuery != "" || u.Fragment != "" || strings.Trim(u.Path, "/") != "":
		return "an address is a scheme and a host alone: no names, paths or secrets"
	case u.Scheme == "http" && !n.Reach.Insecure && !loopback(u.Hostname()):
		return "without TLS the accounts' tokens can be read on the way (insecure_http under reach allows it)"
	}
	return ""
}

// hidden is an address without what may be a secret in it.
func hidden(address string) string {
	if u, err := url.Parse(address); err == nil {
		u.User, u.RawQuery, u.Fragment = nil, "", ""
		return u.String()
	}
	return "…"
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
