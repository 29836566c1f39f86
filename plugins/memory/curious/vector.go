package curious

import (
	"context"
	"math"

	"github.com/llm-city/gorod/plugins/sdk"
)

// unitWithin is how far the length of a vector may be from 1.
const unitWithin = 1e-3

// embed turns texts into vectors. Where the model gives none that are any use,
// there are none, and a line in the log.
func (m *memory) embed(ctx context.Context, call sdk.Call, size int, texts []string) ([]vector, error) {
	out := make([]vector, len(texts))
	if len(texts) == 0 {
		return out, nil
	}
	got, err := m.host.Embed(ctx, call, texts)
	switch {
	case err == nil && len(got) != len(texts):
		err = sdk.Errorf(sdk.ErrModel, "%d vectors of %d texts", len(got), len(texts))
	case err != nil && !isKind(err, sdk.ErrModel) && !isKind(err, sdk.ErrUnsupported):
		return nil, err
	}
	if err != nil {
		m.log.WarnContext(ctx, "memories go without vectors", "agent", call.Agent, "tick", call.Tick, "error", err)
		return out, nil
	}
	for i, v := range got {
		if size == 0 && unit(v) {
			size = len(v)
		}
		if len(v) != size || !unit(v) {
			m.log.WarnContext(ctx, "a memory goes without its vector", "agent", call.Agent, "tick", call.Tick, "length", len(v), "wanted", size)
			continue
		}
		out[i] = v
	}
	return out, nil
}

// unit reports whether a vector is of length 1, which no NaN is.
func unit(v []float32) bool {
	return math.Abs(dot(v, v)-1) < unitWithin
}

func dot(a, b []float32) (sum float64) {
	for i := range a {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}

// centroid is the unit vector between memories, each with the weight of its
// score; nil where there are none, or none with a score above 0. So what is
// remembered once is expected, whatever else is not like it.
func (m *mind) centroid(of []rated) vector {
	if len(of) == 0 {
		return nil
	}
	sum := make([]float64, m.table.Dim())
	for _, r := range of {
		for i, x := range m.vector(r.trace) {
			sum[i] += max(0, r.score) * float64(x)
		}
	}
	var square float64
	for _, x := range sum {
		square += x * x
	}
	if square == 0 {
		return nil
	}
	out, length := make(vector, len(sum)), math.Sqrt(square)
	for i, x := range sum {
		out[i] = float32(x / length)
	}
	return out
}
