package panel

import (
	"context"
	"slices"

	"github.com/llm-city/gorod/core/panel/internal/chart"
	"github.com/llm-city/gorod/core/panel/internal/city"
)

// Bounds of the graph, and of the table beside it.
const (
	mostNodes = 150
	mostEdges = 1200
	mostPairs = 40
)

type tiesBody struct {
	at
	Graph  chart.Graph
	Width  float64
	Height float64
	Ties   city.Ties
	Pairs  []pairRow
	People []city.Talker
	Busy   int // people who talk, shown or not
}

type pairRow struct {
	From, To city.Name
	city.Pair
}

// drawnTies is what is the same for all readers of a tick, but for their
// language.
type drawnTies struct {
	ties  city.Ties
	graph chart.Graph
}

// ties shows who talks to whom.
func (p *Panel) ties(ctx context.Context, q *request) error {
	body := tiesBody{Width: chart.GraphWidth, Height: chart.GraphHeight}
	err := q.read(ctx, "ties", &body.at, func(v *city.View) error {
		drawn := remember(&q.run.memo, "ties "+q.words.Code, v.Tick, func() drawnTies { return q.drawTies(v) })
		body.Ties, body.Graph = drawn.ties, chart.Graph{Nodes: slices.Clone(drawn.graph.Nodes), Edges: drawn.graph.Edges}
		return nil
	})
	if err != nil {
		return err
	}
	for i := range body.Graph.Nodes {
		body.Graph.Nodes[i].Link = q.to("people", body.Ties.People[i].ID)
	}
	for _, pair := range body.Ties.Pairs[:min(mostPairs, len(body.Ties.Pairs))] {
		body.Pairs = append(body.Pairs, pairRow{body.Ties.People[pair.From].Name, body.Ties.People[pair.To].Name, pair})
	}
	body.People = body.Ties.People[:min(mostPairs, len(body.Ties.People))]
	body.Busy = len(body.Ties.People) + body.Ties.Left
	return q.show("ties", q.words.T("menu.ties"), body)
}

func (q *request) drawTies(v *city.View) drawnTies {
	ties := v.Ties(mostNodes)
	nodes := make([]chart.Node, len(ties.People))
	for i, t := range ties.People {
		name := prose(t.Name.Name, 40)
		nodes[i] = chart.Node{
			Label: name, Class: tone(t.Valence), Weight: t.Said + t.Heard,
			Title: q.words.T("ties.node", name, t.Said, t.Heard),
		}
	}
	// Between two people one line is drawn, however they write to each other.
	between := map[[2]int]int{}
	var edges []chart.Edge
	for _, pair := range ties.Pairs {
		ends := [2]int{min(pair.From, pair.To), max(pair.From, pair.To)}
		at, ok := between[ends]
		if !ok {
			if len(edges) == mostEdges {
				break
			}
			at, edges = len(edges), append(edges, chart.Edge{From: ends[0], To: ends[1], Class: tone(pair.Valence)})
			between[ends] = at
		}
		edges[at].Weight += pair.Messages
	}
	for i, e := range edges {
		edges[i].Title = q.words.T("ties.edge", nodes[e.From].Label, nodes[e.To].Label, e.Weight)
	}
	return drawnTies{ties, chart.Lay(nodes, edges)}
}
