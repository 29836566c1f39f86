package cassette

import (
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"github.com/klauspost/compress/zstd"

	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/plugins/sdk"
)

// prompt is what is kept of a request besides its columns, as zstd of JSON.
type prompt struct {
	Messages []sdk.Message `json:"messages"`
	Sampling llm.Sampling  `json:"sampling"`
}

// appendPrompt writes the JSON of a prompt. Messages are most of it, and long:
// they are written here, at four times the speed of package json.
func appendPrompt(out []byte, req *llm.Request) ([]byte, error) {
	out = append(out, `{"messages":[`...)
	for i, m := range req.Messages {
		if i > 0 {
			out = append(out, ',')
		}
		out = appendString(append(out, `{"role":`...), m.Role)
		out = appendString(append(out, `,"content":`...), m.Content)
		out = append(out, '}')
	}
	sampling, err := json.Marshal(req.Sampling)
	if err != nil {
		return nil, fmt.Errorf("write a prompt: %w", err)
	}
	out = append(append(out, `],"sampling":`...), sampling...)
	return append(out, '}'), nil
}

// appendString writes a JSON string.
func appendString(out []byte, s string) []byte {
	if !utf8.ValidString(s) {
		s = string([]rune(s)) // as package json does
	}
	out = append(out, '"')
	start := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		out = append(out, s[start:i]...)
		start = i + 1
		switch c {
		case '"', '\\':
			out = append(out, '\\', c)
		case '\n':
			out = append(out, '\\', 'n')
		default:
			out = fmt.Appendf(out, `\u%04x`, c)
		}
	}
	return append(append(out, s[start:]...), '"')
}

// maxPrompt bounds a prompt that is read back, in bytes.
const maxPrompt = 64 << 20

func newUnzip() (*zstd.Decoder, error) {
	return zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxPrompt))
}

func unzipPrompt(unzip *zstd.Decoder, zipped []byte) (p prompt, err error) {
	data, err := unzip.DecodeAll(zipped, nil)
	if err == nil {
		err = json.Unmarshal(data, &p)
	}
	if err != nil {
		return p, fmt.Errorf("a prompt: %w", err)
	}
	return p, nil
}
