package estimate

// Bytes of one parameter or value.
const (
	nf4Bits   = 4 + 0.127 // NF4 with double quantization, its constants included
	halfBytes = 2         // bfloat16 or float16
	// Adapters and their gradients are in 32 bits: PEFT makes them so, and the
	// trainer undoes TRL's cast to bfloat16 (train.py, _train), with FSDP too.
	adapterBytes = 4
	// AdamW's two moments have the type of the weights; bitsandbytes has a byte for
	// each, with constants for blocks of 256 (QLoRA, arXiv 2305.14314; LLM.int8).
	adamBytes, adam8Bytes = 2 * adapterBytes, 2
	// Logits in 32 bits, their 16-bit copy, and the gradient in 32.
	logitBytes = 4 + 2 + 4
	// A tile of logits is as many tokens, and as many words of the vocabulary, as
	// TRL's fused output layer works on at a time.
	tileTokens = 4096
	tileWords  = 32768
	// shardFrom is from how many parameters on the trainer parts a model among
	// GPUs (FSDP) and does not copy it to each (DDP).
	shardFrom = 20e9
	// context is what CUDA, its libraries and the allocator take.
	context = 0.75e9
	// cpuContext is what Python takes with PyTorch, TRL and bitsandbytes in it: the
	// peak of a training of a model of a megabyte.
	cpuContext = 1.0e9
)

// Memory is what one GPU, or the process on a CPU, holds at the peak of a step,
// in bytes.
type Memory struct {
	Linears     int64 `json:"linears"`     // frozen weights of linear modules
	Others      int64 `json:"others"`      // frozen embeddings, norms and biases, in 16 bits
	Adapters    int64 `json:"adapters"`    // weights that are trained, in 32 bits
	Gradients   int64 `json:"gradients"`   // theirs
	Optimizer   int64 `json:"optimizer"`   // its state
	Activations int64 `json:"activations"` // kept for the backward pass
	Layer       int64 `json:"layer"`       // the layer that is worked on: recomputed values, weights in 16 bits
	Logits      int64 `json:"logits"`
	Gathered    int64 `json:"gathered"` // FSDP: weights of other GPUs that are here for a moment
	Context     int64 `json:"context"`
}

// Total is their sum.
func (m *Memory) Total() int64 {
	return m.Linears + m.Others + m.Adapters + m.Gradients + m.Optimizer + m.Activations + m.Layer + m.Logits + m.Gathered + m.Context
}

// setting is what memory depends on; knobs turn it.
type setting struct {
	shape         Shape
	on            []Module
	rank          int
	fourBit       bool
	dropout       bool
	batch, length int
	checkpointing bool
	optimizer     string
	whole         bool // logits of all tokens are there at once
	world         int
	fsdp          bool
	cpu           bool
}

// stateBytes is what the optimizer keeps of a parameter: two moments.
func (s *setting) stateBytes() int64 {
	if s.optimizer == "adamw" {
		return adamBytes
	}
	return adam8Bytes
}

func (s *setting) weightBytes(parameters int64) int64 {
	if s.fourBit {
		return int64(float64(parameters) * nf4Bits / 8)
	}
	return s.bytes() * parameters
}

// bytes of a value that is worked with: 16 bits, and 32 on a CPU.
func (s *setting) bytes() int64 {
	if s.cpu {
		return 2 * halfBytes
	}
	return halfBytes
}

// tokens is how many a GPU works on at a time.
func (s *setting) tokens() int64 { return times(int64(s.batch), int64(s.length)) }

// most is what a part is said to take at most: no sum of them is beyond what an
// int64 holds, and no card is near it.
const most = 1e17

// times multiplies, up to most.
func times(factors ...int64) int64 {
	n, about := int64(1), 1.0
	for _, f := range factors {
		n, about = n*f, about*float64(f)
	}
	if about > most {
		return most
	}
	return n
}

func (s *setting) memory() Memory {
	shape, adapters, t := &s.shape, s.shape.adapter(s.on, s.rank), s.tokens()
	m := Memory{
		Linears:   s.weightBytes(shape.Linears()),
		Others:    s.bytes() * shape.Others(),
		Adapters:  adapterBytes * adapters,
		Gradients: adapterBytes * adapters,
		Optimizer: s.stateBytes() * adapters,
		Layer:     s.layer(),
		Logits:    s.logits(),
		Context:   context,
	}
	if s.cpu {
		m.Context = cpuContext
	}
	if s.checkpointing {
		m.Activations = times(s.bytes(), int64(shape.Layers), t, int64(shape.Hidden))
	} else {
		m.Activations = times(int64(shape.Layers-1), s.layerActivations())
	}
	if s.fsdp && s.world > 1 {
		s.shard(&m)
	}
	return m
}

// logits are those of all tokens with their gradient, or those of a tile with
// the gradient of the hidden values, in 32 bits.
func (s *setting) logits() int64 {
	t, vocab := s.tokens(), int64(s.shape.Vocab)
	if s.whole {
		return times(logitBytes, t, vocab)
	}
	value := int64(halfBytes) // kernels work within the tile
	if s.cpu {
		value = logitBytes + halfBytes
	}
	return value*min(t, tileTokens)*min(vocab, tileWords) + times(4, t, int64(s.shape.Hidden))
}

// shard parts what is kept among the GPUs. Each needs the layer that it is at,
// the next one, and the embeddings, whole.
func (s *setting) shard(m *Memory) {
	n := int64(s.world)
	m.Gathered = min(2, int64(s.shape.Layers))*m.Linears/int64(s.shape.Layers) + halfBytes*s.shape.Embeddings()
	for _, part := range []*int64{&m.Linears, &m.Others, &m.Adapters, &m.Gradients, &m.Optimizer} {
		*part = (*part + n - 1) / n
	}
	m.Gathered = max(0, m.Gathered-m.Gathered/n)
}

// layer is what the layer that is worked on takes: its activations, and the
// largest of its weights unpacked where they are stored in 4.
func (s *setting) layer() int64 {
	var largest int64
	if s.fourBit {
		for _, m := range s.shape.Modules() {
			largest = max(largest, s.bytes()*int64(m.In)*int64(m.Out))
		}
	}
	return largest + s.layerActivations()
}

// layerActivations are the values of one layer that its backward pass needs.
func (s *setting) layerActivations() int64 {
	shape := &s.shape
	q, kv := shape.Heads*shape.HeadDim, shape.KVHeads*shape.HeadDim
	token := shape.Norms*(2+4)*shape.Hidden + // what is normalised, and in 32 bits
		2*halfBytes*(q+kv) + halfBytes*kv + // queries and keys before and after rotation, values
		halfBytes*q + // attention's output
		4*halfBytes*shape.Intermediate + // gate, up, activated gate, product
		2*halfBytes*shape.Hidden // residuals
	for _, m := range s.on {
		token += halfBytes * s.rank
		if s.dropout {
			token += (halfBytes + 1) * m.In // what remains, and the mask
		}
	}
	all := times(int64(token), s.tokens(), s.bytes()) / halfBytes
	if shape.Eager { // scores, softmax in 32 bits, and its 16-bit copy
		all += times(2*halfBytes+4, int64(s.batch), int64(shape.Heads), int64(s.length), int64(s.length))
	}
	return all
}
