package plan

// node is a state on the way, and how it was reached.
type node struct {
	at   state
	by   move
	from int32
	cost int
	done bool
}

// mostStates bounds a search. No Mac of the proof comes near it; a plan that would
// need more has more steps than anybody should take.
const mostStates = 30_000

// search finds the cheapest way from a state to one in which the aim is reached.
// It is Dijkstra's; among ways of the same cost the one that was found first wins,
// so that the same Mac always gets the same plan.
func (b *board) search(from state, aim func(*state) bool) (way []move, end state, found bool) {
	nodes := []node{{at: from, from: -1}}
	known := map[state]int32{from: 0}
	var next [mostCost + 1][]int32 // by cost: they are small numbers
	next[0] = []int32{0}
	var buffer moves
	for cost := 0; cost <= mostCost; cost++ {
		for _, i := range next[cost] { // no move is free, so it does not grow meanwhile
			n := &nodes[i]
			if n.done || n.cost != cost {
				continue
			}
			n.done = true
			if aim(&n.at) {
				return trace(nodes, i), n.at, true
			}
			buffer.from(b, n.at)
			for _, m := range buffer.all {
				total := cost + m.cost
				if total > mostCost || len(nodes) >= mostStates {
					continue
				}
				j, old := known[m.to]
				switch {
				case !old:
					j = int32(len(nodes))
					known[m.to] = j
					nodes = append(nodes, node{at: m.to, by: m, from: i, cost: total})
				case nodes[j].cost <= total:
					continue
				default:
					nodes[j].by, nodes[j].from, nodes[j].cost = m, i, total
				}
				next[total] = append(next[total], j)
			}
		}
	}
	return nil, from, false
}

// trace is the way to a node, from its beginning.
func trace(nodes []node, i int32) []move {
	n := 0
	for j := i; nodes[j].from >= 0; j = nodes[j].from {
		n++
	}
	way := make([]move, n)
	for j := i; nodes[j].from >= 0; j = nodes[j].from {
		n--
		way[n] = nodes[j].by
	}
	return way
}
