# SPDX-License-Identifier: Apache-2.0
# pause and resume.
load helpers

setup_test() {
	require_controller freezer
	CG=/berth-test-$ID
	FREEZER=/sys/fs/cgroup/freezer$CG
	! is_unified || FREEZER=/sys/fs/cgroup$CG
	edit '.linux.cgroupsPath = $p' --arg p "$CG"
	container_args sleep 1000
}

# Runs a command that changes the container and must be silent.
quiet() {
	local said
	said=$(berth "$@" 2>&1) || fail "$*: $said"
	[ -z "$said" ] || fail "$* said: $said"
}

start_container() {
	create_container
	berth start "$ID"
}

@test "F612 F613 pause freezes, resume thaws, both without a word" {
	container_script 'i=0; while :; do echo $i >/count; i=$((i + 1)); sleep 0.01; done'
	start_container
	wait_for 5 test -s "$BUNDLE/rootfs/count"
	quiet pause "$ID"
	is_status paused
	cgroup_is_frozen "$FREEZER"
	local count
	count=$(cat "$BUNDLE/rootfs/count")
	sleep 0.2
	[ "$(cat "$BUNDLE/rootfs/count")" = "$count" ]
	quiet resume "$ID"
	is_status running
	wait_for 5 sh -c "[ \"\$(cat $BUNDLE/rootfs/count)\" != $count ]"
}

@test "F614 a created container can be paused, and is created again after resume" {
	create_container
	quiet pause "$ID"
	is_status paused
	quiet resume "$ID"
	is_status created
	quiet start "$ID"
	is_status running
}

@test "F612 F613 a stopped container is not running, for pause and resume" {
	container_args true
	start_container
	wait_for 5 is_status stopped
	run berth pause "$ID"
	[ "$status" -eq 1 ]
	expect_error "container not running"
	run berth resume "$ID"
	expect_error "container not running"
}

@test "F612 F613 pause twice, resume without pause" {
	start_container
	run berth resume "$ID"
	expect_error "container not paused"
	quiet pause "$ID"
	run berth pause "$ID"
	expect_error "container paused"
	is_status paused
}

@test "F612 F613 an unknown container does not exist" {
	run berth pause nobody
	expect_error "does not exist"
	run berth resume nobody
	expect_error "does not exist"
}

@test "F612 F613 child cgroups are frozen as well, and what the container froze itself stays frozen" {
	start_container
	mkdir "$FREEZER/own" "$FREEZER/other"
	freeze_cgroup "$FREEZER/own"
	quiet pause "$ID"
	cgroup_is_frozen "$FREEZER/other"
	quiet resume "$ID"
	! cgroup_is_frozen "$FREEZER/other" || fail "not thawed"
	cgroup_is_frozen "$FREEZER/own"
}

@test "F613 below a frozen parent resume ends with an error" {
	edit '.linux.cgroupsPath = $p' --arg p "$CG/child"
	start_container
	quiet pause "$ID"
	freeze_cgroup "$FREEZER"
	run timeout 30 "$BERTH" --root "$ROOT" resume "$ID"
	thaw_cgroup "$FREEZER"
	expect_error "cannot be thawed" "a cgroup above it may be frozen"
}

@test "F613 a container below a frozen parent is paused, for state, exec and list" {
	edit '.linux.cgroupsPath = $p' --arg p "$CG/child"
	start_container
	freeze_cgroup "$FREEZER"
	wait_for 5 is_status paused
	[ "$(berth list | awk 'NR == 2 { print $3 }')" = paused ]
	run timeout 10 "$BERTH" --root "$ROOT" exec "$ID" true
	thaw_cgroup "$FREEZER"
	expect_error "cannot exec in a paused container"
	wait_for 5 is_status running
}

@test "F612 kill and delete work on a paused container" {
	start_container
	quiet pause "$ID"
	quiet kill "$ID" KILL
	wait_for 5 is_status stopped
	quiet delete "$ID"
	start_container
	quiet pause "$ID"
	run berth delete "$ID"
	expect_error "cannot delete container $ID that is not stopped: paused"
	quiet delete --force "$ID"
}

@test "F612 without a freezer there is no pause" {
	"$BERTH" --root "$ROOT" --cgroup-manager disabled create --bundle "$BUNDLE" "$ID" </dev/null >/dev/null 2>&1 3>&-
	run berth pause "$ID"
	expect_error "freezer"
}
