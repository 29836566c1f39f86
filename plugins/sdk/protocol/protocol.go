// Package protocol is what both ends of a plugin's connection must agree on
// before the first message: the handshake and the sizes of messages. Authors of
// plugins in Go need none of it.
package protocol

import "google.golang.org/grpc"

// The handshake: go-plugin starts an executable with CookieKey=CookieValue in
// its environment. Version is the generation of the lifecycle (gorod.base and
// gorod.host); kinds have versions of their own in sdk.Info.
const (
	Version     = 1
	CookieKey   = "GOROD_PLUGIN"
	CookieValue = "6f0e3c1a-gorod-plugin"
	// Name is the one thing that a plugin process serves to go-plugin.
	Name = "gorod"
)

// Sizes in bytes.
const (
	MaxMessage   = 64 << 20 // of a message, either way
	RestoreChunk = 1 << 20  // of one message of Restore, a larger record alone excepted
)

// Windows of HTTP/2: a batch of observations of 256 agents fits, so that no
// call waits for a window to open.
const (
	streamWindow = 4 << 20
	connWindow   = 16 << 20
)

// streamWorkers keep their stacks, where a goroutine a call would grow a new one:
// 2 % of the time of a step. When all wait for a model, calls get goroutines.
const streamWorkers = 64

// ServerOptions are for both servers: the plugin's and the host's.
func ServerOptions() []grpc.ServerOption {
	return []grpc.ServerOption{
		grpc.MaxRecvMsgSize(MaxMessage), grpc.MaxSendMsgSize(MaxMessage),
		grpc.InitialWindowSize(streamWindow), grpc.InitialConnWindowSize(connWindow),
		grpc.ForceServerCodecV2(newCodec()),
		grpc.NumStreamWorkers(streamWorkers),
	}
}

// DialOptions are for both clients.
func DialOptions() []grpc.DialOption {
	return []grpc.DialOption{
		grpc.WithDefaultCallOptions(
			grpc.MaxCallRecvMsgSize(MaxMessage), grpc.MaxCallSendMsgSize(MaxMessage), grpc.ForceCodecV2(newCodec())),
		grpc.WithInitialWindowSize(streamWindow), grpc.WithInitialConnWindowSize(connWindow),
	}
}
