package hire_test

import (
	"testing"

	"github.com/llm-city/gorod/plugins/mayor/hire"
	"github.com/llm-city/gorod/plugins/sdk"
)

func TestNewcomersHaveNamesThatNobodyHas(t *testing.T) {
	t.Parallel()
	for _, language := range []string{"ru", "en"} {
		var town sdk.Town
		names := map[string]bool{}
		for n := range 40 {
			args := hire.Newcomer(language, n, town)
			if args["bio"] == "" || args["goal"] == "" || names[args["name"]] {
				t.Fatalf("%s newcomer %d: %v", language, n, args)
			}
			names[args["name"]] = true
			town.Citizens = append(town.Citizens, sdk.Citizen{Name: args["name"]})
		}
	}
}
