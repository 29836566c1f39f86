package table_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/llm-city/gorod/dataset/chat"
	"github.com/llm-city/gorod/dataset/table"
)

type kept struct {
	chats    []string
	messages []chat.Message
}

func (k *kept) Chat(c chat.Chat) error {
	k.chats = append(k.chats, c.ID)
	return nil
}

func (k *kept) Message(m *chat.Message) error {
	k.messages = append(k.messages, *m)
	return nil
}

func same(t *testing.T, got, want any) {
	t.Helper()
	g, _ := json.Marshal(got)
	w, _ := json.Marshal(want)
	if string(g) != string(w) {
		t.Errorf("got  %s\nwant %s", g, w)
	}
}

const lines = `{"chat": "двор", "time": "2021-05-01T15:00:00+03:00", "sender": "Аня", "text": "привет,\n\"ты\" где", "reply_to": null}
{"chat": "дом", "time": 1619870401, "sender": 5, "text": ""}

{"reply_to": 1, "chat": "двор", "time": "1619870402.7", "sender": "Ира", "text": "тут"}`

func TestTheSameMessagesInEveryFormat(t *testing.T) {
	t.Parallel()
	want := []chat.Message{
		{ID: 1, Time: 1619870400, Kind: chat.Text, Sender: "Аня", Name: "Аня", Text: "привет,\n\"ты\" где"},
		{ID: 2, Time: 1619870401, Kind: chat.Text, Sender: "5", Name: "5"},
		{ID: 3, Time: 1619870402, Kind: chat.Text, Sender: "Ира", Name: "Ира", Text: "тут", ReplyTo: 1},
	}
	csv := "\xEF\xBB\xBFchat, Time ,sender,text,reply_to\r\nдвор,2021-05-01T15:00:00+03:00,Аня,\"привет,\n\"\"ты\"\" где\",\nдом,1619870401,5,,\nдвор,1619870402.7,Ира,тут,1"
	for name, file := range map[string]string{
		"a.jsonl": lines, "b.ndjson": "\xEF\xBB\xBF" + lines + "\n", "c.csv": csv,
		"d.csv": "text;sender;time;chat;reply_to\n\"привет,\n\"\"ты\"\" где\";Аня;2021-05-01T12:00:00Z;двор;\n;5;1619870401000;дом;\nтут;Ира;1619870402;двор;1\n",
		"e.tsv": "text\tsender\ttime\tchat\treply_to\n\"привет,\n\"\"ты\"\" где\"\tАня\t2021-05-01T12:00:00Z\tдвор\t\n\t5\t1619870401\tдом\t\nтут\tИра\t1619870402\tдвор\t1\n",
	} {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
			t.Fatal(err)
		}
		var k kept
		report, err := table.Open(path, table.Options{}).Read(t.Context(), &k)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		same(t, k.messages, want)
		same(t, k.chats, []string{"двор", "дом", "двор"})
		if report.Chats != 2 || report.Messages != 3 || report.Bytes != int64(len(file)) || report.Kinds[chat.Text] != 3 {
			t.Errorf("%s: %+v", name, report)
		}
	}
}

func TestIdsAndNamesOfTheTableAreUsed(t *testing.T) {
	t.Parallel()
	k, report, err := read(t, "id,name,sender,time,text,mood,Ёж\n-7,Аня,u1,5,а,1,2\n9,,u2,4,б,1,2\n", table.CSV)
	same(t, k.messages, []chat.Message{
		{ID: -7, Time: 5, Kind: chat.Text, Sender: "u1", Name: "Аня", Text: "а"},
		{ID: 9, Time: 4, Kind: chat.Text, Sender: "u2", Name: "u2", Text: "б"},
	})
	same(t, k.chats, []string{"chat"})
	same(t, report.Counts, map[string]int{"unknown column: mood": 1, "unknown column: (not a name)": 1, "dates that run backwards": 1})
	if err != nil {
		t.Error(err)
	}
}

func read(t *testing.T, file string, format table.Format) (kept, chat.Report, error) {
	t.Helper()
	var k kept
	report, err := table.New(strings.NewReader(file), table.Options{Format: format, TextLimit: 9}).Read(t.Context(), &k)
	if int(report.Messages) != len(k.messages) {
		t.Errorf("report of %d messages, %d came", report.Messages, len(k.messages))
	}
	return k, report, err
}

