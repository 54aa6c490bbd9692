# SPDX-License-Identifier: Apache-2.0
# How long a `run` takes on cgroup v2, beside the guest's crun. The rounds of both alternate, so that what else happens on
# the machine hits both, and the median of each counts.
# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # jq's variables stand in single quotes; bats sets status and output
load ../integration/helpers

ROUNDS=41
# An emulator translates what is executed for the first time; these rounds do not count.
WARM=5
HIGHEST_RATIO=0.6

setup_test() {
	require_v2
	[ -x "$(command -v crun)" ] || skip "no crun here"
	container_args /bin/true
	edit '.process.terminal = false | .linux.resources.memory.limit = 104857600 | .linux.resources.pids.limit = 100'
}

# run_once NAME COMMAND...: into $TMP/NAME, in microseconds.
run_once() {
	local name=$1 before=$EPOCHREALTIME after
	shift
	"$@" >"$TMP/said" 2>&1 </dev/null 3>&- || fail "$*: $(cat "$TMP/said")"
	after=$EPOCHREALTIME
	echo $((${after/./} - ${before/./})) >>"$TMP/$name"
}

median() {
	sort -n "$TMP/$1" | sed -n "$(((ROUNDS + 1) / 2))p"
}

# compare MANAGER [WORD...]
compare() {
	local manager=$1 ratio
	for ((i = -WARM; i < ROUNDS; i++)); do
		[ "$i" -ne 0 ] || rm "$TMP/berth" "$TMP/crun"
		run_once berth "$BERTH" --root "$ROOT" --cgroup-manager "$manager" run --bundle "$BUNDLE" "$ID"
		run_once crun crun --root "$TMP/crun-state" --cgroup-manager "$manager" run --bundle "$BUNDLE" "$ID"
	done
	ratio=$(awk -v a="$(median berth)" -v b="$(median crun)" 'BEGIN { printf "%.2f", a / b }')
	echo "# run with $manager: berth $(median berth) us, crun $(median crun) us, ratio $ratio" >&3
	awk -v r="$ratio" -v max="$HIGHEST_RATIO" 'BEGIN { exit !(r <= max) }' || fail "a ratio of $ratio, above $HIGHEST_RATIO"
}

@test "run with cgroupfs takes at most 0.6 of crun's time" {
	compare cgroupfs
}

@test "run with the systemd manager takes at most 0.6 of crun's time" {
	[ -d /run/systemd/system ] || skip 'no systemd here'
	edit '.linux.cgroupsPath = $p' --arg p "berthtest.slice:bt:$ID"
	compare systemd
}
