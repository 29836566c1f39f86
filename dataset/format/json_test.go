package format_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/dataset/format"
)

func turn(role, speaker, text string) format.Turn {
	return format.Turn{Role: role, Speaker: speaker, Text: text}
}

const (
	user = format.User
	own  = format.Assistant
)

func TestStylesHaveTheFieldsThatTrainersRead(t *testing.T) {
	t.Parallel()
	one := format.Row{Role: "friend", Turns: []format.Turn{turn(user, "person-1", "придёшь?"), turn(own, "me", "да"), turn(user, "person-1", "когда?"), turn(own, "me", "в \"восемь\"")}}
	many := format.Row{
		Turns:     []format.Turn{turn(user, "person-1", "кто дома?"), turn(user, "person-2", "я"), turn(own, "me", "и я"), turn(own, "me", "почти")},
		Retrieved: []format.Retrieved{{ID: "x", Turn: "а ты?", Reply: "нет\n"}},
	}
	pair := format.Row{Turns: []format.Turn{turn(user, "", "?"), turn(own, "me", "!")}}
	for _, c := range []struct {
		style  format.Style
		system string
		row    format.Row
		want   string
	}{
		{format.Messages, "Ты с: {role}", one, `{"messages":[{"role":"system","content":"Ты с: friend"},{"role":"user","content":"придёшь?"},{"role":"assistant","content":"да"},{"role":"user","content":"когда?"},{"role":"assistant","content":"в \"восемь\""}]}`},
		{format.Messages, "", many, `{"messages":[{"role":"user","content":"person-1: кто дома?\\person-2: я"},{"role":"assistant","content":"и я\\почти"}]}`},
		{format.ShareGPT, "Ты с: {role}", one, `{"conversations":[{"from":"human","value":"придёшь?"},{"from":"gpt","value":"да"},{"from":"human","value":"когда?"},{"from":"gpt","value":"в \"восемь\""}],"system":"Ты с: friend"}`},
		{format.ShareGPT, "", pair, `{"conversations":[{"from":"human","value":"?"},{"from":"gpt","value":"!"}]}`},
		{format.Alpaca, "s", one, `{"instruction":"когда?","input":"user: придёшь?\nassistant: да","output":"в \"восемь\"","system":"s","retrieved_context":[]}`},
		{format.Alpaca, "", many, `{"instruction":"person-1: кто дома?\\person-2: я","input":"","output":"и я\\почти","retrieved_context":[{"instruction":"а ты?","output":"нет\n"}]}`},
	} {
		w := format.Writer{Style: c.style, System: c.system, Token: `\`}
		if diff := cmp.Diff(c.want+"\n", string(w.Append(nil, &c.row))); diff != "" {
			t.Errorf("%s: %s", c.style, diff)
		}
	}
}

func TestOnlyWhatJSONDemandsIsEscaped(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"ёлка <b> & 👍🏽 Ā": `ёлка <b> & 👍🏽 Ā`,
		"a\u2028b\u2029c": `a\u2028b\u2029c`,
		"\"\\\n\r\t/":     `\"\\\n\r\t/`,
		"\x00\x1f\x7f":    `\u0000\u001f\u007f`,
		"а\xffб\xd0":      `а\ufffdб\ufffd`,
		"\uFFFD":          "\uFFFD",
	} {
		row := format.Row{Turns: []format.Turn{turn(user, "p", text), turn(own, "me", "да")}}
		w := format.Writer{Style: format.Messages}
		line := string(w.Append(nil, &row))
		if !strings.HasPrefix(line, `{"messages":[{"role":"user","content":"`+want+`"}`) {
			t.Errorf("%q: %s", text, line)
		}
	}
}

func FuzzEveryStyleIsOneLineOfJSON(f *testing.F) {
	f.Add("привет", "как\nдела", "система {role}", true)
	f.Add("\u2028", "\xff", "", false)
	f.Add("\\", "\"", "{role}", true)
	f.Fuzz(func(t *testing.T, said, reply, system string, twice bool) {
		row := format.Row{Role: said, Turns: []format.Turn{turn(user, "person-1", said), turn(own, "me", reply)}, Retrieved: []format.Retrieved{{Turn: said, Reply: reply}}}
		if twice {
			row.Turns = append(row.Turns, turn(user, "person-2", reply), turn(own, "me", said))
		}
		for _, style := range []format.Style{format.Messages, format.ShareGPT, format.Alpaca} {
			w := format.Writer{Style: style, System: system, Token: "\n"}
			line := w.Append([]byte("before"), &row)
			line = bytes.TrimPrefix(line, []byte("before"))
			if bytes.Count(line, []byte("\n")) != 1 || !utf8.Valid(line) || bytes.ContainsAny(line, "\u2028\u2029") {
				t.Fatalf("%q", line)
			}
			var l struct {
				Messages      []struct{ Content string }
				Conversations []struct{ Value string }
				Output        string
			}
			if err := json.Unmarshal(line, &l); err != nil {
				t.Fatalf("%v: %s", err, line)
			}
			last := l.Output
			if n := len(l.Messages); n > 0 {
				last = l.Messages[n-1].Content
			}
			if n := len(l.Conversations); n > 0 {
				last = l.Conversations[n-1].Value
			}
			if want := string([]rune(row.Reply())); last != want { // what is no UTF-8 is replaced
				t.Errorf("%s: replies %q, not %q", style, last, want)
			}
		}
	})
}
