package journal

// Format of the journal's tables, kept in the file's user_version.
const Format = 2

// application marks a journal: "grdj".
const application = 0x6772646a

// schema documents itself: SQLite keeps the comments, so that they can be read
// in every run.db with the command .schema.
const schema = `
CREATE TABLE IF NOT EXISTS meta ( -- what the run is: one row
	id           INTEGER PRIMARY KEY CHECK (id = 1),
	gorod        TEXT NOT NULL,    -- version of the program that made the run
	study        TEXT NOT NULL,    -- the study's name
	cell         TEXT NOT NULL,    -- the cell of its matrix
	seed         TEXT NOT NULL,    -- of the run: an unsigned 64-bit number, decimal
	run_id       TEXT NOT NULL,
	study_digest TEXT NOT NULL,    -- SHA-256 of the resolved study.yaml, hexadecimal
	language     TEXT NOT NULL,    -- ru or en
	clock_start  TEXT NOT NULL,    -- simulated time of tick 0, RFC 3339
	clock_step   INTEGER NOT NULL, -- simulated time between ticks, nanoseconds
	clock_ticks  INTEGER NOT NULL, -- ticks planned
	created      TEXT NOT NULL,    -- when the run was made, RFC 3339
	status       TEXT NOT NULL,    -- running, done, interrupted, budget or failed
	message      TEXT NOT NULL     -- why, for people; may be empty
) STRICT;

CREATE TABLE IF NOT EXISTS residents ( -- the agents, as they were when they came
	position INTEGER PRIMARY KEY,  -- in population order, then as they came, from 0
	id       TEXT NOT NULL UNIQUE, -- agent id: a0001, …
	name     TEXT NOT NULL,        -- the persona's
	"group"  TEXT NOT NULL,        -- of the population; may be empty
	model    TEXT NOT NULL,        -- the entry of the study's models
	persona  TEXT NOT NULL         -- JSON
) STRICT;

CREATE TABLE IF NOT EXISTS ticks ( -- the ticks committed; all are whole
	tick    INTEGER PRIMARY KEY, -- from 0
	time    TEXT NOT NULL,       -- simulated, RFC 3339
	steps   INTEGER NOT NULL,    -- agents that acted
	events  INTEGER NOT NULL,    -- rows of this tick in the table events
	done    INTEGER NOT NULL,    -- 1: the environment has nothing left to do
	digest  BLOB NOT NULL,       -- state of the running SHA-256 over all events so far
	wall_ms INTEGER NOT NULL DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER)) -- Unix time of the commit; not digested
) STRICT;

CREATE TABLE IF NOT EXISTS events ( -- what happened, in order
	tick  INTEGER NOT NULL,
	seq   INTEGER NOT NULL, -- within the tick, from 0
	agent TEXT NOT NULL,    -- agent id; empty for what concerns nobody in particular
	kind  TEXT NOT NULL,    -- told, heard, exposure, mood, plan, action, invalid, …
	data  TEXT NOT NULL,    -- JSON; the payload types stand in core/event
	PRIMARY KEY (tick, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS agents ( -- state of each agent after the last tick that changed it
	id    TEXT PRIMARY KEY,
	tick  INTEGER NOT NULL, -- that changed it last
	state TEXT NOT NULL     -- JSON: mood, goals, plan, outcomes (event.AgentState)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS records ( -- what plugins keep: memories
	plugin TEXT NOT NULL,    -- slot of the run: memory, planner
	agent  TEXT NOT NULL,    -- agent id; empty for what belongs to no one agent
	key    TEXT NOT NULL,
	kind   TEXT NOT NULL,    -- the plugin's word for it: person, experience
	json   TEXT NOT NULL,
	tick   INTEGER NOT NULL, -- that changed it last
	PRIMARY KEY (plugin, agent, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS rows ( -- state of the environment: posts, follows, memberships
	kind TEXT NOT NULL,
	id   TEXT NOT NULL,
	json TEXT NOT NULL,
	tick INTEGER NOT NULL, -- that changed it last
	PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS answers ( -- to surveys and interviews, asked out of band; not digested
	tick     INTEGER NOT NULL, -- after which it was asked
	survey   TEXT NOT NULL,    -- id of the survey or interview
	question TEXT NOT NULL,    -- id of the question
	type     TEXT NOT NULL,    -- single, multiple, scale or open
	agent    TEXT NOT NULL,
	options  TEXT NOT NULL,    -- JSON list of what was chosen
	number   REAL,             -- on the scale
	text     TEXT NOT NULL,    -- said, or why this answer
	missing  TEXT NOT NULL,    -- why there is no answer; empty where there is one
	PRIMARY KEY (tick, survey, question, agent)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS scales ( -- of the questions in answers that are answered on one
	survey   TEXT NOT NULL,
	question TEXT NOT NULL,
	low      REAL NOT NULL, -- its ends
	high     REAL NOT NULL,
	PRIMARY KEY (survey, question)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS scores ( -- of metrics and propositions; not digested
	id      INTEGER PRIMARY KEY,
	source  TEXT NOT NULL,    -- metric/NAME or proposition/ID
	metric  TEXT NOT NULL,
	agent   TEXT NOT NULL,    -- whom it is about; empty for the run or a group
	"group" TEXT NOT NULL,
	item    TEXT NOT NULL,    -- what else it is about
	tick    INTEGER NOT NULL, -- -1 where it is about no tick in particular
	value   REAL NOT NULL,
	n       INTEGER NOT NULL, -- observations that it rests on
	detail  TEXT NOT NULL     -- a judge's justification
) STRICT;

CREATE TABLE IF NOT EXISTS extracts ( -- what a model read out of the run; not digested
	tick  INTEGER NOT NULL,
	name  TEXT NOT NULL,
	agent TEXT NOT NULL,
	json  TEXT NOT NULL,
	PRIMARY KEY (tick, name, agent)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS usage ( -- of models in each tick, by the process that committed it; not digested
	tick   INTEGER PRIMARY KEY,
	calls  INTEGER NOT NULL, -- answered by a model
	hits   INTEGER NOT NULL, -- answered by the cassette
	errors INTEGER NOT NULL, -- not answered
	peak   INTEGER NOT NULL  -- most that were under way or waited for an endpoint at once
) STRICT;

CREATE TABLE IF NOT EXISTS incidents ( -- what went wrong and was survived; not digested
	id     INTEGER PRIMARY KEY,
	tick   INTEGER NOT NULL,
	kind   TEXT NOT NULL, -- restart, …
	source TEXT NOT NULL, -- the plugin
	detail TEXT NOT NULL
) STRICT;
`
