package spec

import (
	"fmt"
	"time"
)

// Town is a grid of lots with buildings, money and, where the study names one,
// a mayor. Its defaults are the numbers of AgentSims' mayor game. Money is in
// whole coins.
type Town struct {
	Name      string                  `yaml:"name" default:"town" doc:"of the town"`
	Width     int                     `yaml:"width" default:"4" min:"1" max:"64" doc:"lots from west to east"`
	Height    int                     `yaml:"height" default:"4" min:"1" max:"64" doc:"lots from north to south"`
	Start     string                  `yaml:"start" enum:"small,empty" default:"small" doc:"what stands at the start where buildings is absent: a house, an office, a store and a restaurant, or nothing"`
	Buildings []TownBuilding          `yaml:"buildings,omitempty" doc:"what stands at the start, one building a lot"`
	Types     map[string]BuildingType `yaml:"types,omitempty" doc:"what may be built, by name; the eleven types of the original where absent"`

	Level   string    `yaml:"level,omitempty" enum:"easy,normal,hard,scarce" doc:"gives money and costs where they are absent: easy 1000000 and 0.5, normal (the default, the original) 1000000 and 1, hard 100000 and 1, scarce 60000 and 1.5"`
	Money   *int64    `yaml:"money,omitempty" min:"0" max:"1000000000000" doc:"the mayor's at the start"`
	Costs   *float64  `yaml:"costs,omitempty" min:"0" max:"1000" doc:"factor of what building and recruiting cost"`
	Prices  float64   `yaml:"prices" default:"1" min:"0" max:"1000" doc:"factor of the prices on menus"`
	Cost    int64     `yaml:"cost" default:"14000" min:"0" max:"1000000000000" doc:"of a building whose type names none"`
	Wage    int64     `yaml:"wage" default:"200" min:"0" max:"1000000000" doc:"of a session of work where the type names none"`
	Cash    int64     `yaml:"cash" default:"10000" min:"0" max:"1000000000" doc:"what each resident has at the start"`
	Recruit Recruit   `yaml:"recruit" doc:"what a newcomer costs"`
	Hours   TownHours `yaml:"hours" doc:"when the mayor decides, once an hour"`
	Days    int       `yaml:"days" default:"3" min:"1" max:"366" doc:"how many days the mayor decides, from the start of the clock"`
	Times   TownTimes `yaml:"times" doc:"how long things take"`

	Outcome   string      `yaml:"outcome" enum:"rule,model" default:"rule" doc:"who says what comes of using equipment: the type's outcomes, or the resident's language model within them"`
	Exchanges int         `yaml:"exchanges" default:"5" min:"0" max:"1000" doc:"how often talk may interrupt what a resident is busy with, each time"`
	Goal      TownGoal    `yaml:"goal,omitempty" doc:"what the mayor is to reach"`
	Shocks    []TownShock `yaml:"shocks,omitempty" doc:"what befalls the town"`
	Mayor     TownMayor   `yaml:"mayor,omitempty" doc:"who decides; nobody where absent"`
}

// TownBuilding stands on a lot from the start; x and y count from 0.
type TownBuilding struct {
	Type string `yaml:"type" required:"true" doc:"a type of building"`
	X    int    `yaml:"x" min:"0" max:"63" doc:"column of its lot, from 0"`
	Y    int    `yaml:"y" min:"0" max:"63" doc:"row of its lot, from 0"`
}

// BuildingType is what buildings of a kind have.
type BuildingType struct {
	Title    string             `yaml:"title,omitempty" doc:"what residents call it; its name where absent"`
	Cost     *int64             `yaml:"cost,omitempty" min:"0" max:"1000000000000" doc:"instead of the town's"`
	Beds     int                `yaml:"beds,omitempty" min:"0" max:"10000" doc:"bed items"`
	Bed      string             `yaml:"bed" enum:"single,double,bunk" default:"double" doc:"who sleep in one: 1, 2 or 4"`
	Desks    int                `yaml:"desks,omitempty" min:"0" max:"10000" doc:"each hires one"`
	Wage     *int64             `yaml:"wage,omitempty" min:"0" max:"1000000000" doc:"of a session of work at a desk, instead of the town's"`
	Menu     map[string]int64   `yaml:"menu,omitempty" doc:"what it sells: price by thing"`
	Food     bool               `yaml:"food,omitempty" doc:"what it sells can be eaten"`
	Tables   bool               `yaml:"tables,omitempty" doc:"one can eat here; at home one always can"`
	Outcomes map[string]Outcome `yaml:"outcomes,omitempty" doc:"what comes of using its equipment, by equipment"`
}

