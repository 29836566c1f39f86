package llm

import "context"

// ModelInfo is a model as its server knows it. A field that the server does not
// tell is zero.
type ModelInfo struct {
	Name     string `json:"name"`
	Endpoint string `json:"endpoint"`
	Size     int64  `json:"bytes,omitempty"`
	Digest   string `json:"digest,omitempty"`
	Detail   string `json:"detail,omitempty"` // family, size, quantisation
}

// Lister is a Provider whose server lists its models.
type Lister interface {
	Models(ctx context.Context) ([]ModelInfo, error)
}

// Checker is a Provider whose server can be asked about one model. It gives an
// Error of kind ModelMissing for a model that is not there.
type Checker interface {
	Check(ctx context.Context, model string) (ModelInfo, error)
}

// Puller is a Provider whose server can download a model. Progress is called
// with what the server does now and, where it tells, how many of how many bytes
// of the part under way are there.
type Puller interface {
	Pull(ctx context.Context, model string, progress func(status string, done, total int64)) error
}
