package export

// Town is how a town stood at the end of a tick.
type Town struct {
	Base
	Money      int64 `parquet:"money" doc:"the mayor's, in whole coins"`
	Population int32 `parquet:"population" doc:"residents, newcomers among them"`
	Buildings  int32 `parquet:"buildings" doc:"in the town"`
	Beds       int32 `parquet:"beds" doc:"in all buildings"`
	FreeBeds   int32 `parquet:"free_beds" doc:"of them without a resident"`
	Decisions  int32 `parquet:"decisions" doc:"of the mayor in this tick"`
	Invalid    int32 `parquet:"invalid" doc:"of them refused"`
	Met        bool  `parquet:"met" doc:"the goal was reached, in this tick or before"`
}

// Transfer is coins that changed hands.
type Transfer struct {
	Base
	Seq      int64  `parquet:"seq,delta" doc:"place within the tick; with tick the key of the event"`
	From     string `parquet:"from,dict" doc:"agent id, mayor, or world: outside of the town"`
	To       string `parquet:"to,dict" doc:"agent id, mayor or world"`
	Amount   int64  `parquet:"amount" doc:"in whole coins, above 0"`
	Why      string `parquet:"why,dict" doc:"start, wage, use, goods, build, recruit, cash, shock"`
	Building string `parquet:"building,dict" doc:"where; may be empty"`
	Thing    string `parquet:"thing,dict" doc:"what was bought, and how often; may be empty"`
}

// Decree is a decision of a mayor.
type Decree struct {
	Base
	Seq     int64  `parquet:"seq,delta" doc:"place within the tick; with tick the key of the event"`
	Kind    string `parquet:"kind,dict" doc:"build, recruit, …; empty where the reply was bad"`
	Args    string `parquet:"args" doc:"JSON object: its arguments"`
	OK      bool   `parquet:"ok" doc:"it was carried out"`
	Detail  string `parquet:"detail" doc:"why it was refused, or what it brought; may be empty"`
	Thought string `parquet:"thought" doc:"why, in the mayor's words; may be empty"`
}
