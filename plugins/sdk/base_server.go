package sdk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"google.golang.org/grpc"

	basev1 "github.com/llm-city/gorod/plugins/proto/gorod/base/v1"
	"github.com/llm-city/gorod/plugins/sdk/internal/conv"
)

// dialer opens the connection to the host's services with a broker id.
type dialer func(id uint32) (*grpc.ClientConn, error)

// baseServer serves a plugin's lifecycle and holds its implementation for the
// server of its kind.
type baseServer struct {
	basev1.UnimplementedPluginServiceServer
	plugin Plugin
	dial   dialer
	log    *slog.Logger

	mu        sync.Mutex // of the lifecycle; work takes none
	host      *grpc.ClientConn
	restoring bool
	impl      atomic.Pointer[any] // set by Configure
}

// Info implements basev1.PluginServiceServer.
func (s *baseServer) Info(context.Context, *basev1.InfoRequest) (*basev1.InfoResponse, error) {
	i := s.plugin.Info()
	return &basev1.InfoResponse{
		Kind: i.Kind, Name: i.Name, Version: i.Version, Summary: i.Summary, ApiVersions: i.APIVersions,
		Metrics: conv.EachAt(i.Metrics, metricInfoTo),
	}, nil
}

func metricInfoTo(m *MetricInfo) *basev1.MetricInfo {
	return &basev1.MetricInfo{
		Name: m.Name, Definition: m.Definition, Unit: m.Unit, Low: m.Low, High: m.High, Source: m.Source, Better: m.Better,
	}
}

// ConfigSchema implements basev1.PluginServiceServer.
func (s *baseServer) ConfigSchema(context.Context, *basev1.ConfigSchemaRequest) (*basev1.ConfigSchemaResponse, error) {
	return &basev1.ConfigSchemaResponse{SchemaJson: s.plugin.ConfigSchema()}, nil
}

// Configure implements basev1.PluginServiceServer. It dials the host before
// anything else: the broker forgets an id that nobody claims for 5 s, and New
// may load a model.
func (s *baseServer) Configure(ctx context.Context, req *basev1.ConfigureRequest) (*basev1.ConfigureResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.host != nil {
		return nil, Errorf(ErrInvalidInput, "configured already")
	}
	conn, err := s.dial(req.GetHostBrokerId())
	if err != nil {
		return nil, fmt.Errorf("reach the host: %w", err)
	}
	s.host = conn
	info := s.plugin.Info()
	if !slices.Contains(info.APIVersions, req.GetApiVersion()) {
		return nil, Errorf(ErrInvalidInput, "api version %q is not one of %s",
			req.GetApiVersion(), strings.Join(info.APIVersions, ", "))
	}
	impl, err := s.plugin.New(ctx, Setup{
		Config: req.GetConfigJson(), Seed: req.GetSeed(), RunID: req.GetRunId(), Language: req.GetLanguage(),
		Host: newHostClient(conn, req.GetRunId()), Log: s.log,
	})
	if err != nil {
		return nil, err
	}
	if !serves(info.Kind, impl) {
		return nil, Errorf(ErrInternal, "%s made a %T, which is no %s", info.ID(), impl, info.Kind)
	}
	s.impl.Store(&impl)
	return &basev1.ConfigureResponse{}, nil
}

func serves(kind string, impl any) (ok bool) {
	switch kind {
	case KindMemory:
		_, ok = impl.(Memory)
	case KindPlanner:
		_, ok = impl.(Planner)
	case KindSentiment:
		_, ok = impl.(Classifier)
	case KindMayor:
		_, ok = impl.(Mayor)
	case KindMetric:
		_, ok = impl.(Metric)
	}
	return ok
}

// implementation is what Configure made, as T.
func implementation[T any](s *baseServer) (T, error) {
	if p := s.impl.Load(); p != nil {
		if impl, ok := (*p).(T); ok {
			return impl, nil
		}
	}
	var none T
	return none, Errorf(ErrInvalidInput, "not configured")
}

// Restore implements basev1.PluginServiceServer.
func (s *baseServer) Restore(stream grpc.ClientStreamingServer[basev1.RestoreRequest, basev1.RestoreResponse]) error {
	impl, err := implementation[any](s)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.restoring {
		return Errorf(ErrInvalidInput, "restored already")
	}
	s.restoring = true
	var records []Record
	for {
		chunk, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		for _, r := range chunk.GetRecords() {
			records = append(records, recordFrom(r))
		}
	}
	if r, ok := impl.(Restorer); ok {
		if err := r.Restore(stream.Context(), records); err != nil {
			return err
		}
	}
	return stream.SendAndClose(&basev1.RestoreResponse{Records: uint64(len(records))})
}

// Close implements basev1.PluginServiceServer.
func (s *baseServer) Close(ctx context.Context, _ *basev1.CloseRequest) (*basev1.CloseResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	impl, err := implementation[any](s)
	if err != nil {
		return &basev1.CloseResponse{}, nil // nothing was made
	}
	if c, ok := impl.(Closer); ok {
		if err := c.Close(ctx); err != nil {
			return nil, err
		}
	}
	return &basev1.CloseResponse{}, nil
}
