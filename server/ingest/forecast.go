package ingest

import (
	"regexp"

	"github.com/tokenward/tokenward/health"
)

type forecast struct {
	Name    string     `json:"name"`
	Subject string     `json:"subject"`
	Answer  health.Tri `json:"answer"`
}

// mostForecasts bounds the names that one device can bring into the counts.
const mostForecasts = 64

var forecastName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,63}$`)

// foreseen is what a report says of the Mac as a whole. Answers about accounts stay
// in the report: a count of them would say nothing of Macs.
func foreseen(all []forecast) map[string]health.Tri {
	out := map[string]health.Tri{}
	for _, f := range all {
		if f.Subject == health.DeviceSubject && forecastName.MatchString(f.Name) && len(out) < mostForecasts {
			out[f.Name] = f.Answer
		}
	}
	return out
}
