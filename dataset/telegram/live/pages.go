package live

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/gotd/td/tg"

	"github.com/llm-city/gorod/dataset/chat"
)

// pageSize is the most that Telegram hands out at once.
const pageSize = 100

// source is a history to fetch: the ids that it may have, as they are stored.
type source struct {
	history
	input tg.InputPeerClass
	span  ids
}

// errStuck says that a server gives the same page whatever it is asked.
var errStuck = errors.New("Telegram repeats a page of messages") //nolint:staticcheck // a name

// fetch fills a gap from its latest id down. What is stored after each page is
// whole, wherever it stops.
func (f *fetcher) fetch(ctx context.Context, from source, gap ids) error {
	for stuck := 0; !gap.empty(); {
		answer, err := f.ask(ctx, from, gap)
		if err != nil {
			return err
		}
		got := sift(from, gap, answer, f.self)
		f.report.Deleted += got.deleted
		if got.none {
			return f.end(gap)
		}
		if got.low > gap.high {
			if stuck++; stuck == mostTries {
				return errStuck
			}
			continue
		}
		stuck = 0
		if gap.high == open {
			gap.high = got.high
		}
		if err := f.commit(ids{max(got.low, gap.low), gap.high}, got.messages); err != nil {
			return err
		}
		gap.high = got.low - 1
	}
	return nil
}

// end notes that nothing is left in a gap. One that is open at the top was not
// even begun: nothing is new.
func (f *fetcher) end(gap ids) error {
	if gap.high == open {
		return nil
	}
	return f.commit(gap, nil)
}

// ask for the latest messages of a gap.
func (f *fetcher) ask(ctx context.Context, from source, gap ids) (tg.ModifiedMessagesMessages, error) {
	request := &tg.MessagesGetHistoryRequest{Peer: from.input, Limit: pageSize}
	if gap.high != open {
		request.OffsetID = int(gap.high + 1 - from.shift)
	}
	request.MinID = int(gap.low - 1 - from.shift)
	answer, err := f.api.MessagesGetHistory(ctx, request)
	if err != nil {
		return nil, fmt.Errorf("fetch messages: %w", err)
	}
	page, ok := answer.AsModified()
	if !ok {
		return nil, fmt.Errorf("fetch messages: an unexpected answer: %s", answer.TypeName())
	}
	if n := len(page.GetMessages()); n > 2*pageSize {
		return nil, fmt.Errorf("fetch messages: asked for %d, got %d", pageSize, n)
	}
	return page, nil
}

// sifted is a page with what was not asked for left out.
type sifted struct {
	messages  []chat.Message // ascending, each once
	low, high int64          // ids that the server spoke of
	deleted   int64
	none      bool // the server has no more
}

func sift(from source, gap ids, answer tg.ModifiedMessagesMessages, self int64) sifted {
	from.people = meet(self, answer.GetUsers(), answer.GetChats())
	got := sifted{low: open, none: true}
	for _, m := range answer.GetMessages() {
		id := from.id(m.GetID())
		if id < gap.low {
			continue
		}
		if got.none || id > got.high {
			got.high = id
		}
		got.low, got.none = min(got.low, id), false
		if id > gap.high {
			continue
		}
		if message, ok := from.message(m); ok {
			got.messages = append(got.messages, message)
		} else {
			got.deleted++
		}
	}
	slices.SortStableFunc(got.messages, func(a, b chat.Message) int { return cmp.Compare(a.ID, b.ID) })
	got.messages = slices.CompactFunc(got.messages, func(a, b chat.Message) bool { return a.ID == b.ID })
	return got
}
