package host

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/llm-city/gorod/core/schema"
	"github.com/llm-city/gorod/plugins/sdk"
)

const (
	inspectTimeout = 10 * time.Second
	maxSchema      = 1 << 20 // bytes
	maxSummary     = 500     // runes
)

// inspect starts an executable, asks what it is and ends it. It is not
// configured, so it does nothing else.
func inspect(ctx context.Context, e Entry, log *slog.Logger) (Entry, error) {
	p, err := launch(ctx, e, inspectTimeout, log.With("plugin", e.Path))
	if err != nil {
		return e, err
	}
	defer p.end(killTimeout)
	p.watch.allow(inspectTimeout)
	err = p.do(ctx, func(ctx context.Context, p *process) error {
		if e.Info, err = p.client.Info(ctx); err != nil {
			return err
		}
		e.Schema, err = p.client.ConfigSchema(ctx)
		return err
	})
	if err == nil {
		err = checkInfo(&e)
	}
	if err != nil {
		return e, &StartError{
			Plugin: e.Path, Why: "it does not say what it is: " + err.Error(),
			Hint: "build it against the SDK of this gorod", Stderr: p.tail.String(), Err: err,
		}
	}
	e.ID = e.Info.ID()
	return e, nil
}

// checkInfo keeps out what could not be named in a study, or not be printed.
func checkInfo(e *Entry) error {
	i := e.Info
	switch {
	case served()[i.Kind] == nil:
		return fmt.Errorf("its kind is %.50q, which is none of %s", i.Kind, strings.Join(sdk.Kinds(), ", "))
	case !nameIs(i.Name):
		return fmt.Errorf("its name is %.80q, which is not made of lower-case letters, digits and hyphens", i.Name)
	case i.Version == "" || len(i.Version) > 64:
		return fmt.Errorf("its version is %.80q", i.Version)
	case utf8.RuneCountInString(i.Summary) > maxSummary:
		return fmt.Errorf("its summary has more than %d characters", maxSummary)
	case len(e.Schema) > maxSchema:
		return fmt.Errorf("its config schema has %d bytes, more than %d", len(e.Schema), maxSchema)
	}
	if _, err := schema.Compile(e.Schema); err != nil {
		return fmt.Errorf("its config schema: %w", err)
	}
	return nil
}
