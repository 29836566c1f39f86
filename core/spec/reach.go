package spec

import (
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"reflect"
	"strings"
	"time"
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

// Remote is the provider of a network that is on a real server too.
const Remote = "mastodon"

// reach checks what a network says of its server and fills in the defaults.
func (c *checker) reach(n *Network) {
	const path = "environment.network"
	if n.Provider != Remote {
		for key, given := range map[string]bool{"server": n.Server != "", "accounts": n.Accounts != "", "reach": n.Reach != nil} {
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
		c.problem(c.at(path), path+".accounts is missing", "residents write with accounts of their own", "make a file of mode 0600 with a line NAME: TOKEN for each resident and name it")
	} else if err := c.anchorAccounts(n); err != nil {
		c.problem(c.at(path+".accounts"), "accounts cannot be found", err.Error(), "give the whole path")
	}
	for key, d := range map[string]time.Duration{"poll": n.Reach.Poll, "retry": n.Reach.Retry, "flush": n.Reach.Flush} {
		if d <= 0 || d > 24*time.Hour {
			c.problem(c.at(path+".reach."+key), key+" is out of range", "got "+d.String(), "give a duration above 0 and up to 24h")
		}
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
