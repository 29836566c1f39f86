package registry

// schema documents itself: sqlite3 finetune.db .schema.
const schema = `
CREATE TABLE IF NOT EXISTS jobs ( -- what was asked
	id       TEXT PRIMARY KEY,      -- sortable by time
	name     TEXT NOT NULL,
	created  INTEGER NOT NULL,      -- Unix milliseconds
	yaml     TEXT NOT NULL,         -- the file as it was
	job      TEXT NOT NULL,         -- JSON: resolved, with defaults
	digest   TEXT NOT NULL,         -- SHA-256 of the portable job, hexadecimal
	dataset  TEXT NOT NULL,         -- SHA-256 of the dataset's manifest; may be empty
	kind     TEXT NOT NULL,         -- of the cluster: local or slurm
	via      TEXT NOT NULL,         -- commands, ssh or rest
	host     TEXT NOT NULL,         -- may be empty
	dir      TEXT NOT NULL,         -- the job's folder there
	revision INTEGER NOT NULL       -- grows with every change of the job
) STRICT;
CREATE INDEX IF NOT EXISTS jobs_name ON jobs (name, created);

CREATE TABLE IF NOT EXISTS tasks ( -- parts of a job that are queued by themselves
	job   TEXT NOT NULL REFERENCES jobs (id),
	stage TEXT NOT NULL,            -- train, export, …
	task  INTEGER NOT NULL,         -- of the sweep, from 0
	label TEXT NOT NULL,            -- its values; empty without a sweep
	PRIMARY KEY (job, stage, task)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS submissions ( -- each time that a task was queued; the last one counts
	seq     INTEGER PRIMARY KEY,
	job     TEXT NOT NULL,
	stage   TEXT NOT NULL,
	task    INTEGER NOT NULL,
	cluster TEXT NOT NULL,          -- the id that the cluster gave
	output  TEXT NOT NULL,          -- path of its log there
	time    INTEGER NOT NULL,       -- Unix milliseconds
	FOREIGN KEY (job, stage, task) REFERENCES tasks (job, stage, task)
) STRICT;
CREATE INDEX IF NOT EXISTS submissions_task ON submissions (job, stage, task, seq);

CREATE TABLE IF NOT EXISTS states ( -- every state that a task was in; nothing is changed or removed
	seq      INTEGER PRIMARY KEY,
	job      TEXT NOT NULL,
	stage    TEXT NOT NULL,
	task     INTEGER NOT NULL,
	state    TEXT NOT NULL,
	reason   TEXT NOT NULL,         -- why it waits or ended; may be empty
	error    TEXT NOT NULL,         -- what the trainer said; may be empty
	node     TEXT NOT NULL,         -- may be empty
	restarts INTEGER NOT NULL,
	time     INTEGER NOT NULL,      -- when it was seen, Unix milliseconds
	FOREIGN KEY (job, stage, task) REFERENCES tasks (job, stage, task)
) STRICT;
CREATE INDEX IF NOT EXISTS states_task ON states (job, stage, task, seq);
CREATE TRIGGER IF NOT EXISTS states_stay BEFORE UPDATE ON states BEGIN SELECT raise(ABORT, 'states are only added'); END;
CREATE TRIGGER IF NOT EXISTS states_remain BEFORE DELETE ON states BEGIN SELECT raise(ABORT, 'states are only added'); END;

CREATE TABLE IF NOT EXISTS reading ( -- how far the metrics.jsonl of a task were read
	job    TEXT NOT NULL REFERENCES jobs (id),
	task   INTEGER NOT NULL,
	offset INTEGER NOT NULL,        -- bytes
	bad    INTEGER NOT NULL,        -- lines that were no JSON
	PRIMARY KEY (job, task)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS metrics ( -- lines of metrics.jsonl
	job               TEXT NOT NULL REFERENCES jobs (id),
	task              INTEGER NOT NULL,
	offset            INTEGER NOT NULL, -- of the line in the file
	event             TEXT NOT NULL,    -- log, eval, save, start, memory, resume, stop, done
	step              INTEGER NOT NULL,
	of                INTEGER NOT NULL, -- steps planned; 0: not said
	epoch             REAL,
	loss              REAL,
	eval_loss         REAL,
	lr                REAL,
	tokens_per_second REAL,
	memory_gb         REAL,
	time              REAL NOT NULL,    -- Unix seconds
	PRIMARY KEY (job, task, offset)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS artifacts ( -- what came of it
	job    TEXT NOT NULL REFERENCES jobs (id),
	task   INTEGER NOT NULL,
	path   TEXT NOT NULL,           -- here, or within the job's folder
	kind   TEXT NOT NULL,           -- adapter, merged, gguf, ollama, …
	size   INTEGER NOT NULL,        -- bytes
	sha256 TEXT NOT NULL,           -- hexadecimal
	time   INTEGER NOT NULL,        -- Unix milliseconds
	PRIMARY KEY (job, task, path)
) STRICT, WITHOUT ROWID;
`
