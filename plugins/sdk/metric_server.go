package sdk

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"time"

	"google.golang.org/grpc"

	metricv1 "github.com/llm-city/gorod/plugins/proto/gorod/metric/v1"
	"github.com/llm-city/gorod/plugins/sdk/internal/conv"
)

// metricServer serves a Metric.
type metricServer struct {
	metricv1.UnimplementedMetricServiceServer
	base *baseServer
}

type measuring = grpc.ClientStreamingServer[metricv1.MeasureRequest, metricv1.MeasureResponse]

// Measure implements metricv1.MetricServiceServer.
func (s *metricServer) Measure(stream measuring) error {
	m, err := implementation[Metric](s.base)
	if err != nil {
		return err
	}
	first, err := stream.Recv()
	if err != nil {
		return fmt.Errorf("receive the run: %w", err)
	}
	if first.GetRun() == nil {
		return Errorf(ErrInvalidInput, "the first message does not say what the run is")
	}
	run, err := runFrom(first.GetRun())
	if err != nil {
		return err
	}
	scores, err := m.Measure(stream.Context(), run, received(first, stream))
	if err != nil {
		return err
	}
	return stream.SendAndClose(&metricv1.MeasureResponse{Scores: conv.EachAt(scores, scoreTo)})
}

// received are the events of a stream, those of its first message among them.
func received(m *metricv1.MeasureRequest, stream measuring) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		for {
			for _, e := range m.GetEvents() {
				if !yield(eventFrom(e), nil) {
					return
				}
			}
			var err error
			if m, err = stream.Recv(); errors.Is(err, io.EOF) {
				return
			} else if err != nil {
				yield(Event{}, err)
				return
			}
		}
	}
}

func runFrom(m *metricv1.Run) (Run, error) {
	start, err := time.Parse(time.RFC3339, m.GetStart())
	if err != nil {
		return Run{}, Errorf(ErrInvalidInput, "the start of the run: %v", err)
	}
	return Run{
		Study: m.GetStudy(), Cell: m.GetCell(), Seed: m.GetSeed(), Language: m.GetLanguage(), Start: start,
		Step: time.Duration(m.GetStepSeconds() * float64(time.Second)), Ticks: m.GetTicks(),
		Agents: conv.Each(m.GetAgents(), agentFrom),
	}, nil
}

func eventFrom(m *metricv1.Event) Event {
	return Event{Tick: m.GetTick(), Seq: int(m.GetSeq()), Agent: m.GetAgent(), Kind: m.GetKind(), Data: m.GetJson()}
}

func scoreTo(s *Score) *metricv1.Score {
	return &metricv1.Score{
		Metric: s.Metric, Agent: s.Agent, Group: s.Group, Item: s.Item, Tick: s.Tick, Value: s.Value, N: conv.Count(s.N),
	}
}
