package mastodon

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/llm-city/gorod/plugins/text"
)

// maxWhy bounds what is told of what a server says, in characters.
const maxWhy = 200

// maxTold bounds the incidents that a process tells of.
const maxTold = 200

// patient is how often a server may fail before it is told.
const patient = 3

// trouble is what is wrong now.
type trouble struct {
	down   string // why the server cannot be reached; empty: it can
	barred int    // accounts that it does not let in
	told   int
}

// clip is what a server or a network says, fit to be told.
func clip(s string, limit int) string { return text.Quote(s, limit) }

// downed notes that the server has failed so many times.
func (b *Bridge) downed(fails int, why error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if fails < patient || b.trouble.down != "" {
		return
	}
	b.trouble.down = plainly(why)
	b.tell("server out of reach", b.server, b.trouble.down+"; the run goes on, and what residents do is done there later")
}

// up notes that the server answers.
func (b *Bridge) up() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.trouble.down != "" {
		b.trouble.down = ""
		b.Log.Info("the server answers again", "server", b.server)
	}
}

// bar notes that the server does not let an account in.
func (a *account) bar(why string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.barred != nil {
		return
	}
	a.barred = fmt.Errorf("%s cannot write on the server: %s", a.name, why)
	a.trouble.barred++
	a.tell("account refused", a.name, a.barred.Error())
	a.awaken()
}

// lost notes that something is not on the server.
func (a *account) lost(j *job, why string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.tell("not on the server", a.name, fmt.Sprintf("%s %s of %s: %s", j.Kind, j.Key, a.name, why))
}

// tell tells of something that went wrong. The bridge is locked.
func (b *Bridge) tell(kind, source, detail string) {
	if b.trouble.told++; b.trouble.told > maxTold {
		return
	}
	b.Log.Warn(kind, "source", source, "detail", detail)
	b.Incident(kind, source, detail)
}

// saying is what is wrong, in words.
func (b *Bridge) saying() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var all []string
	if b.trouble.down != "" {
		all = append(all, b.server+" is out of reach: "+b.trouble.down)
	}
	if b.trouble.barred > 0 {
		for _, a := range b.order {
			if a.barred != nil {
				all = append(all, a.barred.Error())
				break
			}
		}
		if n := b.trouble.barred - 1; n > 0 {
			all = append(all, fmt.Sprintf("%d more accounts are refused", n))
		}
	}
	return strings.Join(all, "; ")
}

// plainly is why a request failed, without its address.
func plainly(err error) string {
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	return clip(err.Error(), maxWhy)
}
