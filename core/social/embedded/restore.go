package embedded

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/social"
)

// loader rebuilds a network from rows. Rows come in the order of kinds and ids,
// not in that of the events, so what refers to posts waits for them.
type loader struct {
	n      *Network
	groups map[int32]social.Group
	member map[int32][]string
	later  []event.Row // favourites and votes
	guests map[int]social.Visitor
	// ofGuests are rows of agents that name a visitor.
	ofGuests []event.Row
}

// Restore implements social.Stateful.
func (n *Network) Restore(rows iter.Seq2[event.Row, error]) error {
	l := loader{n: n, groups: map[int32]social.Group{}, member: map[int32][]string{}, guests: map[int]social.Visitor{}}
	any := false
	for row, err := range rows {
		if err != nil {
			return fmt.Errorf("restore network: %w", err)
		}
		if !any {
			n.clear()
			any = true
		}
		if err := l.load(row); err != nil {
			return fmt.Errorf("restore network: row %s %s: %w", row.Kind, row.ID, err)
		}
	}
	if !any {
		return nil
	}
	if err := l.finish(); err != nil {
		return fmt.Errorf("restore network: %w", err)
	}
	return nil
}

// clear forgets all but who the agents are.
func (n *Network) clear() {
	n.seeOff()
	for i := range n.accounts {
		n.accounts[i] = account{id: n.accounts[i].id}
	}
	n.posts = store{retain: n.posts.retain}
	n.groups, n.byName, n.largest, n.public = nil, map[string]int32{}, nil, nil
	n.words = newWords()
	n.changed = changes{}
}

func (l *loader) load(row event.Row) error {
	switch row.Kind {
	case rowPost:
		return l.post(row)
	case rowFavourite, rowVote:
		l.later = append(l.later, row)
		return nil
	case rowGroup:
		return l.group(row)
	case rowVisitor:
		return l.visitor(row)
	case rowInbox, rowFollow, rowMute, rowLeft, rowMember:
		if row.ID != "" && row.ID[0] == '@' || bytes.Contains(row.JSON, []byte(`"@`)) {
			l.ofGuests = append(l.ofGuests, row)
			return nil
		}
		return l.settle(row)
	}
	return fmt.Errorf("unknown kind of row")
}

// settle takes in the row of an agent.
func (l *loader) settle(row event.Row) error {
	if row.Kind == rowInbox {
		return l.inbox(row)
	}
	return l.list(row)
}

func (l *loader) post(row event.Row) error {
	num, ok := number(row.ID)
	if !ok {
		return fmt.Errorf("bad id")
	}
	p := &post{num: num}
	if err := json.Unmarshal(row.JSON, &p.Post); err != nil {
		return err
	}
	if len(p.Options) > 0 {
		p.Votes = make([]int, len(p.Options))
	}
	l.n.posts.put(p)
	return nil
}

func (l *loader) group(row event.Row) error {
	at, err := strconv.ParseInt(strings.TrimPrefix(row.ID, "g"), 10, 32)
	if err != nil {
		return fmt.Errorf("bad id")
	}
	var g social.Group
	if err := json.Unmarshal(row.JSON, &g); err != nil {
		return err
	}
	l.groups[int32(at)-1] = g
	return nil
}

func (l *loader) inbox(row event.Row) error {
	a, err := l.n.agent(row.ID)
	if err != nil {
		return err
	}
	var notices []rowNotice
	if err := json.Unmarshal(row.JSON, &notices); err != nil {
		return err
	}
	for _, o := range notices {
		from, err := l.n.agent(o.From)
		if err != nil {
			return err
		}
		num, ok := number(o.Post)
		if !ok {
			num = none
		}
		l.n.accounts[a].inbox = append(l.n.accounts[a].inbox, notice{o.What, from, num, o.Option})
	}
	return nil
}