func TestErrorNamesLineAndColumn(t *testing.T) {
	t.Parallel()
	const head = "time,sender,text,reply_to\n"
	for _, c := range []struct {
		file   string
		format table.Format
		kind   table.ErrorKind
		line   int64
		column string
		before int
	}{
		{"", table.CSV, table.BadHeader, 1, "", 0},
		{"time,text\n", table.CSV, table.BadHeader, 1, "sender", 0},
		{"time,sender,text,Time\n", table.CSV, table.BadHeader, 1, "time", 0},
		{head + "5,a,\"x\ny\",\nsoon,a,b,\n", table.CSV, table.BadValue, 4, "time", 1},
		{head + "2021-05-01T12:00:00,a,b,\n", table.CSV, table.BadValue, 2, "time", 0},
		{head + "5,a,b,last\n", table.CSV, table.BadValue, 2, "reply_to", 0},
		{head + "5,a,b,\n5,a\n", table.CSV, table.Malformed, 3, "", 1},
		{head + "5,a,b,\n5,a,\"b,\n5,a,b,\n", table.CSV, table.Malformed, 3, "", 1},
		{head + "5,a,\"" + strings.Repeat("я\n", 4<<20), table.CSV, table.TooLong, 2, "", 0},
		{`{"time": 5}` + "\n[1]", table.JSONL, table.Malformed, 2, "", 1},
		{"null", table.JSONL, table.Malformed, 1, "", 0},
		{`{"time": 5, "text": "а`, table.JSONL, table.Malformed, 1, "", 0},
		{`{"time": 5, "text": ["а"]}`, table.JSONL, table.BadValue, 1, "text", 0},
		{`{"time": 5}` + "\n" + strings.Repeat("я", 4<<20), table.JSONL, table.TooLong, 2, "", 1},
	} {
		k, _, err := read(t, c.file, c.format)
		var bad *table.Error
		if !errors.As(err, &bad) || bad.Kind != c.kind || bad.Line != c.line || bad.Column != c.column || len(k.messages) != c.before {
			t.Errorf("%.60q: %v, want %q in line %d, column %q, after %d messages", c.file, err, c.kind, c.line, c.column, c.before)
		}
	}
}

func TestTextIsBoundedAndValid(t *testing.T) {
	t.Parallel()
	k, report, err := read(t, "time,sender,text\n5,a,ыыыыыыыы\n5,,\xffы\n", table.CSV)
	if err != nil || k.messages[0].Text != "ыыыы" || k.messages[1].Text != "\uFFFDы" {
		t.Errorf("%v, %+v", err, k.messages)
	}
	same(t, report.Counts, map[string]int{"texts cut at the limit": 1, "cells with invalid characters replaced": 1, "messages without a sender": 1})
}

func TestReadingEndsWithTheFileTheContextAndTheSink(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	for _, format := range []table.Format{table.CSV, table.JSONL} {
		if _, err := table.New(iotest.ErrReader(broken), table.Options{Format: format}).Read(t.Context(), &kept{}); !errors.Is(err, broken) || !table.IsKind(err, table.Unreadable) {
			t.Errorf("%s: %v", format, err)
		}
		var told []int64
		ctx, cancel := context.WithCancel(t.Context())
		endless := io.MultiReader(strings.NewReader(map[table.Format]string{table.CSV: "time,sender,text\n"}[format]), forever(map[table.Format]string{table.CSV: "5,a,b\n", table.JSONL: "{\"time\": 5, \"sender\": \"a\"}\n"}[format]))
		report, err := table.New(endless, table.Options{Format: format, Progress: func(n int64) {
			if told = append(told, n); len(told) == 2 {
				cancel()
			}
		}}).Read(ctx, &kept{})
		if !errors.Is(err, context.Canceled) || report.Messages == 0 || len(told) != 2 || report.Bytes > 3<<20 {
			t.Errorf("%s: %v, %v, %d bytes", format, err, told, report.Bytes)
		}
		if _, err = table.New(strings.NewReader("time,sender,text\n5,a,b\n"), table.Options{}).Read(t.Context(), refusing{broken}); !errors.Is(err, broken) {
			t.Error(err)
		}
	}
	if _, err := table.Open(t.TempDir()+"/none.csv", table.Options{}).Read(t.Context(), &kept{}); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

type refusing struct{ err error }

func (r refusing) Chat(chat.Chat) error        { return r.err }
func (r refusing) Message(*chat.Message) error { return r.err }

type forever string

func (f forever) Read(p []byte) (int, error) {
	return copy(p, strings.Repeat(string(f), len(p)/len(f)+1)[:len(p)/len(f)*len(f)]), nil
}

func FuzzRead(f *testing.F) {
	f.Add("chat,time,sender,text,reply_to\nа,5,б,\"в\n\",1\n", false)
	f.Add(lines, true)
	f.Fuzz(func(t *testing.T, file string, jsonl bool) {
		format := table.CSV
		if jsonl {
			format = table.JSONL
		}
		k, report, err := read(t, file, format)
		var bad *table.Error
		if err != nil && (!errors.As(err, &bad) || bad.Line < 1 || bad.Line > int64(strings.Count(file, "\n"))+1) {
			t.Fatal(err)
		}
		for _, m := range k.messages {
			if len(m.Text) > 9 || strings.ToValidUTF8(m.Text+m.Name+m.Sender, "") != m.Text+m.Name+m.Sender {
				t.Fatalf("%+v", m)
			}
		}
		if report.Bytes > int64(len(file)) {
			t.Fatalf("%+v", report)
		}
	})
}
