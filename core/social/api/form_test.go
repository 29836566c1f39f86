package api

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestBodiesOfAllKindsAreOneForm(t *testing.T) {
	t.Parallel()
	want := url.Values{"status": {"привет"}, "poll[options][]": {"а", "б"}, "poll[multiple]": {"false"}, "n": {"12345678901234567890"}, "q": {"address"}}
	multipart := "--b\r\nContent-Disposition: form-data; name=\"status\"\r\n\r\nпривет\r\n--b\r\nContent-Disposition: form-data; name=\"poll[options][]\"\r\n\r\nа\r\n" +
		"--b\r\nContent-Disposition: form-data; name=\"poll[options][]\"\r\n\r\nб\r\n--b\r\nContent-Disposition: form-data; name=\"poll[multiple]\"\r\n\r\nfalse\r\n" +
		"--b\r\nContent-Disposition: form-data; name=\"n\"\r\n\r\n12345678901234567890\r\n--b--\r\n"
	for kind, body := range map[string]string{
		"application/json; charset=utf-8":   `{"status":"привет","poll":{"options":["а","б"],"multiple":false,"nothing":null},"n":12345678901234567890}`,
		"application/x-www-form-urlencoded": url.Values{"status": {"привет"}, "poll[options][]": {"а", "б"}, "poll[multiple]": {"false"}, "n": {"12345678901234567890"}}.Encode(),
		"multipart/form-data; boundary=b":   multipart,
	} {
		r := httptest.NewRequest("POST", "/x?q=address&status=not+this", strings.NewReader(body))
		r.Header.Set("Content-Type", kind)
		got, err := formOf(httptest.NewRecorder(), r)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v\n%s", kind, err, diff)
		}
	}
}

func FuzzAnObjectIsAFormOfBoundedSize(f *testing.F) {
	for _, seed := range []string{`{}`, `{"a":[1,[2,[3]]]}`, `{"a":{"b":"c"}}`, `[1]`, `{"a":1e999}`, ``, `{"a":true,"a[]":[null]}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		form, err := formOfJSON(strings.NewReader(body))
		if err != nil {
			return
		}
		n := 0
		for _, values := range form {
			n += len(values)
		}
		if n > maxValues {
			t.Errorf("%d values", n)
		}
	})
}
