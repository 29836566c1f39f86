package evaluation_test

import (
	"os"
	"testing"

	"github.com/llm-city/gorod/eval/report/evaluation"
)

func TestTry(t *testing.T) {
	for _, l := range []string{"ru", "en"} {
		dir := "/tmp/e4out/" + l
		os.RemoveAll(dir)
		path, err := evaluation.Write(dir, analysed(t, family(l), scores(120)))
		t.Log(path, err)
		c, err := evaluation.Verify(dir, analysed(t, family(l), scores(120)))
		t.Log(c, err)
	}
}
