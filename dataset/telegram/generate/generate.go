// Package generate writes exports of Telegram Desktop that nobody's life is in:
// Russian chats of any length, the same for the same seed, with every type of
// message, and with duplicates and personal data at known places.
package generate

import (
	"context"
	_ "embed"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
)

//go:embed phrases.txt
var phrases string

// Options say what is written.
type Options struct {
	Seed     uint64
	Messages int // in all; at least 1
	// Traps adds chats with everything that Telegram Desktop is known to write
	// wrong, and with what breaks readers of it. Their messages come on top.
	Traps bool
	// Planted, where set, hears of every duplicate and of all personal data.
	Planted func(Plant)
}

// Plant is something that a reader ought to find.
type Plant struct {
	Chat string // as the importer names it: user5, channel7
	ID   int64
	// Kind is exact or near, of a duplicate, or a kind of personal data: phone,
	// email, card, inn, snils, ogrn, ogrnip, passport, account, username,
	// telegram, url, address, name.
	Kind  string
	Value string // the personal data, as they stand in the text
}

// Owner is who exported what is generated.
const Owner = "user1000000"

const (
	ownerID    = 1_000_000
	firstUser  = 1_000_001
	firstGroup = 700_000
	begins     = 1_577_880_000 // 2020-01-01 12:00 UTC
)

type generator struct {
	encoder
	ctx    func() error
	random *rand.Rand
	lists  map[string][]string
	opts   Options
	at     place
	serial int // of all messages
	past   []string
	spare  []byte
}

// Write writes an export of a whole account. It can be ended by the context.
func Write(ctx context.Context, to io.Writer, o Options) error {
	if o.Messages < 1 {
		return errors.New("generate: at least 1 message is needed")
	}
	if o.Planted == nil {
		o.Planted = func(Plant) {}
	}
	g := &generator{
		encoder: encoder{to: to}, ctx: ctx.Err, opts: o, lists: lists(),
		random: rand.New(rand.NewPCG(o.Seed, 0x676f726f64)),
	}
	g.export()
	g.flush()
	return g.err
}

// lists reads phrases.txt.
func lists() map[string][]string {
	all := map[string][]string{}
	list := ""
	for line := range strings.Lines(phrases) {
		switch line = strings.TrimSpace(line); {
		case line == "" || line[0] == '#':
		case line[0] == '[':
			list = strings.Trim(line, "[]")
		case strings.HasPrefix(line, "что: "):
			all[list+".что"] = strings.Split(line[len("что: "):], ", ")
		case words(list):
			all[list] = append(all[list], strings.Split(line, ", ")...)
		default:
			all[list] = append(all[list], line)
		}
	}
	return all
}

// words reports whether a list has many words to a line.
func words(list string) bool { return list == "глаг" || list == "прил" || list == "сущ" }

func (g *generator) export() {
	g.open('{')
	g.str("about", "Here is the data you requested.")
	g.owner()
	g.people()
	g.sessions()
	g.key("chats")
	g.open('{')
	g.str("about", "This page lists all chats from this export.")
	g.key("list")
	g.open('[')
	for _, c := range planned(g.opts.Messages) {
		g.chat(c)
	}
	if g.opts.Traps {
		g.traps()
	}
	g.close(']')
	g.close('}')
	g.close('}')
}

func (g *generator) pick(from []string) string { return from[g.random.IntN(len(from))] }

func (g *generator) oneIn(n int) bool { return g.random.IntN(n) == 0 }
