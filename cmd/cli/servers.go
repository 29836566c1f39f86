package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/llm-city/gorod/core/runner"
	"github.com/llm-city/gorod/core/spec"
)

// amiss counts the servers on which residents could not live, or not all.
func amiss(servers []runner.Inspection) (n int) {
	for _, i := range servers {
		if !i.OK() {
			n++
		}
	}
	return n
}

// notReady is the error of servers on which residents cannot live.
func notReady(n int) error {
	return errors.New(plural(n, "server is not ready", "servers are not ready") + " for residents: see the lines above")
}

// seeServers asks the servers of some experiments about their residents'
// accounts, and counts those that are not ready.
func (s *State) seeServers(ctx context.Context, files []string) (unready int, err error) {
	for _, file := range files {
		study, _, err := checkStudy(file, spec.Options{Plugins: s.catalog()})
		if err != nil {
			return unready, err
		}
		servers, err := runner.Inspect(ctx, study, s.Now)
		if err != nil {
			return unready, err
		}
		unready += amiss(servers)
		if s.json {
			s.printJSON(map[string]any{"file": file, "servers": servers})
			continue
		}
		s.printServers(servers)
	}
	return unready, nil
}

// printServers says in a line each how servers and accounts are.
func (s *State) printServers(servers []runner.Inspection) {
	for _, i := range servers {
		fmt.Fprintln(s.Stdout, about(i))
		if i.Trouble != "" {
			continue
		}
		table := newTable("resident", "account", "scopes", "state")
		for _, a := range i.Accounts {
			state := "ok"
			switch {
			case a.Trouble != "":
				state = a.Trouble
			case a.New:
				state = "is made when the run begins"
			}
			table.row(a.Resident, a.Account, strings.Join(a.Scopes, " "), state)
		}
		table.write(s.Stdout)
	}
}

// about is what a server says of itself.
func about(i runner.Inspection) string {
	if i.Trouble != "" {
		return fmt.Sprintf("%s does not answer as Mastodon does: %s", i.Server, i.Trouble)
	}
	version := ""
	if i.Version != "" {
		version = " (" + i.Version + ")"
	}
	return fmt.Sprintf("%s answers%s: posts of %d characters, polls of %d options of %d", i.Server, version, i.Characters, i.Choices, i.Choice)
}
