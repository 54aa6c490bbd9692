#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# linux.intelRdt on a directory that a preloaded library makes look like resctrl: see tests/tools/resctrl.c. Only a
# program with an interpreter takes one along, which the release is not; test-resctrl has the rules one by one.

load helpers

setup_test() {
	RDT=$TMP/resctrl
	if readelf -l "$BERTH" | grep -q INTERP; then
		DYNAMIC=yes
	fi
	mkdir -p "$RDT/info" "$RDT/mon_groups"
	echo ok >"$RDT/info/last_cmd_status"
	printf '    MB:0=100\n    L3:0=ffff\n' >"$RDT/schemata"
	: >"$RDT/tasks"
}

# rdt JQ: what the container asks for, and everything from here on with resctrl mounted.
rdt() {
	[ -n "${DYNAMIC-}" ] || skip "a static program takes no library along"
	edit ".linux.intelRdt = $1"
	export BERTH_TEST_RESCTRL=$RDT LD_PRELOAD=$BERTH_TESTS/resctrl.so
	export ASAN_OPTIONS=${ASAN_OPTIONS-}:verify_asan_link_order=0
}

create() {
	"$BERTH" --root "$ROOT" create --bundle "$BUNDLE" --pid-file "$TMP/pid" "$ID" </dev/null >/dev/null 2>&1
}

@test "F361 intelRdt where no resctrl is mounted is an error by its name" {
	! grep -q ' - resctrl ' /proc/self/mountinfo || skip "resctrl is mounted"
	edit '.linux.intelRdt = {closID: "x"}'
	run "$BERTH" --root "$ROOT" create --bundle "$BUNDLE" "$ID"
	expect_error "/linux/intelRdt" "no resctrl file system is mounted"
	edit '.linux.intelRdt = {}'
	run "$BERTH" --root "$ROOT" create --bundle "$BUNDLE" "$ID"
	expect_error "/linux/intelRdt"
}

@test "F363 without intelRdt resctrl is not touched" {
	rdt null
	edit 'del(.linux.intelRdt)'
	create
	[ ! -s "$RDT/tasks" ]
	[ "$(ls "$RDT")" = "$(printf 'info\nmon_groups\nschemata\ntasks')" ]
}

@test "F362 F364 F367 F376 F378 a group of the container's own, from create to delete" {
	rdt '{l3CacheSchema: "L3:0=f"}'
	container_args sleep 60
	create
	[ "$(cat "$RDT/$ID/tasks")" = "$(cat "$TMP/pid")" ]
	[ "$(head -n 1 "$RDT/$ID/schemata")" = L3:0=f ]
	"$BERTH" --root "$ROOT" start "$ID"
	: >"$RDT/$ID/tasks"
	"$BERTH" --root "$ROOT" exec "$ID" true
	grep -qE '^[0-9]+$' "$RDT/$ID/tasks"
	[ ! -s "$RDT/tasks" ]
	"$BERTH" --root "$ROOT" delete --force "$ID"
	[ ! -e "$RDT/$ID" ]
}

@test "F365 F373 F374 F376 a named group is made, compared, and stays" {
	rdt '{closID: "high", schemata: ["L3:0=ffff"]}'
	create
	"$BERTH" --root "$ROOT" delete --force "$ID"
	[ -e "$RDT/high" ]
	printf '    MB:0=100\n    L3:0=ffff\n' >"$RDT/high/schemata"
	create
	"$BERTH" --root "$ROOT" delete --force "$ID"
	edit '.linux.intelRdt.schemata = ["L3:0=f"]'
	run "$BERTH" --root "$ROOT" create --bundle "$BUNDLE" "$ID"
	expect_error "/linux/intelRdt" "group high has other limits than L3:0=f"
	[ "$(tail -n 1 "$RDT/high/schemata")" = "    L3:0=ffff" ]
	[ ! -e "$ROOT/$ID" ]
}

@test "F375 a named group without limits must be there" {
	rdt '{closID: "high"}'
	run "$BERTH" --root "$ROOT" create --bundle "$BUNDLE" "$ID"
	expect_error "/linux/intelRdt" "group high"
	[ ! -e "$RDT/high" ]
}

