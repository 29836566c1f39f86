package host_test

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"fmt"
	"math/big"
	"net"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/llm-city/gorod/plugins/sdk"
)

// situation is a request of about 3 KB on the wire, as an agent of a social
// network makes it.
func situation() sdk.PlanRequest {
	persona := &sdk.Persona{
		Name: "Анна Орлова", Age: 34, Gender: "female", Occupation: "учительница литературы", Residence: "Казань",
		Bio: "Преподаёт в школе, любит театр и длинные прогулки.", Style: "спокойный, с иронией",
		Interests: []string{"книги", "театр", "город"},
		Traits:    map[string]float64{"openness": 0.6, "conscientiousness": 0.3, "extraversion": -0.2, "agreeableness": 0.5, "neuroticism": 0.1},
		Beliefs:   map[string]float64{"школам нужны деньги": 0.9}, Relationships: map[string]string{"Борис Ким": "сосед"},
	}
	req := sdk.PlanRequest{
		Tick: 12, MaxActions: 3,
		Agent:        sdk.Agent{ID: "a0001", Persona: persona, Goals: []string{"узнать новости"}, Plan: sdk.Plan{Purpose: "поговорить", Place: "network"}},
		Recollection: sdk.Recollection{Text: "Борис вчера жаловался на закрытый мост и звал в объезд."},
		Observation:  sdk.Observation{Tick: 12, Time: "2025-01-01T12:00:00Z", Place: "network", Trends: []string{"мост", "школа"}},
	}
	for i := range 7 {
		req.Observation.Timeline = append(req.Observation.Timeline, sdk.Item{
			ID: fmt.Sprintf("p%04d", i), Kind: sdk.ItemPost, Author: fmt.Sprintf("a%04d", i), AuthorName: "Борис Ким", Audience: "public",
			Text: "Мост опять закрыт, еду в объезд через центр. Кто знает, когда откроют?", Time: "2025-01-01T11:00:00Z", Rank: i + 1, Score: 0.5,
		})
	}
	for _, kind := range []string{"post", "reply", "boost", "favourite", "follow", "ignore"} {
		req.Actions = append(req.Actions, sdk.ActionSpec{Kind: kind, Description: "что можно сделать сейчас", Args: []sdk.ArgSpec{
			{Name: "text", Description: "текст", Required: true},
		}})
	}
	return req
}

// mirror answers at once with a decision of the usual size.
func mirror() sdk.Plugin {
	return sdk.PlannerPlugin{
		Name: "mirror", Version: "1.0.0", Summary: "decides without thinking",
		Make: func(context.Context, sdk.Setup) (sdk.Planner, error) { return decided{}, nil },
	}
}

type decided struct{}

func (decided) Plan(context.Context, sdk.PlanRequest) (sdk.Decision, error) {
	return sdk.Decision{
		Plan: &sdk.Plan{Purpose: "узнать, когда откроют мост", Place: "network"}, Thought: "Надо бы спросить у соседей.",
		Actions: []sdk.Action{{Kind: "post", Args: map[string]string{"text": "Соседи, кто знает, когда откроют мост?"}}},
	}, nil
}

// BenchmarkRoundTrip measures a plan by a plugin beside an echo of as many
// bytes by a bare gRPC server, in a process of its own too, over the same kind
// of socket with mutual TLS.
func BenchmarkRoundTrip(b *testing.B) {
	planner, req := mirrored(b), situation()
	echo, message := bareEcho(b), wrapperspb.Bytes(make([]byte, 3<<10))
	plan := func(ctx context.Context) error {
		_, err := planner.Plan(ctx, req)
		return err
	}
	bare := func(ctx context.Context) error {
		return echo.Invoke(ctx, "/echo.Echo/Echo", message, &wrapperspb.BytesValue{})
	}
	b.Run("plugin", func(b *testing.B) { oneCaller(b, plan) })
	b.Run("bare", func(b *testing.B) { oneCaller(b, bare) })
	b.Run("plugin64", func(b *testing.B) { manyCallers(b, plan) })
	b.Run("bare64", func(b *testing.B) { manyCallers(b, bare) })
}

