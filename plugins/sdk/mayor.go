package sdk

import "context"

// MayorAgent is the id under which a mayor calls the host: it is no resident,
// and thinks with the model that the study gives the mayor.
const MayorAgent = "mayor"

// Mayor runs a town: it is asked once in every hour that the town's rules give
// it, and decides one thing.
type Mayor interface {
	Decide(ctx context.Context, req MayorRequest) (MayorDecision, error)
}

// MayorRequest is what a mayor sees when it is asked.
type MayorRequest struct {
	Tick int64
	Town Town
	// Actions are what it may do: nothing, build, recruit, each with the values
	// that make sense now. An action that makes none is refused with the reason,
	// which is in the next request's Town.Last.
	Actions []ActionSpec
}

// MayorDecision is what a mayor decided.
type MayorDecision struct {
	Action  Action
	Thought string // why; goes to the journal
	Changes []RecordChange
}

// Town is a town as its mayor knows it. Money is in whole coins.
type Town struct {
	Name  string `json:"name,omitempty"`
	Time  string `json:"time"` // simulated, RFC 3339
	Day   int    `json:"day"`  // from 1
	Hour  int    `json:"hour"` // of the day, 0 to 23
	Money int64  `json:"money"`
	// Width and Height of the grid of lots.
	Width  int `json:"width"`
	Height int `json:"height"`
	// Goal in words, and how many decisions are left until its deadline.
	Goal string `json:"goal,omitempty"`
	// GoalMoney and GoalPopulation are what the goal asks for in numbers; 0 where
	// it does not.
	GoalMoney      int64      `json:"goal_money,omitempty"`
	GoalPopulation int        `json:"goal_population,omitempty"`
	Left           int        `json:"left"`
	Free           []Lot      `json:"free,omitempty"` // lots without a building, by y and x
	Buildings      []Building `json:"buildings,omitempty"`
	Citizens       []Citizen  `json:"citizens,omitempty"`
	// Types are what may be built.
	Types []BuildingType `json:"types,omitempty"`
	// RecruitCost is what a newcomer costs, NewcomerCash how much of it is theirs.
	RecruitCost  int64 `json:"recruit_cost"`
	NewcomerCash int64 `json:"newcomer_cash"`
	// Last is what became of the mayor's last decision; nil before the first.
	Last *Outcome `json:"last,omitempty"`
}

// Lot is a place on the grid, from 0.
type Lot struct {
	X int `json:"x"`
	Y int `json:"y"`
}

// Building stands on a lot.
type Building struct {
	ID     string `json:"id"`
	Type   string `json:"type"`
	Lot    Lot    `json:"lot"`
	Income int64  `json:"income"` // offices: earned there by residents; others: spent there
	// Beds and Desks are those that are free of all it has.
	FreeBeds  int `json:"free_beds,omitempty"`
	Beds      int `json:"beds,omitempty"`
	FreeDesks int `json:"free_desks,omitempty"`
	Desks     int `json:"desks,omitempty"`
}

// BuildingType is something that may be built.
type BuildingType struct {
	Name  string           `json:"name"`
	Cost  int64            `json:"cost"`
	Beds  int              `json:"beds,omitempty"`
	Desks int              `json:"desks,omitempty"`
	Menu  map[string]int64 `json:"menu,omitempty"` // price by thing
}

// Citizen is a resident of the town as its mayor knows it.
type Citizen struct {
	ID   string   `json:"id"`
	Name string   `json:"name"`
	Bio  string   `json:"bio,omitempty"`
	Goal string   `json:"goal,omitempty"`
	Cash int64    `json:"cash"`
	Home string   `json:"home,omitempty"` // id of a building
	Mood *float64 `json:"mood,omitempty"` // valence
}