@test "F366 F377 the root group with a monitoring group, which goes with the container" {
	rdt '{closID: "/", enableMonitoring: true}'
	create
	[ "$(cat "$RDT/tasks")" = "$(cat "$TMP/pid")" ]
	[ "$(cat "$RDT/mon_groups/$ID/tasks")" = "$(cat "$TMP/pid")" ]
	"$BERTH" --root "$ROOT" delete --force "$ID"
	[ ! -e "$RDT/mon_groups/$ID" ]
	# No monitoring: an error, and nothing is left.
	rmdir "$RDT/mon_groups"
	run "$BERTH" --root "$ROOT" create --bundle "$BUNDLE" "$ID"
	expect_error "/linux/intelRdt" "monitoring group $ID"
	[ ! -e "$ROOT/$ID" ]
}

@test "F367 F376 a failing create takes its groups away, and leaves those of others" {
	rdt '{enableMonitoring: true}'
	edit '.process.args = ["/nonexistent"]'
	run "$BERTH" --root "$ROOT" create --bundle "$BUNDLE" "$ID"
	[ "$status" -ne 0 ]
	[ ! -e "$RDT/$ID" ]
	mkdir "$RDT/$ID"
	run "$BERTH" --root "$ROOT" create --bundle "$BUNDLE" "$ID"
	expect_error "/linux/intelRdt" "is of the container's name"
	[ -e "$RDT/$ID" ]
}

@test "F379 events --stats: limits of the group, and what is counted for the container" {
	rdt '{l3CacheSchema: "L3:0=f"}'
	mkdir "$RDT/info/L3" "$RDT/info/MB"
	echo ffff >"$RDT/info/L3/cbm_mask"
	echo 16 >"$RDT/info/L3/num_closids"
	echo 10 >"$RDT/info/MB/bandwidth_gran"
	create
	printf '    MB:0= 50\n    L3:0=000f\n' >"$RDT/$ID/schemata"
	run "$BERTH" --root "$ROOT" events --stats "$ID"
	[ "$(jq -cS .data.intel_rdt <<<"$output")" = "$(jq -cS . <<<'{
		"l3_cache_info": {"cbm_mask": "ffff", "num_closids": 16}, "mem_bw_info": {"bandwidth_gran": 10},
		"l3_cache_schema_root": "L3:0=ffff", "l3_cache_schema": "L3:0=000f",
		"mem_bw_schema_root": "MB:0=100", "mem_bw_schema": "MB:0= 50",
		"mbm_stats": [{"mbm_total_bytes": 20, "mbm_local_bytes": 10}], "cmt_stats": [{"llc_occupancy": 4096}]}')" ]
	"$BERTH" --root "$ROOT" delete --force "$ID"
	# In the root group, which does not count here, with a monitoring group, which does.
	edit '.linux.intelRdt = {closID: "/", enableMonitoring: true}'
	create
	"$BERTH" --root "$ROOT" events --stats "$ID" | jq -e '.data.intel_rdt | .l3_cache_schema == "L3:0=ffff"
		and .cmt_stats == [{llc_occupancy: 4096}]'
	"$BERTH" --root "$ROOT" delete --force "$ID"
}

@test "F633 F634 update changes the limits of the container's group, or none of them" {
	rdt '{l3CacheSchema: "L3:0=f"}'
	create
	printf '    MB:0=100\n    L3:0=00f\n' >"$RDT/$ID/schemata"
	"$BERTH" --root "$ROOT" update --l3-cache-schema L3:0=3 "$ID"
	[ "$(head -n 1 "$RDT/$ID/schemata")" = L3:0=3 ]
	"$BERTH" --root "$ROOT" update --mem-bw-schema MB:0=50 "$ID"
	[ "$(head -n 1 "$RDT/$ID/schemata")" = MB:0=50 ]
	# A limit of the cgroup that is refused takes them back.
	printf 'MB:0=70\n' >"$RDT/$ID/schemata"
	run "$BERTH" --root "$ROOT" update --mem-bw-schema MB:0=10 --cpuset-cpus 4000 "$ID"
	[ "$status" -ne 0 ]
	[ "$(cat "$RDT/$ID/schemata")" = MB:0=70 ]
	"$BERTH" --root "$ROOT" delete --force "$ID"
}
