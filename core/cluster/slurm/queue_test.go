package slurm

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/cluster"
)

// As Slurm 22.05.8 printed it, with the padding cut.
const recordedQueue = `2_2   |PENDING| 0|0|1795256316|N/A|N/A| | |JobArrayTaskLimit  |
12_[0-1%1]|CANCELLED|0|0|1795256316|1795256320|1795256320|||None|
2_1|RUNNING|0|1|1795256316|1795256317|1795256617|n1|cpu=4,mem=2000M,node=1,billing=1,gres/gpu=2|None|
1|FAILED|768|0|1795256316|1795256317|1795256318|n1|cpu=1,node=1,billing=1|NonZeroExitCode|
3|CANCELLED|15|0|1795256316|1795256317|1795256318|n1|cpu=1,node=1,billing=1|None|
4|PENDING|0|1|1795256316|1795256400|N/A|||BeginTime|
5|PENDING|0|0|1795256316|N/A|N/A|||launch_failed_requeued_held|
6|FAILED|19200|0|1795256316|1795256317|1795256318|n1||NonZeroExitCode|
7|FAILED|3893|0|1795256316|1795256317|1795256318|n1||JobLaunchFailure|
slurm_load_jobs error: nonsense
`

func statusesOf(records []record) map[string]cluster.Status {
	all := map[string]cluster.Status{}
	for _, r := range records {
		all[r.status().Name()] = r.status()
	}
	return all
}

func TestWhatSqueuePrintsIsUnderstood(t *testing.T) {
	t.Parallel()
	got := statusesOf(parseQueue(recordedQueue))
	at := func(n int64) time.Time { return time.Unix(n, 0).UTC() }
	for name, want := range map[string]struct {
		state    cluster.State
		code     int
		word     string
		stuck    bool
		restarts int
		started  time.Time
	}{
		"2_2":  {cluster.Pending, 0, "JobArrayTaskLimit", false, 0, time.Time{}},
		"12_0": {cluster.Cancelled, 0, "", false, 0, at(1795256320)},
		"12_1": {cluster.Cancelled, 0, "", false, 0, at(1795256320)},
		"2_1":  {cluster.Running, 0, "", false, 1, at(1795256317)},
		"1":    {cluster.FailedState, 3, "NonZeroExitCode", false, 0, at(1795256317)},
		"3":    {cluster.Cancelled, 143, "", false, 0, at(1795256317)},
		"4":    {cluster.Requeued, 0, "BeginTime", false, 1, time.Time{}},
		"5":    {cluster.Pending, 0, "launch_failed_requeued_held", true, 0, time.Time{}},
		"6":    {cluster.FailedState, 75, "ExitCode 75", false, 0, at(1795256317)},
		"7":    {cluster.FailedState, 128 + 53, "JobLaunchFailure", false, 0, at(1795256317)},
	} {
		s := got[name]
		if s.State != want.state || s.ExitCode != want.code || s.Reason.Word != want.word || s.Reason.Stuck != want.stuck ||
			s.Restarts != want.restarts || !s.Started.Equal(want.started) || s.Submitted != at(1795256316) {
			t.Errorf("%s: %+v, want %+v", name, s, want)
		}
		if s.Reason.Word != "" && s.Reason.Meaning == "" {
			t.Errorf("%s: nobody says what %s means", name, s.Reason.Word)
		}
	}
	if len(got) != 10 {
		t.Errorf("%d statuses", len(got))
	}
	running := parseQueue(recordedQueue)[3]
	if u := running.usage(at(1795256417)); u.CPUs != 4 || u.GPUs != 2 || u.Nodes != 1 || u.Elapsed != 100*time.Second {
		t.Errorf("%+v", u)
	}
}

func TestWhatSacctPrintsIsUnderstood(t *testing.T) {
	t.Parallel()
	got := parseAccounts(`7|COMPLETED|0:0|1795256316|1795256317|1795260000|n1|billing=4,cpu=4,gres/gpu:a100=2,mem=8G,node=1|01:02:03.5||
7.batch|COMPLETED|0:0|1795256317|1795256317|1795260000|n1|cpu=4,mem=8G,node=1|01:02:03|5242880K|
7.extern|COMPLETED|0:0|1795256317|1795256317|1795260000|n1|cpu=4|00:00:00|12K|
8_1|CANCELLED by 1000|0:15|1795256316|Unknown|1795256320|None assigned||00:00:00||None
1_3|FAILED|3:0|1795258855|1795258859|1795258860|vm|billing=1,cpu=1,mem=100M,node=1|00:00.004||JobArrayTaskLimit
1_3.batch|FAILED|3:0|1795258859|1795258859|1795258860|vm|cpu=1,mem=100M,node=1|00:00.004|4852K|
9|OUT_OF_MEMORY|0:125|1795256316|1795256317|1795256318|n1||1-00:00:01||OutOfMemory
`)
	if len(got) != 4 {
		t.Fatalf("%+v", got)
	}
	u := got[0].usage(time.Now())
	if u.Memory != 5<<30 || u.CPUTime != 3723500*time.Millisecond || u.GPUs != 2 || u.Elapsed != 3683*time.Second {
		t.Errorf("%+v", u)
	}
	if s := got[1].status(); s.Name() != "8_1" || s.State != cluster.Cancelled || s.Node != "" || !s.Started.IsZero() {
		t.Errorf("%+v", s)
	}
	if s := got[2].status(); s.ExitCode != 3 || s.Reason.Word == "JobArrayTaskLimit" || got[2].memory != 4852<<10 {
		t.Errorf("why it once waited is not why it failed: %+v", s)
	}
	if s := got[3].status(); s.State != cluster.OutOfMemory || s.Reason.Advice != "raise the memory" || got[3].cpuSeconds != 86401 {
		t.Errorf("%+v", s)
	}
}

