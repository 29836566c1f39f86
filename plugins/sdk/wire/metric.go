package wire

import (
	"context"
	"fmt"
	"iter"
	"math"
	"time"

	"google.golang.org/grpc"

	metricv1 "github.com/llm-city/gorod/plugins/proto/gorod/metric/v1"
	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/sdk/internal/conv"
	"github.com/llm-city/gorod/plugins/sdk/protocol"
)

// Measure implements sdk.Metric.
func (c *Client) Measure(ctx context.Context, run sdk.Run, events iter.Seq2[sdk.Event, error]) ([]sdk.Score, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // gives the stream up where it was left
	stream, err := c.metric.Measure(ctx)
	if err != nil {
		return nil, sdk.FromStatus(err)
	}
	if err := sendRun(stream, &run, events); err != nil {
		return nil, err
	}
	resp, err := stream.CloseAndRecv()
	if err != nil {
		return nil, sdk.FromStatus(err)
	}
	scores := conv.Each(resp.GetScores(), scoreFrom)
	return scores, checkScores(scores)
}

// sendRun streams a run in chunks. When the plugin ends the stream early, what
// it has to say comes with CloseAndRecv.
func sendRun(stream grpc.ClientStreamingClient[metricv1.MeasureRequest, metricv1.MeasureResponse], run *sdk.Run, events iter.Seq2[sdk.Event, error]) error {
	chunk, size := &metricv1.MeasureRequest{Run: runTo(run)}, 0
	flush := func() bool {
		ok := stream.Send(chunk) == nil
		chunk, size = &metricv1.MeasureRequest{}, 0
		return ok
	}
	for e, err := range events {
		if err != nil {
			return fmt.Errorf("read the events: %w", err)
		}
		n := len(e.Agent) + len(e.Kind) + len(e.Data) + recordOverhead
		if size+n > protocol.RestoreChunk && !flush() {
			return nil
		}
		chunk.Events, size = append(chunk.Events, eventTo(&e)), size+n
	}
	flush()
	return nil
}

func runTo(r *sdk.Run) *metricv1.Run {
	return &metricv1.Run{
		Study: r.Study, Cell: r.Cell, Seed: r.Seed, Language: r.Language, Start: r.Start.Format(time.RFC3339),
		StepSeconds: r.Step.Seconds(), Ticks: r.Ticks, Agents: conv.EachAt(r.Agents, agentTo),
	}
}

func eventTo(e *sdk.Event) *metricv1.Event {
	return &metricv1.Event{Tick: e.Tick, Seq: conv.Count(e.Seq), Agent: e.Agent, Kind: e.Kind, Json: e.Data}
}

func scoreFrom(m *metricv1.Score) sdk.Score {
	return sdk.Score{
		Metric: m.GetMetric(), Agent: m.GetAgent(), Group: m.GetGroup(), Item: m.GetItem(), Tick: m.GetTick(),
		Value: m.GetValue(), N: int(m.GetN()),
	}
}

func checkScores(scores []sdk.Score) error {
	for _, s := range scores {
		if s.Metric == "" || math.IsNaN(s.Value) || math.IsInf(s.Value, 0) || s.Tick < sdk.NoTick {
			return fmt.Errorf("%w: score %q has the value %v at tick %d", ErrContract, s.Metric, s.Value, s.Tick)
		}
		if err := checkText(s.Metric, s.Agent, s.Group, s.Item); err != nil {
			return err
		}
	}
	return nil
}
