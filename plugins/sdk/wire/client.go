// Package wire is the host's half of a plugin's connection: clients that speak
// to a plugin over gRPC in the words of the sdk, and the server of the host's
// services. Authors of plugins need none of it.
package wire

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"

	"google.golang.org/grpc"

	basev1 "github.com/llm-city/gorod/plugins/proto/gorod/base/v1"
	mayorv1 "github.com/llm-city/gorod/plugins/proto/gorod/mayor/v1"
	memoryv1 "github.com/llm-city/gorod/plugins/proto/gorod/memory/v1"
	metricv1 "github.com/llm-city/gorod/plugins/proto/gorod/metric/v1"
	plannerv1 "github.com/llm-city/gorod/plugins/proto/gorod/planner/v1"
	sentimentv1 "github.com/llm-city/gorod/plugins/proto/gorod/sentiment/v1"
	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/sdk/internal/conv"
	"github.com/llm-city/gorod/plugins/sdk/protocol"
)

// ErrContract is what a plugin does that its contract forbids: it answers three
// of four questions, or with values out of range.
var ErrContract = errors.New("the plugin broke its contract")

// Client drives one plugin. Domain errors come back as *sdk.Error, answers that
// make no sense as ErrContract, failures of the process or the transport as
// gRPC statuses.
type Client struct {
	base      basev1.PluginServiceClient
	memory    memoryv1.MemoryServiceClient
	planner   plannerv1.PlannerServiceClient
	sentiment sentimentv1.SentimentServiceClient
	mayor     mayorv1.MayorServiceClient
	metric    metricv1.MetricServiceClient
}

var (
	_ sdk.Memory     = (*Client)(nil)
	_ sdk.Planner    = (*Client)(nil)
	_ sdk.Classifier = (*Client)(nil)
	_ sdk.Mayor      = (*Client)(nil)
	_ sdk.Metric     = (*Client)(nil)
)

// NewClient makes a client of the plugin at the other end of conn. It serves
// the methods of one kind; those of the others fail as unimplemented.
func NewClient(conn grpc.ClientConnInterface) *Client {
	return &Client{
		base: basev1.NewPluginServiceClient(conn), memory: memoryv1.NewMemoryServiceClient(conn),
		planner: plannerv1.NewPlannerServiceClient(conn), sentiment: sentimentv1.NewSentimentServiceClient(conn),
		mayor: mayorv1.NewMayorServiceClient(conn), metric: metricv1.NewMetricServiceClient(conn),
	}
}

// Info says what the plugin is, as it says itself.
func (c *Client) Info(ctx context.Context) (sdk.Info, error) {
	i, err := c.base.Info(ctx, &basev1.InfoRequest{})
	if err != nil {
		return sdk.Info{}, sdk.FromStatus(err)
	}
	return sdk.Info{
		Kind: i.GetKind(), Name: i.GetName(), Version: i.GetVersion(), Summary: i.GetSummary(), APIVersions: i.GetApiVersions(),
		Metrics: conv.Each(i.GetMetrics(), metricInfoFrom),
	}, nil
}

func metricInfoFrom(m *basev1.MetricInfo) sdk.MetricInfo {
	return sdk.MetricInfo{
		Name: m.GetName(), Definition: m.GetDefinition(), Unit: m.GetUnit(), Low: m.Low, High: m.High,
		Source: m.GetSource(), Better: m.GetBetter(),
	}
}

// ConfigSchema is the JSON Schema of the plugin's config; empty takes none.
func (c *Client) ConfigSchema(ctx context.Context) (json.RawMessage, error) {
	resp, err := c.base.ConfigSchema(ctx, &basev1.ConfigSchemaRequest{})
	if err != nil {
		return nil, sdk.FromStatus(err)
	}
	return resp.GetSchemaJson(), nil
}

// Setup is what a plugin is configured with.
type Setup struct {
	APIVersion string
	Config     json.RawMessage
	Seed       uint64
	RunID      string
	Language   string
	HostBroker uint32 // broker id of the host's services
}

// Configure makes the plugin's implementation.
func (c *Client) Configure(ctx context.Context, s Setup) error {
	_, err := c.base.Configure(ctx, &basev1.ConfigureRequest{
		ApiVersion: s.APIVersion, ConfigJson: s.Config, Seed: s.Seed, RunId: s.RunID, Language: s.Language,
		HostBrokerId: s.HostBroker,
	})
	return sdk.FromStatus(err)
}

// Restore gives the plugin its records, in chunks, and says how many there were.
func (c *Client) Restore(ctx context.Context, records iter.Seq2[sdk.Record, error]) (int, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // gives the stream up where it was left
	stream, err := c.base.Restore(ctx)
	if err != nil {
		return 0, sdk.FromStatus(err)
	}
	sent, err := send(stream, records)
	if err != nil {
		return sent, err
	}
	resp, err := stream.CloseAndRecv()
	if err != nil {
		return sent, sdk.FromStatus(err)
	}
	if got := resp.GetRecords(); got != uint64(sent) {
		return sent, fmt.Errorf("%w: it took in %d of %d records", ErrContract, got, sent)
	}
	return sent, nil
}

// send streams records. When the plugin ends the stream early, what it has to
// say comes with CloseAndRecv.
func send(stream grpc.ClientStreamingClient[basev1.RestoreRequest, basev1.RestoreResponse], records iter.Seq2[sdk.Record, error]) (sent int, err error) {
	var chunk []*basev1.Record
	size := 0
	flush := func() bool {
		ok := len(chunk) == 0 || stream.Send(&basev1.RestoreRequest{Records: chunk}) == nil
		chunk, size = nil, 0
		return ok
	}
	for r, err := range records {
		if err != nil {
			return sent, fmt.Errorf("read the records: %w", err)
		}
		n := len(r.Agent) + len(r.Key) + len(r.Kind) + len(r.JSON) + recordOverhead
		if size+n > protocol.RestoreChunk && !flush() {
			return sent, nil
		}
		chunk, size = append(chunk, recordTo(&r)), size+n
		sent++
	}
	flush()
	return sent, nil
}

// recordOverhead bounds what the wire adds to a record's fields, in bytes.
const recordOverhead = 32

// Close ends the plugin's work.
func (c *Client) Close(ctx context.Context) error {
	_, err := c.base.Close(ctx, &basev1.CloseRequest{})
	return sdk.FromStatus(err)
}
