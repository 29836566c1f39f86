package host

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/sdk/protocol"
)

func TestTheGuideForAuthorsSaysWhatHolds(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../plugins/README.md")
	if err != nil {
		t.Fatal(err)
	}
	guide := strings.ReplaceAll(string(text), `\*`, "*")
	var o Options
	o.setDefaults()
	want := []string{
		fmt.Sprintf("| start until the handshake | %v |", o.StartTimeout),
		fmt.Sprintf("| `Make` and `Restore`, without progress | %v |", o.ConfigureTimeout),
		fmt.Sprintf("| work without finishing a call or waiting for the host | %v |", o.CallTimeout),
		fmt.Sprintf("| `Close` | %v |", o.CloseTimeout),
		fmt.Sprintf("| a message | %d MB |", protocol.MaxMessage>>20),
		fmt.Sprintf("| restarts in an hour | %d |", maxRestarts),
		fmt.Sprintf("`%s=%s`", protocol.CookieKey, protocol.CookieValue),
		fmt.Sprintf("`PLUGIN_PROTOCOL_VERSIONS=%d`", protocol.Version),
		fmt.Sprintf("`1|%d|unix|", protocol.Version),
	}
	want = append(want, allowed()...)
	want = append(want, secret()...)
	for _, kind := range sdk.Kinds() {
		want = append(want, "| `"+kind+"` | ")
	}
	for _, kind := range []string{
		sdk.ErrInvalidConfig, sdk.ErrInvalidInput, sdk.ErrModel, sdk.ErrBudget, sdk.ErrUnsupported, sdk.ErrInternal,
	} {
		want = append(want, "| `"+kind+"` | ")
	}
	for _, w := range want {
		if !strings.Contains(guide, w) {
			t.Errorf("plugins/README.md lacks %s", w)
		}
	}
}
