# SPDX-License-Identifier: Apache-2.0
# How long a `run` takes on cgroup v2, beside the guest's crun: measured by the program that measures it elsewhere
# (tests/bench/bench.c), in turns, so that what else happens on the machine hits both.
# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # jq's variables stand in single quotes; bats sets status and output
load ../integration/helpers

BENCH=${BERTH_TESTS:-}/../bench/bench
ROUNDS=41
# Milliseconds before each turn: what the kernel does after the end of a container is nobody else's time.
REST=200
HIGHEST_RATIO=0.6

setup_test() {
	require_v2
	[ -x "$(command -v crun)" ] || skip "no crun here"
	container_args /bin/true
	edit '.process.terminal = false | .linux.resources.memory.limit = 104857600 | .linux.resources.pids.limit = 100'
}

# compare MANAGER
compare() {
	local manager=$1 ratio
	mkdir "$TMP/roots"
	"$BENCH" run $ROUNDS $REST 1 "$BUNDLE" "$TMP/roots" "--cgroup-manager=$manager" "berth=$BERTH" "crun=$(command -v crun)" \
		>"$TMP/measured" 2>"$TMP/said" 3>&- || fail "$(cat "$TMP/said")"
	ratio=$(awk '{ wall[$1] = $2; cpu[$1] = $4 }
		END { printf "wall %.2f, CPU %.2f", wall["berth"] / wall["crun"], cpu["berth"] / cpu["crun"] }' "$TMP/measured")
	echo "# run with $manager: $(awk '{ printf "%s %d us, ", $1, $2 }' "$TMP/measured")ratio of $ratio" >&3
	awk -v r="${ratio#wall }" -v max=$HIGHEST_RATIO 'BEGIN { exit !(r + 0 <= max) }' ||
		fail "a ratio of $ratio; wall must not be above $HIGHEST_RATIO"
}

@test "run with cgroupfs takes at most 0.6 of crun's time" {
	compare cgroupfs
}

@test "run with the systemd manager takes at most 0.6 of crun's time" {
	[ -d /run/systemd/system ] || skip 'no systemd here'
	edit '.linux.cgroupsPath = $p' --arg p "berthtest.slice:bt:$ID"
	compare systemd
}