// Sleepers is how many have a bed in a building of the type.
func (t BuildingType) Sleepers() int {
	switch t.Bed {
	case "single":
		return t.Beds
	case "bunk":
		return 4 * t.Beds
	default:
		return 2 * t.Beds
	}
}

// Outcome is what comes of using equipment once.
type Outcome struct {
	Takes time.Duration `yaml:"takes" default:"1h" doc:"how long"`
	Needs string        `yaml:"needs,omitempty" doc:"a thing that it uses up, which must have been bought"`
	Pays  int64         `yaml:"pays,omitempty" min:"0" max:"1000000000" doc:"what the resident gets for it; the most it can be where a model says"`
	Text  string        `yaml:"text,omitempty" doc:"what it brings, in words for the resident"`
}

// Recruit is what a newcomer costs the mayor; the part that is Cash is the
// newcomer's.
type Recruit struct {
	Cost int64 `yaml:"cost" default:"12000" min:"0" max:"1000000000000" doc:"in all"`
	Cash int64 `yaml:"cash" default:"10000" min:"0" max:"1000000000000" doc:"how much of it the newcomer brings along"`
}

// TownHours are the hours of the day in which a mayor decides.
type TownHours struct {
	From int `yaml:"from" default:"9" min:"0" max:"23" doc:"first hour"`
	To   int `yaml:"to" default:"24" min:"1" max:"24" doc:"hour before which the last one ends"`
}

// TownTimes are how long things take residents.
type TownTimes struct {
	Walk  time.Duration `yaml:"walk" default:"0s" doc:"going to a building"`
	Buy   time.Duration `yaml:"buy" default:"30m" doc:"buying one thing, whatever the amount"`
	Meal  time.Duration `yaml:"meal" default:"1h" doc:"eating or drinking"`
	Sleep time.Duration `yaml:"sleep" default:"7h" doc:"sleeping"`
	Work  time.Duration `yaml:"work" default:"2h" doc:"a session of work"`
}

// TownGoal is reached when the town has at least Money and Population at the
// end of a tick, before the day By is over.
type TownGoal struct {
	Text       string `yaml:"text,omitempty" doc:"in words for the mayor"`
	Money      int64  `yaml:"money,omitempty" min:"0" max:"1000000000000" doc:"at least so much"`
	Population int    `yaml:"population,omitempty" min:"0" max:"1000000" doc:"at least so many residents"`
	By         int    `yaml:"by,omitempty" min:"0" max:"366" doc:"number of the day by whose end, from 1; the last one where absent"`
}

// Measurable reports whether it can be told that the goal is reached.
func (g TownGoal) Measurable() bool { return g.Money > 0 || g.Population > 0 }

// TownShock befalls the town; exactly one of At and Tick says when.
type TownShock struct {
	At     *time.Time `yaml:"at,omitempty" doc:"simulated time"`
	Tick   *int64     `yaml:"tick,omitempty" min:"0" doc:"or number of the tick, from 0"`
	Kind   string     `yaml:"kind" enum:"price,wage,money,fire" required:"true" doc:"prices or wages change for good, the mayor wins or loses money, a building burns down"`
	Factor float64    `yaml:"factor" default:"1" min:"0" max:"1000" doc:"price and wage: what they are multiplied by"`
	Amount int64      `yaml:"amount,omitempty" min:"-1000000000000" max:"1000000000000" doc:"money: what the mayor gets, or below 0 loses, as far as there is any"`
	Type   string     `yaml:"type,omitempty" doc:"price, wage and fire: only this type of building"`
	Text   string     `yaml:"text,omitempty" doc:"what everybody is told about it"`
}

// TownMayor is the plugin that decides, and the model that it thinks with.
type TownMayor struct {
	Plugin `yaml:",inline"`
	Model  string `yaml:"model,omitempty" doc:"entry of models; agents.model where absent"`
}

// ShockID is the id under which residents are told of a shock, by its place in
// the list.
func ShockID(i int) string { return fmt.Sprintf("shock-%d", i+1) }
