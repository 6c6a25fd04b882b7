package main

import (
	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/health/plan"
)

// foresight is what the judgement says of things that have not happened: how they
// would end, and how to get where somebody wants to be.
type foresight struct {
	forecast func(*health.Model, health.Policy, health.ForecastName, string) (health.Forecast, error)
	erasures func(health.Model) []health.ErasePath
	plan     func(health.Model, plan.Goal, plan.Answers) plan.Plan
}

// ours is the foresight of this program.
func ours() foresight {
	return foresight{forecast: health.Foresee, erasures: health.Erasures, plan: plan.For}
}
