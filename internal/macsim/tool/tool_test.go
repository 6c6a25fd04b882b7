package tool

import "testing"

func TestNoTool(t *testing.T) {
	t.Parallel()
	if got, want := Answer(officeWith(t, nil), Call{}), errText(125, "macsim: there is no such tool\n"); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