// stub answers commands by their first words that are no settings of env.
type stub struct {
	answers map[string]Output
	err     error
	asked   [][]string
	stdin   string
}

func (s *stub) Run(ctx context.Context, argv []string, stdin io.Reader) (Output, error) {
	s.asked = append(s.asked, argv)
	if s.err != nil {
		return Output{}, s.err
	}
	if stdin != nil {
		data, _ := io.ReadAll(stdin)
		s.stdin = string(data)
	}
	i := slices.IndexFunc(argv, func(a string) bool { return a != "env" && !strings.Contains(a, "=") })
	out, ok := s.answers[argv[i]]
	if !ok {
		<-ctx.Done() // as a client of a controller that is down
		return Output{}, ctx.Err()
	}
	return out, nil
}

func TestAJobThatSqueueForgotIsAskedOfSacct(t *testing.T) {
	t.Parallel()
	forgot := Output{Code: 1, Stderr: "slurm_load_jobs error: Invalid job id specified"}
	s := &stub{answers: map[string]Output{
		"squeue": forgot,
		"sacct":  {Stdout: "7|COMPLETED|0:0|1795256316|1795256317|1795256318|n1||00:00:01||None\n"},
	}}
	c := &Commands{Runner: s}
	if got, err := c.Status(t.Context(), "7"); err != nil || len(got) != 1 || got[0].State != cluster.Completed {
		t.Errorf("%+v, %v", got, err)
	}
	s.answers["sacct"] = Output{Code: 1, Stderr: "Slurm accounting storage is disabled"}
	if _, err := c.Status(t.Context(), "7"); !cluster.IsKind(err, cluster.NotFound) || !strings.Contains(err.Error(), "folder") {
		t.Errorf("without accounts: %v", err)
	}
	s.answers["sacct"] = Output{Code: 1, Stderr: "sacct: error: slurm_persist_conn_open: Connection refused"}
	if _, err := c.Status(t.Context(), "7"); !cluster.IsKind(err, cluster.Unreachable) {
		t.Errorf("slurmdbd down: %v; the job may well be known", err)
	}
	delete(s.answers, "squeue")
	c.Timeout = time.Millisecond
	if _, err := c.Status(t.Context(), "7"); !cluster.IsKind(err, cluster.Unreachable) {
		t.Errorf("a command that hangs: %v", err)
	}
	s.err = &cluster.Error{Kind: cluster.Unauthorized, Op: "connect", Err: errors.New("key")}
	c.Where = "me@login"
	if _, err := c.Status(t.Context(), "7"); !cluster.IsKind(err, cluster.Unauthorized) || !strings.Contains(err.Error(), "me@login: status") {
		t.Errorf("a connection that is refused: %v", err)
	}
}

func TestRefusalsAreTypedByWhatSlurmSays(t *testing.T) {
	t.Parallel()
	for says, want := range map[string]cluster.ErrorKind{
		"sbatch: error: Batch job submission failed: Unable to contact slurm controller (connect failure)":        cluster.Unreachable,
		"sbatch: error: Batch job submission failed: Socket timed out on send/recv operation":                     cluster.Unreachable,
		"sbatch: error: Batch job submission failed: Invalid account or account/partition combination specified":  cluster.Unauthorized,
		"sbatch: error: Batch job submission failed: Job violates accounting/QOS policy (job submit limit, …)":    cluster.Rejected,
		"sbatch: error: invalid partition specified: nope\nsbatch: error: Invalid partition name specified":       cluster.Rejected,
		"sbatch: error: Batch job submission failed: Protocol authentication error":                               cluster.Unauthorized,
		"sbatch: error: This does not look like a batch script":                                                   cluster.Rejected,
		"sbatch: error: Batch job submission failed: Requested node configuration is not available":               cluster.Rejected,
		"sbatch: error: Slurm temporarily unable to accept job, sleeping and retrying":                            cluster.Unreachable,
		"sbatch: error: Batch job submission failed: Invalid generic resource (gres) specification":               cluster.Rejected,
		"sbatch: error: Batch job submission failed: Requested time limit is invalid (missing or exceeds some …)": cluster.Rejected,
	} {
		c := &Commands{Runner: &stub{answers: map[string]Output{"sbatch": {Code: 1, Stderr: says}}}}
		_, err := c.Submit(t.Context(), cluster.Job{Name: "x", Dir: "/x", Script: []string{"true"}})
		if !cluster.IsKind(err, want) {
			t.Errorf("%s: %v", says, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(recordedQueue)
	f.Add("7|COMPLETED|0:0|1|2|3|n1|cpu=4|01:02:03.5|1K|None\n")
	f.Add("7_[0-99999999%3]|A||||||||||")
	f.Fuzz(func(t *testing.T, s string) {
		for _, r := range append(parseQueue(s), parseAccounts(s)...) {
			st := r.status()
			if _, _, err := cluster.ParseID(st.ID); err != nil || st.State == "" {
				t.Errorf("%+v", st)
			}
			r.usage(time.Time{})
		}
	})
}
