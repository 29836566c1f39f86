package host

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/llm-city/gorod/plugins/sdk"
)

var errNoVersion = errors.New("no version of the contract in common")

// served are the versions of each kind's wire contract that this host speaks,
// the highest first.
func served() map[string][]string {
	return map[string][]string{
		sdk.KindMemory: {"v1"}, sdk.KindPlanner: {"v1"}, sdk.KindSentiment: {"v1"},
		sdk.KindMayor: {"v1"}, sdk.KindMetric: {"v1"},
	}
}

// commonVersion is the highest version that plugin and host both speak.
func commonVersion(info sdk.Info) (string, error) {
	ours := served()[info.Kind]
	for _, v := range ours {
		if slices.Contains(info.APIVersions, v) {
			return v, nil
		}
	}
	return "", &StartError{
		Plugin: info.ID(),
		Why: fmt.Sprintf("it speaks %s of the %s contract, this gorod speaks %s",
			strings.Join(info.APIVersions, ", "), info.Kind, strings.Join(ours, ", ")),
		Hint: "build it against the SDK of this gorod", Err: errNoVersion,
	}
}
