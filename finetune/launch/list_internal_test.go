package launch

import (
	"strings"
	"testing"
)

func TestAListOfArtifactsIsNotTrusted(t *testing.T) {
	t.Parallel()
	sum := strings.Repeat("ab", 32)
	good := sum + " 12 merged/model-00001-of-00002.safetensors\n" + sum + " 3 report.json\n"
	for _, bad := range []string{
		sum + " 1 ../../etc/passwd\n", sum + " 1 /etc/passwd\n", sum + " 1 merged/../../x\n", sum + " 1 merged//x\n", sum + " -1 merged/x\n",
		sum + " 9999999999999999999 merged/x\n", "ab 1 merged/x\n", sum + " 1 other/x\n", sum + " 1 merged/a\tb\n", "\n", sum + "\n",
	} {
		if got := parseArtifacts(strings.NewReader(bad + good)); len(got) != 2 || got[0].Kind != "merged" || got[0].Size != 12 || got[1].Kind != "report" {
			t.Errorf("%q: %+v", bad, got)
		}
	}
	if got := parseArtifacts(strings.NewReader(strings.Repeat(good, maxArtifacts))); len(got) != maxArtifacts {
		t.Errorf("%d artifacts", len(got))
	}
}

func FuzzArtifacts(f *testing.F) {
	f.Add(strings.Repeat("ab", 32) + " 12 merged/model.safetensors\n")
	f.Fuzz(func(t *testing.T, text string) {
		for _, a := range parseArtifacts(strings.NewReader(text)) {
			if strings.Contains(a.Path, "..") && strings.HasPrefix(a.Path, "..") || a.Size < 0 || a.Kind == "" || len(a.SHA256) != 64 {
				t.Errorf("%+v", a)
			}
		}
	})
}
