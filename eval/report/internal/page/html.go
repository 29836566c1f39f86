package page

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	_ "embed" // the page's parts
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"strings"
)

// echartsVersion is that of assets/echarts.
const echartsVersion = "5.6.0"

var (
	//go:embed assets/page.html.tmpl
	pageTemplate string
	//go:embed assets/page.css
	pageStyle string
	//go:embed assets/page.js
	pageScript string
	//go:embed assets/echarts/echarts.min.js.gz
	echartsPacked string
)

// Library is the script that draws charts.
func Library() (string, error) {
	packed, err := gzip.NewReader(strings.NewReader(echartsPacked))
	if err != nil {
		return "", fmt.Errorf("unpack the chart library: %w", err)
	}
	script, err := io.ReadAll(packed)
	if err != nil {
		return "", fmt.Errorf("unpack the chart library: %w", err)
	}
	return string(script), nil
}

// htmlPage is what the template is given. Its parts that are not escaped are
// gorod's own, or JSON without a character that HTML knows.
type htmlPage struct {
	Doc     *Document
	Policy  string
	Style   template.CSS
	Library template.JS
	Script  template.JS
	Plots   template.JS
	ECharts string
}

// HTML is the document as a page that needs nothing else. Its content security
// policy names the page's own style and scripts by their hashes: nothing else
// runs, and nothing is fetched.
func (d *Document) HTML() ([]byte, error) {
	t, err := template.New("page").Funcs(template.FuncMap{"t": d.T, "extent": d.extent}).Parse(pageTemplate)
	if err != nil {
		return nil, fmt.Errorf("read the page's template: %w", err)
	}
	plots, err := json.Marshal(d.plots())
	if err != nil {
		return nil, fmt.Errorf("write the charts: %w", err)
	}
	library, err := Library()
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = t.Execute(&out, htmlPage{
		Doc: d, Style: template.CSS(pageStyle), Library: template.JS(library), Script: template.JS(pageScript),
		Plots: template.JS(plots), ECharts: echartsVersion,
		Policy: fmt.Sprintf("default-src 'none'; script-src %s %s; style-src %s; img-src data:; base-uri 'none'; form-action 'none'",
			Hash(library), Hash(pageScript), Hash(pageStyle)),
	})
	if err != nil {
		return nil, fmt.Errorf("write the page: %w", err)
	}
	return out.Bytes(), nil
}

// Hash names an inline script or style in a content security policy.
func Hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// plots are the charts by their ids.
func (d *Document) plots() map[string]Plot {
	plots := map[string]Plot{}
	for _, s := range d.Sections {
		for _, b := range s.Blocks {
			if b.Chart != nil {
				plots[b.Chart.ID] = b.Chart.Plot
			}
		}
	}
	return plots
}