func (l *loader) list(row event.Row) error {
	a, err := l.n.agent(row.ID)
	if err != nil {
		return err
	}
	var ids []string
	if err := json.Unmarshal(row.JSON, &ids); err != nil {
		return err
	}
	account := &l.n.accounts[a]
	switch row.Kind {
	case rowFollow:
		account.follows, err = l.agents(ids)
	case rowMute:
		account.mutes, err = l.agents(ids)
	case rowMember:
		l.member[a] = ids
	case rowLeft:
		for _, id := range ids {
			num, _ := number(id)
			account.left = append(account.left, num)
		}
	}
	return err
}

func (l *loader) agents(ids []string) ([]int32, error) {
	out := make([]int32, len(ids))
	for i, id := range ids {
		a, err := l.n.agent(id)
		if err != nil {
			return nil, err
		}
		out[i] = a
	}
	slices.Sort(out)
	return out, nil
}

// finish puts together what was loaded: visitors, groups with their members,
// posts in the order of their making, then what was done to them.
func (l *loader) finish() error {
	if err := l.receive(); err != nil {
		return err
	}
	for at := range int32(len(l.groups)) {
		if _, err := l.n.addGroup(l.groups[at]); err != nil {
			return fmt.Errorf("group %s: %w", groupID(at), err)
		}
	}
	for a := range l.n.accounts {
		for _, name := range l.member[int32(a)] {
			if err := l.join(int32(a), name); err != nil {
				return err
			}
		}
	}
	for num := l.n.posts.oldest(); num < l.n.posts.count; num++ {
		if err := l.relink(num); err != nil {
			return fmt.Errorf("post %s: %w", postID(num), err)
		}
	}
	for _, row := range l.later {
		if err := l.reaction(row); err != nil {
			return fmt.Errorf("row %s %s: %w", row.Kind, row.ID, err)
		}
	}
	l.n.changed = changes{}
	return nil
}

func (l *loader) join(agent int32, name string) error {
	at, err := l.n.group(name)
	if err == nil {
		l.n.accounts[agent].groups, err = l.n.enter(agent, at)
	}
	return err
}

// relink turns the ids of a post into numbers and shows it again.
func (l *loader) relink(num int32) (err error) {
	n, p := l.n, l.n.posts.at(num)
	if p == nil {
		return fmt.Errorf("its row is missing")
	}
	for _, ref := range []struct {
		to   *int32
		id   string
		find func(string) (int32, error)
	}{
		{&p.author, p.Author, n.agent}, {&p.to, p.To, n.agent}, {&p.wall, p.Wall, n.agent},
		{&p.group, p.Group, n.group}, {&p.parent, p.Parent, numbered}, {&p.root, p.Thread(), numbered},
	} {
		if *ref.to = none; ref.id == "" {
			continue
		}
		if *ref.to, err = ref.find(ref.id); err != nil {
			return err
		}
	}
	if len(p.Author) == 0 {
		return fmt.Errorf("it has no author")
	}
	n.show(p)
	return nil
}

func numbered(id string) (int32, error) {
	num, ok := number(id)
	if !ok {
		return 0, fmt.Errorf("%w: %.20q", social.ErrNoPost, id)
	}
	return num, nil
}

// reaction restores a favourite or a vote, unless its post is kept no longer.
func (l *loader) reaction(row event.Row) error {
	id, agent, _ := strings.Cut(row.ID, "/")
	a, err := l.n.agent(agent)
	if err != nil {
		return err
	}
	num, err := numbered(id)
	p := l.n.posts.at(num)
	if err != nil || p == nil {
		return err
	}
	if row.Kind == rowFavourite {
		p.favourites, _ = with(p.favourites, a)
		p.Favourites++
		return nil
	}
	var b rowBallot
	if err := json.Unmarshal(row.JSON, &b); err != nil {
		return err
	}
	if b.Option < 0 || int(b.Option) >= len(p.Options) || !p.vote(a, b.Option) {
		return fmt.Errorf("bad vote")
	}
	return nil
}
