package sdk

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/status"

	mayorv1 "github.com/llm-city/gorod/plugins/proto/gorod/mayor/v1"
	memoryv1 "github.com/llm-city/gorod/plugins/proto/gorod/memory/v1"
	metricv1 "github.com/llm-city/gorod/plugins/proto/gorod/metric/v1"
	plannerv1 "github.com/llm-city/gorod/plugins/proto/gorod/planner/v1"
	sentimentv1 "github.com/llm-city/gorod/plugins/proto/gorod/sentiment/v1"

	basev1 "github.com/llm-city/gorod/plugins/proto/gorod/base/v1"
	"github.com/llm-city/gorod/plugins/sdk/protocol"
)

// NewServer is a server of a plugin within this process, for tests. Dial opens
// the connection to the host's services. A plugin process calls Serve.
func NewServer(p Plugin, dial func(id uint32) (*grpc.ClientConn, error), log *slog.Logger) *grpc.Server {
	s := newServer(nil, log)
	register(s, p, dial, log)
	return s
}

// newServer makes a server on which a plugin's faults become errors.
func newServer(opts []grpc.ServerOption, log *slog.Logger) *grpc.Server {
	return grpc.NewServer(slices.Concat(opts, protocol.ServerOptions(), []grpc.ServerOption{
		grpc.UnaryInterceptor(func(ctx context.Context, req any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (resp any, err error) {
			defer func() { err = answer(ctx, log, info.FullMethod, recover(), err) }()
			return next(ctx, req)
		}),
		grpc.StreamInterceptor(func(srv any, stream grpc.ServerStream, info *grpc.StreamServerInfo, next grpc.StreamHandler) (err error) {
			defer func() { err = answer(stream.Context(), log, info.FullMethod, recover(), err) }()
			return next(srv, stream)
		}),
	})...)
}

// answer is the error that a call ends with: that of a call given up says so,
// a panic is a fault of the plugin's own, and all others are domain errors.
// Services that are not gorod's answer as they like.
func answer(ctx context.Context, log *slog.Logger, method string, panicked any, err error) error {
	switch {
	case panicked != nil:
		log.Error("the plugin panicked", "method", method, "panic", fmt.Sprint(panicked), "stack", string(debug.Stack()))
		return ToStatus(Errorf(ErrInternal, "panic in %s: %v", method, panicked))
	case err == nil || !strings.HasPrefix(method, "/gorod."):
		return err
	case ctx.Err() != nil:
		return status.FromContextError(ctx.Err()).Err()
	default:
		return ToStatus(err)
	}
}

// register puts a plugin's services on a server.
func register(s grpc.ServiceRegistrar, p Plugin, dial dialer, log *slog.Logger) {
	base := &baseServer{plugin: p, dial: dial, log: log}
	basev1.RegisterPluginServiceServer(s, base)
	switch p.Info().Kind {
	case KindMemory:
		memoryv1.RegisterMemoryServiceServer(s, &memoryServer{base: base})
	case KindPlanner:
		plannerv1.RegisterPlannerServiceServer(s, &plannerServer{base: base})
	case KindSentiment:
		sentimentv1.RegisterSentimentServiceServer(s, &sentimentServer{base: base})
	case KindMayor:
		mayorv1.RegisterMayorServiceServer(s, &mayorServer{base: base})
	case KindMetric:
		metricv1.RegisterMetricServiceServer(s, &metricServer{base: base})
	}
}
