package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// Bounds of a body in JSON.
const (
	maxDepth  = 4
	maxValues = 500
)

// parse reads the parameters of a request: of its address and of its body, which
// is a form or JSON.
func (c *call) parse() error {
	form, err := formOf(c.w, c.r)
	c.form = form
	return err
}

func formOf(w http.ResponseWriter, r *http.Request) (url.Values, error) {
	query := r.URL.Query()
	if r.Method == http.MethodGet || r.Method == http.MethodHead || r.Body == nil {
		return query, nil
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		kind = ""
	}
	form := url.Values{}
	switch kind {
	case "application/json":
		form, err = formOfJSON(r.Body)
	case "multipart/form-data":
		if err = r.ParseMultipartForm(maxBody); err == nil {
			form = url.Values(r.MultipartForm.Value)
			err = r.MultipartForm.RemoveAll()
		}
	default:
		if err = r.ParseForm(); err == nil {
			form = r.PostForm
		}
	}
	if err != nil {
		return nil, badBody(err)
	}
	for key, values := range query {
		if _, given := form[key]; !given {
			form[key] = values
		}
	}
	return form, nil
}

func badBody(err error) error {
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return errTooLarge
	}
	return errBadBody
}

// formOfJSON is an object as a form: {"poll":{"options":["a"]}} becomes
// poll[options][]=a.
func formOfJSON(body io.Reader) (url.Values, error) {
	var v map[string]any
	d := json.NewDecoder(body)
	d.UseNumber()
	if err := d.Decode(&v); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	form := url.Values{}
	values := 0
	for key, value := range v {
		if err := flatten(form, key, value, 1, &values); err != nil {
			return nil, err
		}
	}
	return form, nil
}

func flatten(form url.Values, key string, v any, depth int, values *int) error {
	if *values++; depth > maxDepth || *values > maxValues {
		return errors.New("the object is too large")
	}
	switch v := v.(type) {
	case nil:
	case string:
		form.Add(key, v)
	case json.Number:
		form.Add(key, v.String())
	case bool:
		form.Add(key, strconv.FormatBool(v))
	case []any:
		for _, item := range v {
			if err := flatten(form, strings.TrimSuffix(key, "[]")+"[]", item, depth+1, values); err != nil {
				return err
			}
		}
	case map[string]any:
		for name, item := range v {
			if err := flatten(form, key+"["+name+"]", item, depth+1, values); err != nil {
				return err
			}
		}
	default:
		return fmt.Errorf("a value of type %T", v)
	}
	return nil
}
