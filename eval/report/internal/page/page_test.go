package page

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTheChartLibraryIsTheReleasedOne(t *testing.T) {
	t.Parallel()
	const released = "bf4a223524e40b77c304bec67e1222cf551f14880cf42c69dc046558e11c07b1" // dist/echarts.min.js of echarts 5.6.0
	library, err := Library()
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(library))
	if got := hex.EncodeToString(sum[:]); got != released {
		t.Errorf("assets/echarts/echarts.min.js.gz holds %s", got)
	}
	if !strings.Contains(library, `"`+echartsVersion+`"`) || !strings.Contains(library, "apache.org/licenses/LICENSE-2.0") {
		t.Error("its version or its licence notice is missing")
	}
}

func TestMarkdownEscapes(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"обычный текст, да?": "обычный текст, да?", "*ё* _x_": `\*ё\* \_x\_`, "a|b": `a\|b`, "<b>&": "&lt;b&gt;&amp;", "[x](y)": `\[x\](y)`,
		"https://a.b": "https&#58;//a.b", "www.a.b": "www&#46;a.b", "@all": "&#64;all", "a\n# b": `a \# b`, "`c`": "\\`c\\`", "$x$ ~~y~~": `\$x\$ \~\~y\~\~`,
	} {
		if got := Escape(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
	got := map[string]string{}
	for _, in := range []string{"- a", "+ a", "=== ", "12. a", "3) a", "12 a", "a - b"} {
		got[in] = atStart(in)
	}
	if d := cmp.Diff(map[string]string{"- a": `\- a`, "+ a": `\+ a`, "=== ": `\=== `, "12. a": `12\. a`, "3) a": `3\) a`, "12 a": "12 a", "a - b": "a - b"}, got); d != "" {
		t.Error(d)
	}
}
