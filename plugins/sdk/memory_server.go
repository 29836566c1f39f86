package sdk

import (
	"context"

	memoryv1 "github.com/llm-city/gorod/plugins/proto/gorod/memory/v1"
	"github.com/llm-city/gorod/plugins/sdk/internal/conv"
)

// memoryServer serves a Memory.
type memoryServer struct {
	memoryv1.UnimplementedMemoryServiceServer
	base *baseServer
}

// Observe implements memoryv1.MemoryServiceServer.
func (s *memoryServer) Observe(ctx context.Context, req *memoryv1.ObserveRequest) (*memoryv1.ObserveResponse, error) {
	m, err := implementation[Memory](s.base)
	if err != nil {
		return nil, err
	}
	changes, err := m.Observe(ctx, req.GetTick(), conv.Each(req.GetSeen(), seenFrom))
	if err != nil {
		return nil, err
	}
	return &memoryv1.ObserveResponse{Changes: conv.EachAt(changes, changeTo)}, nil
}

// Recall implements memoryv1.MemoryServiceServer.
func (s *memoryServer) Recall(ctx context.Context, req *memoryv1.RecallRequest) (*memoryv1.RecallResponse, error) {
	m, err := implementation[Memory](s.base)
	if err != nil {
		return nil, err
	}
	found, err := m.Recall(ctx, req.GetTick(), conv.Each(req.GetQueries(), queryFrom))
	if err != nil {
		return nil, err
	}
	return &memoryv1.RecallResponse{Recollections: conv.EachAt(found, recollectionTo)}, nil
}
