package event

// Town is how a town stands at the end of a tick.
type Town struct {
	Money      int64 `json:"money"`      // the mayor's
	Population int   `json:"population"` // residents, newcomers among them
	Buildings  int   `json:"buildings"`
	Beds       int   `json:"beds"`
	FreeBeds   int   `json:"free_beds"`
	Decisions  int   `json:"decisions"` // of the mayor in this tick
	Invalid    int   `json:"invalid"`   // of them refused
	Met        bool  `json:"met"`       // the goal was reached, in this tick or before
}

// Accounts that are no resident's.
const (
	AccountMayor = "mayor"
	AccountWorld = "world" // outside of the town: where wages come from and what is built goes
)

// Why coins change hands.
const (
	ForStart   = "start"   // world → mayor, resident: what they have at the start
	ForWage    = "wage"    // world → resident, of a building with desks
	ForUse     = "use"     // world → resident: equipment that pays
	ForGoods   = "goods"   // resident → mayor: something bought
	ForBuild   = "build"   // mayor → world: a building
	ForRecruit = "recruit" // mayor → world: what recruiting costs beside the cash
	ForCash    = "cash"    // mayor → newcomer: what it brings along
	ForShock   = "shock"   // world → mayor or mayor → world
)

// Transfer is coins that change hands. From and To are ids of residents or
// accounts; of every account the balance is what came less what went. Nobody
// but the world is ever below zero.
type Transfer struct {
	From     string `json:"from"`
	To       string `json:"to"`
	Amount   int64  `json:"amount"` // in whole coins, above 0
	Why      string `json:"why"`
	Building string `json:"building,omitempty"` // where
	Thing    string `json:"thing,omitempty"`    // what was bought, how often: chicken × 2
}
