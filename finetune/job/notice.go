package job

import "fmt"

// World is how many GPUs train together, at least 1: on the CPU one process
// does.
func (r *Resources) World() int { return max(r.GPUs*r.Nodes, 1) }

// Examples is how many examples make a step of the optimizer.
func (j *Job) Examples() int { return j.Training.Batch * j.Training.Accumulate * j.Resources.World() }

// notice warns of what runs and is hardly meant.
func (c *checker) notice(j *Job) {
	c.missing(j)
	t := &j.Training
	if t.Packing {
		c.warn("training.packing", "packing needs FlashAttention", "without it examples of a sequence see one another", "leave it off unless the cluster has flash-attn")
	}
	if n := j.Examples(); n > 512 {
		c.warn("training.batch", fmt.Sprintf("%d examples a step", n), fmt.Sprintf("batch %d × accumulate %d × %d GPUs", t.Batch, t.Accumulate, j.Resources.World()), "8 to 128 are usual for adapters")
	}
	if t.LR > 0.005 {
		c.warn("training.lr", fmt.Sprintf("a learning rate of %v", t.LR), "adapters diverge above about 0.001", "0.0002 is usual")
	}
	if t.EarlyStop > 0 && t.SaveEvery%t.EvalEvery != 0 {
		c.warn("training.save_every", "checkpoints and evaluations fall on different steps", "the best step may not be kept", "make save_every a multiple of eval_every")
	}
	if j.Method.Alpha > float64(4*j.Method.Rank) {
		c.warn("method.alpha", fmt.Sprintf("alpha is %.3g times the rank", j.Method.Alpha/float64(j.Method.Rank)), "adapters are scaled by it", "one or two times are usual")
	}
	if j.Base.Trust {
		c.warn("base.trust_remote_code", "the model's own code will run", "it may do anything that the job may", "pin base.revision, and read the code")
	}
	if j.Export.MergeBase == "dequantized" && j.Method.Kind == "lora" {
		c.warn("export.merge_base", "merge_base: dequantized with method lora", "nothing is quantized in training", "write w16")
	}
}
