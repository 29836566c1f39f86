package groups

import "github.com/llm-city/gorod/plugins/sdk"

const (
	esteban   = "Esteban & Ray 1994, On the Measurement of Polarization"
	hegsel    = "Hegselmann & Krause 2002, Opinion Dynamics and Bounded Confidence"
	laakso    = "Laakso & Taagepera 1979, Effective Number of Parties"
	shannon   = "Shannon 1948, A Mathematical Theory of Communication"
	bramson   = "Bramson et al. 2017, Understanding Polarization: Meanings, Measures, and Model Evaluation"
	blau      = "Blau 1977, Inequality and Heterogeneity"
	jaccard   = "Jaccard 1912, The Distribution of the Flora in the Alpine Zone; as turnover of groups: Palla, Barabási & Vicsek 2007, Quantifying Social Group Evolution"
	wasser    = "Wasserman & Faust 1994, Social Network Analysis"
	garla     = "Garlaschelli & Loffredo 2004, Patterns of Link Reciprocity in Directed Networks"
	leicht    = "Leicht & Newman 2008, Community Structure in Directed Networks"
	blondel   = "Blondel, Guillaume, Lambiotte & Lefebvre 2008, Fast Unfolding of Communities in Large Networks"
	krackhard = "Krackhardt & Stern 1988, Informal Networks and Organizational Crises"
	gini      = "Gini 1912, Variabilità e mutabilità"
)

// opinionsOf says what the scores of opinions are about.
const opinionsOf = " An opinion is the mean valence of a resident's texts about the study's event (item; without one, of all its texts), in the run or in a window of time; or what a persona believes of a statement (item belief/STATEMENT); or what a resident answers on the scale of a survey (item survey/ID/QUESTION), from -1 for its lowest point to 1 for its highest, at the tick when it was asked, and in the mean over the run. Needs two opinions."

func metrics() []sdk.MetricInfo {
	return append(opinionMetrics(), append(memberMetrics(), tieMetrics()...)...)
}

func opinionMetrics() []sdk.MetricInfo {
	return []sdk.MetricInfo{
		{Name: "opinion_mean", Unit: "opinion", Low: new(-1.0), High: new(1.0), Source: bramson,
			Definition: "Mean opinion." + opinionsOf},
		{Name: "opinion_variance", Unit: "opinion²", Low: new(0.0), High: new(1.0), Source: bramson,
			Definition: "Variance of opinions; 1 where half are at -1 and half at 1." + opinionsOf},
		{Name: "opinion_entropy", Unit: "share of the maximum", Low: new(0.0), High: new(1.0), Source: shannon,
			Definition: "Entropy of opinions over `bins` equal parts of -1…1, divided by log2 of their number; 1 where all parts are held alike." + opinionsOf},
		{Name: "opinion_clusters", Unit: "clusters", Low: new(1.0), Source: hegsel,
			Definition: "Number of clusters: sorted opinions are parted wherever neighbours are more than `gap` apart; on a scale of three points or more, also more than one point." + opinionsOf},
		{Name: "opinion_clusters_effective", Unit: "clusters", Low: new(1.0), Source: laakso,
			Definition: "Effective number of these clusters, 1/Σ p² over their shares of residents." + opinionsOf},
		{Name: "polarization", Unit: "share of the maximum", Low: new(0.0), High: new(1.0), Source: esteban,
			Definition: "K Σᵢ Σⱼ πᵢ^(1+α) πⱼ |yᵢ - yⱼ| over the `bins` parts of the scale that are held, πᵢ their share of residents and yᵢ the mean opinion in them; K = 2^α, so that two equal camps at -1 and 1 score 1." + opinionsOf},
	}
}

func memberMetrics() []sdk.MetricInfo {
	return []sdk.MetricInfo{
		{Name: "group_churn", Unit: "share of members", Low: new(0.0), High: new(1.0), Source: jaccard,
			Definition: "1 - |A∩B|/|A∪B| for the members of a group of the network (group) at the beginning (A) and the end (B) of a window of time; without a group, the mean over groups that have members, of a window and of the run. Members are those who created, joined or wrote in the group and did not leave it."},
		{Name: "group_size", Unit: "residents", Low: new(0.0), Source: wasser,
			Definition: "Members of a group of the network (group) at the end."},
		{Name: "group_joins", Unit: "joins", Low: new(0.0), Source: jaccard,
			Definition: "How often residents joined a group (group), or groups."},
		{Name: "group_leaves", Unit: "leaves", Low: new(0.0), Source: jaccard,
			Definition: "How often residents left a group (group), or groups."},
		{Name: "group_composition", Unit: "share of members", Low: new(0.0), High: new(1.0), Source: blau,
			Definition: "Share of the members of a group of the network (group) at the end who are of this group of the population (item)."},
		{Name: "group_diversity", Unit: "probability", Low: new(0.0), High: new(1.0), Source: blau,
			Definition: "1 - Σ p² over group_composition: the chance that two members, drawn with replacement, are of different groups of the population."},
	}
}

func tieMetrics() []sdk.MetricInfo {
	return []sdk.MetricInfo{
		{Name: "ties", Unit: "ties", Low: new(0.0), Source: wasser,
			Definition: "Number of ordered pairs of residents of whom the first addressed the second at least once."},
		{Name: "reciprocity", Unit: "share of ties", Low: new(0.0), High: new(1.0), Source: wasser,
			Definition: "Share of ties whose opposite is a tie too."},
		{Name: "reciprocity_rho", Unit: "correlation", Low: new(-1.0), High: new(1.0), Source: garla,
			Definition: "(r - a)/(1 - a) with reciprocity r and the density of ties a: 0 is what a random network of that density has."},
		{Name: "modularity_groups", Unit: "modularity", Low: new(-1.0), High: new(1.0), Source: leicht,
			Definition: "Directed, weighted modularity Q = 1/m Σᵢⱼ (Aᵢⱼ - kᵢ^out kⱼ^in / m) δ(cᵢ, cⱼ) of the population's groups. Needs two groups."},
		{Name: "modularity_communities", Unit: "modularity", Low: new(-1.0), High: new(1.0), Source: blondel,
			Definition: "The same of the communities that the Louvain method finds."},
		{Name: "communities", Unit: "communities", Low: new(1.0), Source: blondel,
			Definition: "Number of communities that the Louvain method finds among residents with ties."},
		{Name: "ei_index", Unit: "index", Low: new(-1.0), High: new(1.0), Source: krackhard,
			Definition: "(E - I)/(E + I) of what is addressed to other groups of the population and to one's own: -1 where all stays inside, 1 where all goes out. Needs two groups."},
		{Name: "activity_gini", Unit: "Gini", Low: new(0.0), High: new(1.0), Source: gini,
			Definition: "Gini coefficient of residents' numbers of actions, those without any included."},
		{Name: "attention_gini", Unit: "Gini", Low: new(0.0), High: new(1.0), Source: gini,
			Definition: "Gini coefficient of how often residents are addressed, those never addressed included."},
	}
}
