package export

// Survey is one answer to a survey or an interview, asked out of band.
type Survey struct {
	Base
	Survey   string   `parquet:"survey,dict" doc:"id of the survey or interview"`
	Question string   `parquet:"question,dict" doc:"id of the question; of an interview q01, q02, …"`
	Type     string   `parquet:"type,dict" doc:"single, multiple, scale, open"`
	Agent    string   `parquet:"agent,dict" doc:"who was asked"`
	Name     string   `parquet:"name,dict" doc:"the persona's"`
	Group    string   `parquet:"group,dict" doc:"of the population; may be empty"`
	Options  []string `parquet:"options,list" doc:"what was chosen: one for single, any number for multiple, else none"`
	Number   *float64 `parquet:"number" doc:"on the scale; null for other types"`
	Text     string   `parquet:"text" doc:"what it said, or why it answers so; may be empty"`
	Missing  string   `parquet:"missing" doc:"why there is no answer; empty where there is one"`
}

// Score is one value of a metric, or of a proposition that a judge scored.
type Score struct {
	Study  string  `parquet:"study,dict" doc:"the study's name"`
	Cell   string  `parquet:"cell,dict" doc:"the cell of its matrix"`
	Seed   uint64  `parquet:"seed" doc:"of the run: (study, cell, seed) names a run"`
	Source string  `parquet:"source,dict" doc:"the plugin, metric/NAME, or proposition/ID"`
	Metric string  `parquet:"metric,dict" doc:"what was measured; gorod plugin ls --json says what a plugin's metrics mean"`
	Agent  string  `parquet:"agent,dict" doc:"agent id: whom it is about; empty for a group or the run"`
	Group  string  `parquet:"group,dict" doc:"of the population, that it is about; may be empty"`
	Item   string  `parquet:"item,dict" doc:"what else it is about: an event's id, a kind of action; may be empty"`
	Tick   *int64  `parquet:"tick" doc:"that it is about, from 0; null for the whole run"`
	Value  float64 `parquet:"value" doc:"the score; of a proposition 0 to 9, or 0 (false) and 1 (true) where it was checked"`
	N      int64   `parquet:"n" doc:"observations that it rests on; 0 where that is not said"`
	Detail string  `parquet:"detail" doc:"a judge's justification; may be empty"`
}

// Intervention is one thing that an intervention of the study did, or somebody
// from outside.
type Intervention struct {
	Base
	Seq    int64    `parquet:"seq,delta" doc:"of the event: the effects of one intervention share it"`
	ID     string   `parquet:"id,dict" doc:"the intervention's; control-ID of a command from outside"`
	Why    string   `parquet:"why,dict" doc:"what its condition found; of a command who gave it"`
	Effect int32    `parquet:"effect" doc:"place among its effects, from 1"`
	Kind   string   `parquet:"kind,dict" doc:"tell, goals, mood, model, follow, unfollow, feed, stop"`
	Agents []string `parquet:"agents,list" doc:"agent ids: whom it concerned"`
	Detail string   `parquet:"detail" doc:"what was told, set or moved; may be empty"`
}

// extractKey are the columns that every table of an extraction begins with.
type extractKey struct {
	Base
	Agent string `parquet:"agent,dict" doc:"agent id: whom it is about; empty for the run"`
}
