package slurm

import (
	"fmt"
	"strings"

	"github.com/llm-city/gorod/core/cluster"
)

// meaning of a reason word of Slurm.
type meaning struct {
	word, meaning, advice string
	stuck                 bool
}

// pendingReasons are why a task waits.
func pendingReasons() []meaning {
	return []meaning{
		{"Priority", "others come first", "", false},
		{"Resources", "it is next, and waits for a node to be free", "", false},
		{"Dependency", "it waits for another job", "", false},
		{"JobArrayTaskLimit", "as many tasks of the array run as may at a time", "", false},
		{"BeginTime", "it is started again in a moment, once its last start is cleared away", "", false},
		{"Cleaning", "it is started again once what is left of its last start is cleared away", "", false},
		{"Prolog", "the node is being prepared", "", false},
		{"Reservation", "its reservation has not begun", "", false},
		{"Licenses", "a licence is not free", "", false},
		{"DependencyNeverSatisfied", "a job that it waits for ended otherwise than was asked", "cancel it, mend the other job and submit both again", true},
		{"PartitionTimeLimit", "it asks for more time than the partition allows", "cancel it and lower the time, or take another partition: sinfo -o '%P %l'", true},
		{"PartitionNodeLimit", "it asks for more nodes than the partition allows", "cancel it and lower the nodes, or take another partition", true},
		{"PartitionDown", "the partition is closed", "wait, or take another partition", false},
		{"PartitionInactive", "the partition starts no jobs", "wait, or take another partition", false},
		{"AccountNotAllowed", "the account may not use the partition", "cancel it and take another account or partition", true},
		{"BadConstraints", "no node can be what it asks for", "cancel it and lower gpus, cpus, memory or the constraint", true},
		{"ReqNodeNotAvail", "the nodes it needs are down, drained or reserved", "wait, or ask for others; sinfo -R says why", false},
		{"NodeDown", "a node it needs is down", "wait, or ask for others; sinfo -R says why", false},
		{"JobHeldUser", "it was put on hold", "requeue it to let it go", true},
		{"JobHeldAdmin", "an administrator, or a failed start, put it on hold", "requeue it to let it go, or ask the administrator", true},
		{"JobHoldMaxRequeue", "it was started again too often", "look at its log; requeue it to let it go", true},
		{"JobLaunchFailure", "the node could not start it", "requeue it; if it happens again, tell the administrator which node", true},
		{"launch failed requeued held", "the node could not start it, or the controller lost track of it; it may have run", "see in its folder that it runs no more, then requeue it to let it go", true},
		{"InvalidAccount", "the account is not valid", "cancel it and give another account", true},
		{"InvalidQOS", "the quality of service is not valid", "cancel it and ask the administrator", true},
		{"DeadLine", "it cannot end before its deadline", "cancel it and lower the time", true},
	}
}

// endReasons are why a task ended.
func endReasons() []meaning {
	return []meaning{
		{"NonZeroExitCode", "the script failed", "see its log", false},
		{"JobLaunchFailure", "the node could not start it, or a signal ended it", "see its log; if it is empty, submit again", false},
		{"RaisedSignal", "a signal ended it", "see its log", false},
		{"TimeLimit", "it ran into its time limit", "resume it: it goes on from its last checkpoint", false},
		{"NodeDown", "its node was lost", "resume it: it goes on from its last checkpoint", false},
		{"OutOfMemory", "it took more main memory than it asked for", "raise the memory", false},
		{"BadConstraints", "no node can be what it asks for", "lower gpus, cpus, memory or the constraint", false},
		{"DependencyNeverSatisfied", "a job that it waited for ended otherwise than was asked", "mend the other job and submit both again", false},
		{"SystemFailure", "Slurm or the node failed", "submit it again", false},
	}
}

// noOutput is the signal number by which Slurm says that a job's output could not
// be opened.
const noOutput = 53

// explain says what Slurm's word means for a task in its state.
func explain(word string, s cluster.Status) cluster.Reason {
	word = tidy(word)
	if word == "" || word == "None" {
		return ofState(s)
	}
	known := endReasons()
	if !s.State.Final() {
		known = pendingReasons()
	}
	r := cluster.Reason{Word: word}
	if m, ok := lookUp(known, word); ok {
		r.Meaning, r.Advice, r.Stuck = m.meaning, m.advice, m.stuck
	} else if _, stale := lookUp(pendingReasons(), word); stale { // sacct keeps why a task once waited
		return ofState(s)
	}
	if r.Meaning == "" && (strings.HasPrefix(word, "QOS") || strings.HasPrefix(word, "Assoc") || strings.HasPrefix(word, "MaxJobs")) {
		r.Meaning, r.Advice = "a limit of your account is reached", "wait for your other jobs, or ask for less; sacctmgr show assoc tells the limits"
	}
	switch {
	case s.State == cluster.FailedState && s.ExitCode == cluster.Again:
		return ofState(s)
	case s.Signal == noOutput:
		r.Meaning, r.Advice = "the node could not open the file of the job's output", "look whether the job's folder is on a disk that nodes see, and may be written"
	}
	return r
}

// lookUp finds a word. squeue joins several by "_", and adds details after a
// comma.
func lookUp(known []meaning, word string) (meaning, bool) {
	plain := strings.ReplaceAll(word, "_", " ")
	for _, m := range known {
		if word == m.word || plain == m.word || strings.HasPrefix(plain, m.word+",") {
			return m, true
		}
	}
	return meaning{}, false
}

// ofState is the reason where Slurm gives none.
func ofState(s cluster.Status) cluster.Reason {
	switch {
	case s.ExitCode == cluster.Again:
		return cluster.Reason{
			Word: "ExitCode 75", Meaning: "it saved its work and wants to be started again, which Slurm did not do", Advice: "resume it",
		}
	case s.State == cluster.OutOfMemory:
		return cluster.Reason{Word: "OUT_OF_MEMORY", Meaning: "it took more main memory than it asked for", Advice: "raise the memory"}
	case s.State == cluster.Preempted:
		return cluster.Reason{Word: "PREEMPTED", Meaning: "another job took its place", Advice: "resume it: it goes on from its last checkpoint"}
	case s.State == cluster.FailedState:
		return cluster.Reason{Meaning: fmt.Sprintf("the script ended with %d", s.ExitCode), Advice: "see its log"}
	default:
		return cluster.Reason{}
	}
}
