package cassette

// application marks the file as a cassette: "gorC".
const application = 0x676f7243

const ddl = `
CREATE TABLE IF NOT EXISTS calls (
	seq INTEGER PRIMARY KEY,
	key BLOB NOT NULL UNIQUE,   -- SHA-256 of the request
	agent TEXT NOT NULL,
	tick INTEGER NOT NULL,
	purpose TEXT NOT NULL,
	idx INTEGER NOT NULL,
	attempt INTEGER NOT NULL,
	model TEXT NOT NULL,
	endpoint TEXT NOT NULL,
	reply TEXT NOT NULL,
	truncated INTEGER NOT NULL,
	prompt_tokens INTEGER NOT NULL,
	reply_tokens INTEGER NOT NULL,
	latency_us INTEGER NOT NULL,
	prompt BLOB NOT NULL,       -- S2: messages, sampling; with the sample as dictionary
	sample INTEGER NOT NULL,    -- samples.id, or 0
	schema BLOB                 -- of the reply: schemas.hash
) STRICT;
CREATE TABLE IF NOT EXISTS schemas (
	hash BLOB PRIMARY KEY,      -- SHA-256 of json
	json BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS samples (
	id INTEGER PRIMARY KEY,
	purpose TEXT NOT NULL,
	dictionary BLOB NOT NULL    -- S2 dictionary made of the first prompt
) STRICT;
CREATE TABLE IF NOT EXISTS embeddings (
	seq INTEGER PRIMARY KEY,
	key BLOB NOT NULL UNIQUE,   -- SHA-256 of model and text
	model TEXT NOT NULL,
	endpoint TEXT NOT NULL,
	asked INTEGER NOT NULL,     -- 1 on the first text of each request, else 0
	tokens INTEGER NOT NULL,    -- this text's share of the request's
	latency_us INTEGER NOT NULL, -- of the request, where asked is 1
	vector BLOB NOT NULL,       -- float32, little-endian
	text BLOB NOT NULL          -- S2
) STRICT;`
