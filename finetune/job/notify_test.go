package job_test

import (
	"strings"
	"testing"

	"github.com/llm-city/gorod/finetune/job"
)

func TestWhoIsToldIsChecked(t *testing.T) {
	t.Parallel()
	const head = "apiVersion: gorod/v1\nkind: Finetune\nname: asya\nbase: {model: a/b}\ndataset: {path: x}\n"
	for text, want := range map[string]string{
		"notify: {command: 'echo', webhook_env: HOOK}":                          "",
		"cluster: {kind: slurm}\nnotify: {mail: me+gorod@example.org}":          "",
		"notify: {mail: me@example.org}":                                        "it is Slurm that writes mail",
		"cluster: {kind: slurm}\nnotify: {mail: 'me --wrap=rm'}":                "it is no address",
		"notify: {webhook_env: 'https://hooks.example.org/s3cr3t'}":             "webhook's URL is a secret",
		"notify: {command: \"a\\nb\"}":                                          "no line of shell",
		"cluster: {kind: slurm}\nnotify: {mail: '-me@example.org\\n#SBATCH x'}": "it is no address",
	} {
		j, err := job.Parse("job.yaml", []byte(head+text+"\n"))
		switch {
		case want == "" && err != nil:
			t.Errorf("%s: %v", text, err)
		case want == "" && j.Portable().Notify != (job.Notify{}):
			t.Errorf("%s: the digest tells who is told", text)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "s3cr3t")):
			t.Errorf("%s: %v", text, err)
		}
	}
}
