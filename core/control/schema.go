package control

// File is the name of a queue, in the folder of its run.
const File = "control.db"

// application marks a queue: "grdc".
const application = 0x67726463

const format = 1

// ofPace are the commands that say how a run goes on.
const ofPace = `state = 'done' AND kind IN ('pause', 'resume', 'step', 'stop')`

// schema documents itself, as that of the journal does.
const schema = `
CREATE TABLE IF NOT EXISTS commands ( -- what people asked of the run from outside
	id       INTEGER PRIMARY KEY AUTOINCREMENT, -- from 1, in the order of arrival
	at       TEXT NOT NULL,               -- when it arrived, wall time, RFC 3339
	who      TEXT NOT NULL,               -- gave it
	key      TEXT UNIQUE,                 -- given by who asks: the same key twice is one command; NULL where there is none
	kind     TEXT NOT NULL,               -- pause, resume, step, stop, effect, visit or ask
	"order"  TEXT NOT NULL,               -- JSON (control.Order)
	state    TEXT NOT NULL,               -- waiting, done or refused
	tick     INTEGER NOT NULL DEFAULT -1, -- in which it was carried out; -1 before
	reply    TEXT NOT NULL DEFAULT '',    -- JSON list of remarks: answers to what was asked
	answers  TEXT NOT NULL DEFAULT '',    -- JSON list of the same answers as the journal keeps them
	recorded INTEGER NOT NULL DEFAULT 0,  -- 1: the journal has the answers
	why      TEXT NOT NULL DEFAULT ''     -- why it was refused
) STRICT;

CREATE INDEX IF NOT EXISTS waiting ON commands (id) WHERE state = 'waiting';
CREATE INDEX IF NOT EXISTS waiting_of ON commands (who) WHERE state = 'waiting';
CREATE INDEX IF NOT EXISTS unrecorded ON commands (id) WHERE answers <> '' AND recorded = 0;
CREATE INDEX IF NOT EXISTS pace ON commands (id) WHERE ` + ofPace + `;

CREATE TABLE IF NOT EXISTS changes ( -- one row: how often commands changed
	n INTEGER NOT NULL
) STRICT;
INSERT INTO changes SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM changes);

CREATE TRIGGER IF NOT EXISTS added AFTER INSERT ON commands BEGIN UPDATE changes SET n = n + 1; END;
CREATE TRIGGER IF NOT EXISTS changed AFTER UPDATE ON commands BEGIN UPDATE changes SET n = n + 1; END;
`
