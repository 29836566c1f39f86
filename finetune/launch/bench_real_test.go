//go:build components

package launch_test

import (
	"strings"
	"testing"
	"time"
)

// BenchmarkSubmit submits a fine-tuning of two stages to a real Slurm:
// "ms-beyond" is what that takes more than sbatch does for two such jobs.
func BenchmarkSubmit(b *testing.B) {
	slurm := onSlurm(b)
	s := newSite(b, "slurm", "")
	s.put(b, "data/messages/train.jsonl", strings.Repeat(`{"messages":[{"role":"user","content":"как дела"}]}`+"\n", 80_000)) // 5 MB
	s.put(b, "empty.sh", "#!/bin/bash\ntrue\n")
	l := s.open(b)
	r, err := s.request()
	if err != nil {
		b.Fatal(err)
	}
	var own, alone time.Duration
	for b.Loop() {
		began := time.Now()
		j, err := l.Submit(b.Context(), r)
		own += time.Since(began)
		if err != nil {
			b.Fatal(err)
		}
		began = time.Now()
		id := strings.TrimSpace(slurm.Command(b, "sbatch", "--parsable", "--chdir="+s.dir, "--output=/dev/null", s.dir+"/empty.sh"))
		next := strings.TrimSpace(slurm.Command(b, "sbatch", "--parsable", "--chdir="+s.dir, "--output=/dev/null", "--dependency=afterok:"+id, s.dir+"/empty.sh"))
		alone += time.Since(began)
		slurm.Command(b, "scancel", id, next)
		if err := l.Cancel(b.Context(), j); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64((own-alone).Milliseconds())/float64(b.N), "ms-beyond")
	b.ReportMetric(float64(own.Milliseconds())/float64(b.N), "ms-submit")
}