func oneCaller(b *testing.B, call func(context.Context) error) {
	took := make([]time.Duration, 0, 1<<16)
	b.ReportAllocs()
	for b.Loop() {
		began := time.Now()
		if err := call(b.Context()); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Nanoseconds()), "p50-ns")
	b.ReportMetric(float64(took[len(took)*99/100].Nanoseconds()), "p99-ns")
}

func manyCallers(b *testing.B, call func(context.Context) error) {
	const callers = 64
	var wg sync.WaitGroup
	calls := make(chan struct{}, callers)
	for range callers {
		wg.Go(func() {
			for range calls {
				if err := call(b.Context()); err != nil {
					b.Error(err)
				}
			}
		})
	}
	for b.Loop() {
		calls <- struct{}{}
	}
	close(calls)
	wg.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "calls/s")
}

func mirrored(b *testing.B) sdk.Planner {
	b.Helper()
	return start(b, options(b, "planner/mirror")).Planner()
}

// bareEcho starts an echo server in another process and connects to it.
func bareEcho(b *testing.B) *grpc.ClientConn {
	b.Helper()
	socket := filepath.Join(b.TempDir(), "echo")
	ours := certificate(b)
	cmd := exec.CommandContext(b.Context(), self(b), "plugin", "echo", socket+","+base64.StdEncoding.EncodeToString(ours.Certificate[0]))
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	conn, err := grpc.NewClient("unix:"+socket, grpc.WithTransportCredentials(credentials.NewTLS(mutual(b, ours, strings.TrimSpace(line)))))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { conn.Close() })
	return conn
}

type echoServer interface {
	Echo(context.Context, *wrapperspb.BytesValue) (*wrapperspb.BytesValue, error)
}

type echoer struct{}

func (echoer) Echo(_ context.Context, in *wrapperspb.BytesValue) (*wrapperspb.BytesValue, error) {
	return in, nil
}

// serveEcho is the echo server's process: plain grpc-go as it comes.
func serveEcho(arg string) error {
	socket, client, _ := strings.Cut(arg, ",")
	ours := certificate(nil)
	listener, err := net.Listen("unix", socket)
	if err != nil {
		return err
	}
	s := grpc.NewServer(grpc.Creds(credentials.NewTLS(mutual(nil, ours, client))))
	s.RegisterService(&grpc.ServiceDesc{
		ServiceName: "echo.Echo", HandlerType: (*echoServer)(nil),
		Methods: []grpc.MethodDesc{{
			MethodName: "Echo",
			Handler: func(srv any, ctx context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
				in := &wrapperspb.BytesValue{}
				if err := decode(in); err != nil {
					return nil, err
				}
				return srv.(echoServer).Echo(ctx, in)
			},
		}},
	}, echoer{})
	fmt.Println(base64.StdEncoding.EncodeToString(ours.Certificate[0]))
	return s.Serve(listener)
}

// certificate is of the kind that go-plugin makes.
func certificate(tb testing.TB) tls.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P521(), rand.Reader)
	check(tb, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"},
		NotBefore: time.Now().Add(-time.Minute), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	check(tb, err)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// mutual is TLS between two who know each other's certificate.
func mutual(tb testing.TB, ours tls.Certificate, theirs string) *tls.Config {
	der, err := base64.StdEncoding.DecodeString(theirs)
	check(tb, err)
	cert, err := x509.ParseCertificate(der)
	check(tb, err)
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	return &tls.Config{
		Certificates: []tls.Certificate{ours}, RootCAs: pool, ClientCAs: pool, ClientAuth: tls.RequireAndVerifyClientCert,
		ServerName: "localhost", MinVersion: tls.VersionTLS12,
	}
}

func check(tb testing.TB, err error) {
	if err == nil {
		return
	}
	if tb == nil {
		panic(err)
	}
	tb.Fatal(err)
}
