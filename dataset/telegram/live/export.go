package live

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"

	"github.com/gotd/td/tg"
	"github.com/gotd/td/tgerr"

	"github.com/llm-city/gorod/dataset/chat"
)

// ExportOptions say what to export, and how.
type ExportOptions struct {
	// Chats by id (user5, chat5, channel5, or 5 where one chat only has that
	// number), by @username, or "me".
	Chats []string
	// WithoutTakeout asks as an ordinary client does: nothing has to be allowed
	// first, but Telegram slows it down sooner.
	WithoutTakeout bool
	// AskAgain forgets a delay that Telegram asked for before: the export was
	// allowed on another device in the meantime.
	AskAgain bool
	Page     func(Progress) // nil: nobody looks; called after each page that is stored
}

// Progress is how far an export of one chat is.
type Progress struct {
	Dialog
	New    int64 // messages that this export added
	Stored int64 // messages in all
	Done   bool
}

// Exported is what an export did.
type Exported struct {
	Chats   int
	New     int64 // messages
	Deleted int64 // ids that Telegram says are of deleted messages
	Locked  int   // groups that became supergroups and whose own messages Telegram refuses
}

// ErrOtherAccount says that a directory holds another account's export. Ids of
// messages differ between accounts.
var ErrOtherAccount = errors.New("the directory holds an export of another Telegram account: use another one")

// Export fetches chats into a directory. What is there already is not fetched
// again; where an export was stopped or killed, this one goes on. Edits and
// deletions of messages that are there already are not looked for.
func (c *Client) Export(ctx context.Context, dir string, o ExportOptions) (Exported, error) {
	f := &fetcher{client: c, dir: dir, options: o}
	if err := f.locked(ctx); err != nil {
		return f.report, fmt.Errorf("export Telegram chats: %w", clean(err, c.options.Credentials.Hash.word))
	}
	return f.report, nil
}

type fetcher struct {
	client  *Client
	dir     string
	options ExportOptions
	report  Exported
	self    int64
	api     *tg.Client
	// Of the chat at hand.
	dialog Dialog
	store  *store
	fresh  int64
}

func (f *fetcher) locked(ctx context.Context) (err error) {
	unlock, err := lock(filepath.Join(f.dir, ".lock"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	return f.client.run(ctx, patience{}, func(ctx context.Context, l link) error {
		me, err := self(ctx, l)
		if err != nil {
			return err
		}
		f.self = me.ID
		if err := f.claim(); err != nil {
			return err
		}
		if f.options.WithoutTakeout {
			return f.all(ctx, l.raw)
		}
		return f.client.withTakeout(ctx, l.raw, f.options.AskAgain, func(wrapped tg.Invoker) error {
			return f.all(ctx, wrapped)
		})
	})
}

// claim notes whose export it is.
func (f *fetcher) claim() error {
	path := filepath.Join(f.dir, exportFile)
	mine := export{Format: format, Account: userPeer + strconv.FormatInt(f.self, 10)}
	switch known, err := readExport(f.dir); {
	case isMissing(err):
	case err != nil:
		return err
	case known.Account != mine.Account:
		return fmt.Errorf("%s: %w", f.dir, ErrOtherAccount)
	default:
		return nil
	}
	content, err := json.Marshal(mine)
	if err != nil {
		return err
	}
	return f.client.disk.replace(path, append(content, '\n'))
}

func (f *fetcher) all(ctx context.Context, raw tg.Invoker) error {
	f.api = tg.NewClient(raw)
	found, err := find(ctx, f.api, f.self, f.options.Chats)
	if err != nil {
		return err
	}
	var denied error
	for _, d := range found {
		err := f.chat(ctx, d)
		switch {
		case err == nil:
			f.report.Chats++
		case isDenied(err):
			denied = errors.Join(denied, fmt.Errorf("%s: %w", d.ID, err))
		default:
			return errors.Join(denied, fmt.Errorf("%s: %w", d.ID, err))
		}
	}
	return denied
}

// isDenied says that Telegram keeps one chat back; others may be had.
func isDenied(err error) bool {
	answer, ok := errors.AsType[*tgerr.Error](err)
	return ok && (answer.IsCodeOneOf(403, 406) || answer.IsOneOf("CHANNEL_PRIVATE", "CHANNEL_INVALID", "CHAT_ID_INVALID", "PEER_ID_INVALID", "USER_BANNED_IN_CHANNEL"))
}

func (f *fetcher) chat(ctx context.Context, d Dialog) (err error) {
	dir := filepath.Join(f.dir, d.ID)
	var known about
	if err := readJSON(filepath.Join(dir, aboutFile), &known); err != nil && !isMissing(err) {
		return err
	}
	if err := f.describe(dir, d, known.Finished); err != nil {
		return err
	}
	if f.store, err = openStore(f.client.disk, dir); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.store.close()) }()
	f.dialog, f.fresh = d, 0
	sources, err := f.sources(ctx, d)
	if err != nil {
		return err
	}
	for _, s := range sources {
		for _, gap := range gaps(s.span, f.store.covered()) {
			err := f.fetch(ctx, s, gap)
			if s.shift != 0 && isDenied(err) {
				f.report.Locked++
				break
			}
			if err != nil {
				return err
			}
		}
	}
	if err := f.describe(dir, d, true); err != nil {
		return err
	}
	f.progress(true)
	return nil
}

func (f *fetcher) describe(dir string, d Dialog, finished bool) error {
	content, err := json.Marshal(about{Format: format, Chat: d.Chat, Username: d.Username, Finished: finished})
	if err != nil {
		return err
	}
	return f.client.disk.replace(filepath.Join(dir, aboutFile), append(content, '\n'))
}

// migratedShift is what exports of Telegram Desktop add to the ids of a group's
// messages from before it became a supergroup.
const migratedShift = -1_000_000_000

// sources are a chat's history and that of the group which it was before.
func (f *fetcher) sources(ctx context.Context, d Dialog) ([]source, error) {
	own := source{input: d.peer.input, span: ids{1, open}, history: history{peer: d.peer.own}}
	own.post = d.Type == "private_channel" || d.Type == "public_channel"
	if d.peer.channel == nil || own.post {
		return []source{own}, nil
	}
	answer, err := f.api.ChannelsGetFullChannel(ctx, d.peer.channel)
	if err != nil {
		return nil, fmt.Errorf("ask about the supergroup: %w", err)
	}
	full, ok := answer.FullChat.(*tg.ChannelFull)
	if !ok || full.MigratedFromChatID == 0 {
		return []source{own}, nil
	}
	old := source{input: &tg.InputPeerChat{ChatID: full.MigratedFromChatID}, span: ids{1 + migratedShift, -1}}
	old.history = history{peer: &tg.PeerChat{ChatID: full.MigratedFromChatID}, shift: migratedShift}
	return []source{own, old}, nil
}

func (f *fetcher) commit(done ids, messages []chat.Message) error {
	if err := f.store.commit(done, messages); err != nil {
		return fmt.Errorf("store messages: %w", err)
	}
	f.fresh += int64(len(messages))
	f.report.New += int64(len(messages))
	f.progress(false)
	return nil
}

func (f *fetcher) progress(done bool) {
	if f.options.Page != nil {
		f.options.Page(Progress{Dialog: f.dialog, New: f.fresh, Stored: f.store.count, Done: done})
	}
}
