package page

import "fmt"

// Chart is a figure: an ECharts option with what the page needs to finish it,
// and the same data as a table for those who cannot see it.
type Chart struct {
	ID    string
	Title string
	Note  string
	Alt   string
	Size  string // tall, square or empty
	File  string // of the data
	Table *Table
	Plot  Plot
}

// Plot is what the page's script draws.
type Plot struct {
	Option  map[string]any `json:"option"`
	Bands   []Band         `json:"bands,omitempty"`
	Digits  int            `json:"digits"`
	Percent bool           `json:"percent,omitempty"`
	Kind    string         `json:"kind"`
	Whole   bool           `json:"whole,omitempty"`
}

// Band is the least and the greatest value around a line; "-" where there is
// none.
type Band struct {
	Low  []any `json:"low"`
	High []any `json:"high"`
}

// Colours are tokens that the page's script replaces by those of the light or
// the dark palette.
const Colours = 7

// Colour is the token of the colour with an index.
func Colour(i int) string { return fmt.Sprintf("$%d", i%Colours) }
