package sdk_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"unicode/utf8"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/llm-city/gorod/plugins/sdk"
)

func TestErrorsKeepTheirKindOverTheWire(t *testing.T) {
	t.Parallel()
	budget := &sdk.Error{Kind: sdk.ErrBudget, Message: "нет денег", Retryable: true}
	tests := []struct {
		err  error
		want sdk.Error
	}{
		{budget, *budget},
		{fmt.Errorf("plan: %w", budget), sdk.Error{Kind: sdk.ErrBudget, Message: "plan: нет денег", Retryable: true}},
		{errors.New("oops"), sdk.Error{Kind: sdk.ErrInternal, Message: "oops"}},
		{fmt.Errorf("ask: %w", status.Error(codes.Unavailable, "gone")), sdk.Error{Kind: sdk.ErrInternal, Message: "ask: rpc error: code = Unavailable desc = gone"}},
		{context.Canceled, sdk.Error{Kind: sdk.ErrInternal, Message: "context canceled"}},
	}
	for _, tt := range tests {
		var got *sdk.Error
		if err := sdk.FromStatus(sdk.ToStatus(tt.err)); !errors.As(err, &got) || *got != tt.want {
			t.Errorf("%v came back as %+v", tt.err, err)
		}
	}
}

func TestOtherErrorsStayWhatTheyAre(t *testing.T) {
	t.Parallel()
	for _, err := range []error{nil, errors.New("x"), status.Error(codes.Unavailable, "gone")} {
		if got := sdk.FromStatus(err); !errors.Is(got, err) {
			t.Errorf("%v became %v", err, got)
		}
	}
	if sdk.ToStatus(nil) != nil {
		t.Error("no error became one")
	}
}

func TestALongErrorIsCutAtACharacter(t *testing.T) {
	t.Parallel()
	var got *sdk.Error
	if !errors.As(sdk.FromStatus(sdk.ToStatus(errors.New("я"+strings.Repeat("ы", 1<<20)))), &got) {
		t.Fatal("the error is lost")
	}
	if len(got.Message) > 8<<10 || !utf8.ValidString(got.Message) {
		t.Errorf("%d bytes, valid: %v", len(got.Message), utf8.ValidString(got.Message))
	}
}

func TestLogLinesAreThoseOfGoPlugin(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	sdk.NewLogger(&out).With("agent", "a1").Warn("забыл", slog.Group("why", "msg", "x"))
	var line map[string]any
	if err := json.Unmarshal(out.Bytes(), &line); err != nil {
		t.Fatal(err)
	}
	if line["@level"] != "warn" || line["@message"] != "забыл" || line["agent"] != "a1" || line["@timestamp"] == nil || len(line) != 5 {
		t.Errorf("%v", line)
	}
	if why, ok := line["why"].(map[string]any); !ok || why["msg"] != "x" {
		t.Errorf("%v", line["why"])
	}
}
