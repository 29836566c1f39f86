package mastodon

// File is the name of a bridge's database, in the folder of its run.
const File = "bridge.db"

// application marks it: "grdm".
const application = 0x6772646d

const format = 1

// schema documents itself, as that of the journal does.
const schema = `
CREATE TABLE IF NOT EXISTS position ( -- how far the journal is taken into the outbox: one row
	id     INTEGER PRIMARY KEY CHECK (id = 1),
	tick   INTEGER NOT NULL, -- last taken; -1: none
	server TEXT NOT NULL     -- address of the server that all of this is about
) STRICT;

CREATE TABLE IF NOT EXISTS accounts ( -- of residents on the server
	agent   TEXT PRIMARY KEY,
	account TEXT NOT NULL, -- its id there
	acct    TEXT NOT NULL, -- its name there
	last    TEXT NOT NULL, -- the newest status that is known to be its own; empty: none
	seen    TEXT NOT NULL  -- the newest notification that was taken in; empty: none
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS sent ( -- what residents did, in order: the outbox
	id     INTEGER PRIMARY KEY,
	key    TEXT NOT NULL UNIQUE, -- TICK/SEQ of the event, or follow/WHO/WHOM from the start
	agent  TEXT NOT NULL,
	post   TEXT NOT NULL,        -- that it made in the run; may be empty
	deed   TEXT NOT NULL,        -- JSON: what was done
	state  TEXT NOT NULL,        -- waiting, trying (the server may have it), sent, kept (it is for the run alone) or refused
	toot   TEXT NOT NULL DEFAULT '', -- JSON: what was asked of the server
	since  TEXT NOT NULL DEFAULT '', -- the account's newest status before that
	tried  TEXT NOT NULL DEFAULT '', -- when it was asked for last, RFC 3339
	tries  INTEGER NOT NULL DEFAULT 0,
	status TEXT NOT NULL DEFAULT '', -- id on the server
	url    TEXT NOT NULL DEFAULT '',
	poll   TEXT NOT NULL DEFAULT '', -- id of its poll
	why    TEXT NOT NULL DEFAULT ''  -- it is not there
) STRICT;
CREATE INDEX IF NOT EXISTS unsent ON sent (agent, id) WHERE state IN ('waiting', 'trying');
CREATE UNIQUE INDEX IF NOT EXISTS posts ON sent (post) WHERE post <> '';
CREATE INDEX IF NOT EXISTS statuses ON sent (status) WHERE status <> '';

CREATE TABLE IF NOT EXISTS met ( -- what people outside wrote that became visits
	visit  TEXT PRIMARY KEY, -- the visit's id
	status TEXT NOT NULL,    -- id on the server
	url    TEXT NOT NULL,
	poll   TEXT NOT NULL,
	who    TEXT NOT NULL,    -- the visitor
	agent  TEXT NOT NULL     -- the resident whom alone it was for; empty: others may see it
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS talks ON met (who, agent) WHERE agent <> '';
CREATE INDEX IF NOT EXISTS met_statuses ON met (status);

CREATE TABLE IF NOT EXISTS strangers ( -- people outside who turned to residents
	visitor TEXT PRIMARY KEY, -- @alice@example.org
	account TEXT NOT NULL,    -- id on the server
	acct    TEXT NOT NULL     -- name there
) STRICT, WITHOUT ROWID;
`
