# SPDX-License-Identifier: Apache-2.0
# The systemd cgroup manager. Needs a host with systemd and cgroup v2: the virtual machines of tests/vm, mostly.
#
# shellcheck disable=SC2154 # bats sets status and output
load helpers

FAULTY=${BERTH_FAULTY:-$BATS_TEST_DIRNAME/../../build-faults/berth}

setup_test() {
	[ -d /run/systemd/system ] || skip "systemd does not run here"
	[ -e /sys/fs/cgroup/cgroup.controllers ] || skip "no cgroup v2"
	UNIT=bt-$ID.scope
	edit '.linux.cgroupsPath = $p | .process.args = ["/bin/sleep", "1000"]' --arg p "berthtest.slice:bt:$ID"
}

teardown_test() {
	local id
	for id in "$ROOT"/*; do
		[ -e "$id" ] && "$BERTH" --root "$ROOT" delete --force "$(basename "$id")"
	done
	left=$(systemctl list-units --all --no-legend --plain "*$ID*")
	left+=$(find /sys/fs/cgroup -type d -name "*$ID*")
	if [ -n "$left" ]; then
		systemctl stop "*$ID*"
		systemctl reset-failed
		fail "left behind: $left"
	fi
}

sberth() {
	"$BERTH" --root "$ROOT" --systemd-cgroup "$@"
}

create_scope() {
	sberth create --bundle "$BUNDLE" "$@" "$ID" </dev/null >"$TMP/out" 2>"$TMP/err" 3>&- || fail "$(cat "$TMP/err")"
}

try_create_scope() {
	status=0
	sberth create --bundle "$BUNDLE" "$@" "$ID" </dev/null >"$TMP/out" 2>"$TMP/err" 3>&- || status=$?
	output=$(cat "$TMP/out" "$TMP/err")
}

property() {
	systemctl show "$UNIT" --property "$1" --value
}

cgroup_file() {
	cat "/sys/fs/cgroup$(property ControlGroup)/$1"
}

has_controller() {
	grep -qw "$1" /sys/fs/cgroup/cgroup.controllers
}

no_unit() {
	[ -z "$(systemctl list-units --all --no-legend --plain "$UNIT")" ]
}

@test "F278 F294 F537 a scope in its slice, with init in it, delegated, and gone after delete" {
	create_scope
	[ "$(property ActiveState)" = active ]
	[ "$(property Delegate)" = yes ]
	[ "$(property Slice)" = berthtest.slice ]
	[ "$(property ControlGroup)" = "/berthtest.slice/$UNIT" ]
	[ "$(cat "/proc/$(container_pid)/cgroup")" = "0::/berthtest.slice/$UNIT" ]
	[ "$(cgroup_file cgroup.procs)" = "$(container_pid)" ]
	# Later commands do not get the option.
	berth start "$ID"
	is_status running
	berth pause "$ID"
	[ "$(cgroup_file cgroup.freeze)" = 1 ]
	berth resume "$ID"
	[ "$(berth ps --format json "$ID" | jq length)" -eq 1 ]
	run berth exec "$ID" /bin/cat /proc/self/cgroup
	[ "$status" -eq 0 ] || fail "$output"
	berth kill "$ID" KILL
	wait_for 10 is_status stopped
	berth delete "$ID"
	no_unit
}

# berth with the bus of the host hidden, in a mount namespace of its own.
without_bus() {
	unshare -m sh -c 'mount -t tmpfs none /run/dbus && exec "$@"' sh "$BERTH" --root "$ROOT" "$@"
}

@test "without a system bus systemd itself is asked" {
	without_bus --systemd-cgroup create --bundle "$BUNDLE" "$ID" </dev/null >"$TMP/out" 2>"$TMP/err" 3>&- ||
		fail "$(cat "$TMP/err")"
	[ "$(property ActiveState)" = active ]
	[ "$(cgroup_file cgroup.procs)" = "$(container_pid)" ]
	without_bus delete --force "$ID"
	no_unit
}

# The cgroup of the whole container, as the host sees it, and what stands in a file of its scope.
in_scope() {
	[ "$(cat "/proc/$(container_pid)/cgroup")" = "0::/berthtest.slice/$UNIT$1" ] ||
		fail "$(cat "/proc/$(container_pid)/cgroup")"
}

@test "F707 annotation run.oci.systemd.subgroup: init lives below the scope, which keeps the limits" {
	edit '.annotations = {"run.oci.systemd.subgroup": "container"} | .linux.resources.pids.limit = 77 |
		.process.args = ["/bin/sh", "-c", "cat /proc/self/cgroup >/tmp/cg; ls /sys/fs/cgroup >/tmp/ls; exec sleep 1000"]'
	create_scope
	in_scope /container
	[ "$(cgroup_file pids.max)" = 77 ]
	[ "$(cgroup_file container/pids.max)" = max ]
	[ -z "$(cgroup_file cgroup.procs)" ]
	[ "$(property TasksMax)" = 77 ]
	berth start "$ID"
	wait_for 5 test -s "$BUNDLE/rootfs/tmp/ls"
	# The root of its cgroup namespace, and of the mount, is the inner one.
	[ "$(cat "$BUNDLE/rootfs/tmp/cg")" = 0::/ ]
	! grep -qx container "$BUNDLE/rootfs/tmp/ls"
	# The other commands work on the whole.
	run berth exec "$ID" /bin/cat /proc/self/cgroup
	[ "$status" -eq 0 ] || fail "$output"
	[ "$output" = 0::/ ]
	[ "$(berth ps --format json "$ID" | jq length)" -eq 1 ]
	berth pause "$ID"
	is_status paused
	berth resume "$ID"
	berth update --pids-limit 66 "$ID"
	[ "$(cgroup_file pids.max)" = 66 ]
	berth delete --force "$ID"
	no_unit
	# Empty: none, as without it.
	edit '.annotations = {"run.oci.systemd.subgroup": ""}'
	create_scope
	in_scope ""
}

@test "F707 F708 both: the cgroup namespace begins above the delegated cgroup" {
	edit '.annotations = {"run.oci.systemd.subgroup": "container", "run.oci.delegate-cgroup": "payload"} |
		.process.args = ["/bin/sh", "-c", "cat /proc/self/cgroup >/tmp/cg; exec sleep 1000"]'
	create_scope
	in_scope /container/payload
	berth start "$ID"
	wait_for 5 test -s "$BUNDLE/rootfs/tmp/cg"
	[ "$(cat "$BUNDLE/rootfs/tmp/cg")" = 0::/payload ]
	berth delete --force "$ID"
	no_unit
	edit '.annotations = {"run.oci.systemd.subgroup": "a/b"}'
	try_create_scope
	expect_error /annotations/run.oci.systemd.subgroup "a/b"
	no_unit
}

@test "F538 --cgroup-manager systemd, in a foreground run" {
	container_script 'cat /proc/self/cgroup'
	edit '.linux.namespaces |= map(select(.type != "cgroup"))'
	run "$BERTH" --root "$ROOT" --cgroup-manager systemd run --bundle "$BUNDLE" "$ID"
	[ "$status" -eq 0 ]
	[[ "$output" == *"0::/berthtest.slice/$UNIT"* ]]
	no_unit
}

@test "F278 F280 the forms of a path for systemd" {
	local path want
	while read -r path want; do
		edit '.linux.cgroupsPath = $p' --arg p "${path//-none-/}"
		create_scope
		[ "$(cat "/proc/$(container_pid)/cgroup")" = "0::$want" ] || fail "$path: $(cat "/proc/$(container_pid)/cgroup")"
		berth delete --force "$ID"
	done <<-END
		-none- /system.slice/berth-$ID.scope
		:bt:$ID /system.slice/bt-$ID.scope
		-:bt:$ID /bt-$ID.scope
		a-b-c.slice::$ID /a.slice/a-b.slice/a-b-c.slice/$ID.scope
		machine.slice /machine.slice/berth-$ID.scope
		name-$ID /system.slice/name-$ID.scope
		berthtest.slice:x:b${ID//-/_}.slice /b${ID//-/_}.slice
	END
	edit '.linux.cgroupsPath = "a:b"'
	try_create_scope
	expect_error slice:prefix:name /linux/cgroupsPath
}

@test "F696 annotations become properties of the unit" {
	edit '.annotations = {
		"org.systemd.property.TimeoutStopSec": "uint64 7",
		"org.systemd.property.KillSignal": "10",
		"org.systemd.property.After": "[\"dbus.service\"]",
		"org.systemd.property.CollectMode": "\"inactive\"" }'
	create_scope
	[ "$(property TimeoutStopUSec)" = 7s ]
	[ "$(property KillSignal)" = 10 ]
	[[ "$(property After)" == *dbus.service* ]]
	[ "$(property CollectMode)" = inactive ]
	berth delete --force "$ID"
	edit '.annotations = { "org.systemd.property.TimeoutStopSec": "soon" }'
	try_create_scope
	expect_error TimeoutStopSec GVariant
	edit '.annotations = { "org.systemd.property.SuccessAction": "\"reboot\"" }'
	try_create_scope
	expect_error SuccessAction
}

@test "a property that systemd refuses: its words, and nothing is left" {
	edit '.annotations = { "org.systemd.property.KillMode": "\"gently\"" }'
	try_create_scope
	expect_error "cannot start unit $UNIT" KillMode gently
	no_unit
	[ ! -e "$ROOT/$ID" ]
	edit '.annotations = { "org.systemd.property.NoSuchThing": "1" }'
	try_create_scope
	expect_error "cannot start unit $UNIT" NoSuchThing
	no_unit
}

@test "a unit of that name that is in use is left alone" {
	systemd-run --quiet --scope --unit "$UNIT" sleep 1000 3>&- &
	wait_for 10 systemctl --quiet is-active "$UNIT"
	try_create_scope
	expect_error "$UNIT" "in use"
	systemctl --quiet is-active "$UNIT"
	[ ! -e "$ROOT/$ID" ]
	systemctl stop "$UNIT"
}

@test "the same in the slice of the container" {
	systemd-run --quiet --scope --slice berthtest.slice --unit "$UNIT" sleep 1000 3>&- &
	wait_for 10 systemctl --quiet is-active "$UNIT"
	try_create_scope
	expect_error "$UNIT" "in use"
	systemctl --quiet is-active "$UNIT"
	systemctl stop "$UNIT"
}

@test "F302 a unit of that name that has failed is no obstacle" {
	systemd-run --quiet --scope --unit "$UNIT" --property RuntimeMaxSec=1s sleep 1000 3>&- || :
	wait_for 10 systemctl --quiet is-failed "$UNIT"
	create_scope
	[ "$(property ActiveState)" = active ]
	berth delete --force "$ID"
	no_unit
}

@test "delete removes a unit that has failed" {
	edit '.annotations = { "org.systemd.property.RuntimeMaxSec": "uint64 1",
		"org.systemd.property.TimeoutStopSec": "uint64 1", "org.systemd.property.CollectMode": "\"inactive\"" }'
	create_scope
	berth start "$ID"
	wait_for 10 systemctl --quiet is-failed "$UNIT"
	wait_for 10 is_status stopped
	berth delete "$ID"
	no_unit
}

@test "a container whose unit was stopped by somebody else can be deleted" {
	edit '.annotations = { "org.systemd.property.TimeoutStopSec": "uint64 1" }'
	create_scope
	berth start "$ID"
	systemctl stop "$UNIT"
	wait_for 10 is_status stopped
	berth delete "$ID"
}

@test "parallel creates" {
	local i
	for i in 1 2 3 4 5; do
		mkdir "$TMP/b$i"
		jq --arg p "berthtest.slice:bt:$ID-$i" '.linux.cgroupsPath = $p | .root.path = $r' --arg r "$BUNDLE/rootfs" "$BUNDLE/config.json" >"$TMP/b$i/config.json"
		sberth create --bundle "$TMP/b$i" "$ID-$i" </dev/null >"$TMP/out$i" 2>&1 3>&- &
	done
	wait
	for i in 1 2 3 4 5; do
		[ "$(berth state "$ID-$i" | jq -r .status)" = created ] || fail "$(cat "$TMP/out$i")"
		berth delete --force "$ID-$i" &
	done
	wait
}

@test "F357 F358 limits are properties of the unit, and hold after systemd was reloaded" {
	local before file
	edit '.linux.resources = {
		memory: { limit: 67108864, reservation: 33554432, swap: 100663296 },
		pids: { limit: 33 },
		cpu: { shares: 512, quota: 33333, period: 100000 },
		unified: { "memory.high": "50331648" } }'
	! has_controller cpuset || edit '.linux.resources.cpu.cpus = "0"'
	create_scope
	[ "$(property MemoryMax)" = 67108864 ]
	[ "$(property MemoryLow)" = 33554432 ]
	[ "$(property MemorySwapMax)" = 33554432 ]
	[ "$(property MemoryHigh)" = 50331648 ]
	[ "$(property TasksMax)" = 33 ]
	[ "$(property CPUQuotaPerSecUSec)" = 340ms ]
	[ "$(property CPUQuotaPeriodUSec)" = 100ms ]
	[ "$(property CPUWeight)" = "$(cgroup_file cpu.weight)" ]
	! has_controller cpuset || [ "$(property AllowedCPUs)" = 0 ]
	before=$(for file in memory.max memory.low memory.high memory.swap.max pids.max cpu.weight; do cgroup_file "$file"; done)
	[ "$(cgroup_file memory.max)" = 67108864 ]
	systemctl daemon-reload
	[ "$before" = "$(for file in memory.max memory.low memory.high memory.swap.max pids.max cpu.weight; do cgroup_file "$file"; done)" ]
}

@test "F328 F329 F357 processors and memory nodes are properties of the unit" {
	require_v2 cpuset
	edit '.linux.resources.cpu = { cpus: "0", mems: "0" }'
	create_scope
	[ "$(property AllowedCPUs)" = 0 ]
	[ "$(property AllowedMemoryNodes)" = 0 ]
	berth update --cpuset-cpus 1 "$ID"
	[ "$(property AllowedCPUs)" = 1 ]
	systemctl daemon-reload
	[ "$(cgroup_file cpuset.cpus)" = 1 ]
	[ "$(cgroup_file cpuset.mems)" = 0 ]
	berth update --cpuset-cpus 0-1 "$ID"
	[ "$(property AllowedCPUs)" = 0-1 ]
	[ "$(cgroup_file cpuset.cpus.effective)" = 0-1 ]
}

@test "F331 F336 F357 the weight and the limits of I/O are properties of the unit" {
	require_v2 io
	local device
	device=$(lsblk -dnro MAJ:MIN | head -n 1)
	[ -n "$device" ] || skip "no block device here"
	edit ".linux.resources.blockIO.throttleReadBpsDevice = [{major: ${device%:*}, minor: ${device#*:}, rate: 1048576}]"
	! [ -f /sys/fs/cgroup/init.scope/io.weight ] || edit '.linux.resources.unified = {"io.weight": "default 50"}'
	create_scope
	[[ "$(property IOReadBandwidthMax)" == *" 1048576" ]] || fail "$(property IOReadBandwidthMax)"
	systemctl daemon-reload
	[[ "$(cgroup_file io.max)" == "$device rbps=1048576 wbps=max"* ]]
	[ -f "/sys/fs/cgroup$(property ControlGroup)/io.weight" ] || skip "this kernel has no weight of I/O"
	[ "$(property IOWeight)" = 50 ]
	[ "$(cgroup_file io.weight | head -n 1)" = "default 50" ]
}

@test "a killed berth leaves nothing that delete --force does not remove" {
	local op last
	[ -x "$FAULTY" ] || skip "no program with faults"
	last=$("$BERTH" --cgroup-manager systemd explain --format json "$BUNDLE" | jq '[.operations[].name] | index("commit")')
	[ "$last" -gt 10 ]
	for ((op = 0; op <= last; op++)); do
		BERTH_FAULT_OP=$op:kill "$FAULTY" --root "$ROOT" --systemd-cgroup create --bundle "$BUNDLE" "$ID" </dev/null >"$TMP/out" 2>&1 3>&- || :
		berth delete --force "$ID"
		wait_for 10 no_unit || fail "operation $op"
		[ -z "$(find /sys/fs/cgroup -type d -name "*$ID*")" ] || fail "operation $op: cgroup"
		[ ! -e "$ROOT/$ID" ] || fail "operation $op: state"
	done
}

@test "a create that follows a killed one" {
	local op
	[ -x "$FAULTY" ] || skip "no program with faults"
	op=$("$BERTH" --cgroup-manager systemd explain --format json "$BUNDLE" | jq '[.operations[].name] | index("systemd-unit")')
	BERTH_FAULT_OP=$op:kill "$FAULTY" --root "$ROOT" --systemd-cgroup create --bundle "$BUNDLE" "$ID" </dev/null >"$TMP/out" 2>&1 3>&- || :
	create_scope
	[ "$(container_status)" = created ]
	berth delete --force "$ID"
}

# berth with nobody to talk to.
without_systemd() {
	# shellcheck disable=SC2016 # "$@" is for the inner shell
	unshare -m sh -c 'mount -t tmpfs none /run/dbus && mount --bind /dev/null /run/systemd/private && exec "$@"' sh \
		"$BERTH" --root "$ROOT" "$@"
}

# berth with a bus that says the same to everybody who connects, and hangs up.
with_bus_that_says() {
	local said=$1
	shift
	# shellcheck disable=SC2016 # for the inner shell
	SAID=$said unshare -m sh -c '
		mount -t tmpfs none /run/dbus || exit
		perl -MIO::Socket::UNIX -e "
			my \$s = IO::Socket::UNIX->new(Local => q(/run/dbus/system_bus_socket), Listen => 9) or die;
			while (my \$c = \$s->accept) { syswrite \$c, \$ENV{SAID}; shutdown \$c, 1; sysread \$c, my \$x, 4096 }" &
		until [ -e /run/dbus/system_bus_socket ]; do sleep 0.1; done
		"$@"
		status=$?
		kill $!
		exit $status' sh "$BERTH" --root "$ROOT" "$@"
}

@test "a bus that is missing, says no, hangs up, or is none" {
	run without_systemd --systemd-cgroup create --bundle "$BUNDLE" "$ID"
	expect_error "cannot reach the system's manager" "is missing"
	[ ! -e "$ROOT/$ID" ]
	run with_bus_that_says $'REJECTED EXTERNAL\r\n' --systemd-cgroup create --bundle "$BUNDLE" "$ID"
	expect_error "cannot reach the system's manager" "access denied"
	run with_bus_that_says '' --systemd-cgroup create --bundle "$BUNDLE" "$ID"
	expect_error "cannot reach the system's manager" "reset"
	run with_bus_that_says $'220 mail.example.org\r\n' --systemd-cgroup create --bundle "$BUNDLE" "$ID"
	expect_error "cannot reach the system's manager" "bad message"
	run with_bus_that_says $'DATA\r\nOK 0\r\n' --systemd-cgroup create --bundle "$BUNDLE" "$ID"
	expect_error "cannot start unit $UNIT" "reset"
	[ ! -e "$ROOT/$ID" ]
	no_unit
}

@test "the connection is gone when the container runs" {
	sberth run --bundle "$BUNDLE" "$ID" </dev/null >"$TMP/out" 2>&1 3>&- &
	wait_for 20 is_status running
	! busctl list --no-legend | grep -w "$!"
	berth kill "$ID" KILL
	wait $! || :
	no_unit
}

# Systemd forgets an empty scope by itself, and its cgroup tells when.
@test "delete asks systemd for what does not go by itself" {
	create_scope
	berth start "$ID"
	run without_systemd delete --force "$ID"
	[ "$status" -eq 0 ] && [ -z "$output" ] || fail "$output"
	no_unit
	edit '.annotations = { "org.systemd.property.CollectMode": "\"inactive\"" }'
	create_scope
	run without_systemd delete --force "$ID"
	[ "$status" -eq 0 ] || fail "$output"
	[[ "$output" == *"cannot reach the system's manager"* ]] || fail "$output"
	# It has no cgroup any more, which systemd sees by itself, in its own time.
	wait_for 20 no_unit
	edit 'del(.annotations) | .linux.cgroupsPath = $p' --arg p "berthtest.slice:x:b${ID//-/_}.slice"
	create_scope
	berth delete --force "$ID"
	[ -z "$(systemctl list-units --all --no-legend --plain "b${ID//-/_}.slice")" ]
}

@test "F295 F735 a user's container is in a scope of the user's manager" {
	local group=/user.slice/user-1000.slice/user@1000.service/user.slice/bt-$ID.scope
	command -v as-user >/dev/null || skip "no user with a session (as-user of tests/vm)"
	as-user true
	rm "$BUNDLE/config.json"
	chown -R 1000:1000 "$BUNDLE"
	as-user "$BERTH" spec --rootless --bundle "$BUNDLE"
	edit '.process.terminal = false | .root.readonly = false | .linux.cgroupsPath = $p
		| .linux.namespaces |= map(select(.type != "cgroup"))' --arg p ":bt:$ID"
	container_script 'cat /proc/self/cgroup'
	run as-user "$BERTH" --systemd-cgroup run --bundle "$BUNDLE" "$ID"
	[ "$status" -eq 0 ] || fail "$output"
	[[ "$output" == *"0::$group"* ]] || fail "$output"
	container_args /bin/sleep 1000
	as-user "$BERTH" --systemd-cgroup create --bundle "$BUNDLE" "$ID" </dev/null >"$TMP/out" 2>&1 3>&- || fail "$(cat "$TMP/out")"
	as-user systemctl --user --quiet is-active "bt-$ID.scope"
	[ -d "/sys/fs/cgroup$group" ]
	as-user env -u DBUS_SESSION_BUS_ADDRESS "$BERTH" delete --force "$ID"
	[ -z "$(as-user systemctl --user list-units --all --no-legend --plain "bt-$ID.scope")" ]
	[ ! -d "/sys/fs/cgroup$group" ]
}

@test "update changes the properties of the unit, which then hold after a reload" {
	edit '.linux.resources.memory = { limit: 67108864 } | .linux.resources.pids = { limit: 33 }'
	create_scope
	berth update --memory 134217728 --pids-limit 44 --cpu-quota 50000 --cpu-period 100000 "$ID"
	[ "$(property MemoryMax)" = 134217728 ]
	[ "$(property TasksMax)" = 44 ]
	[ "$(property CPUQuotaPerSecUSec)" = 500ms ]
	systemctl daemon-reload
	[ "$(cgroup_file memory.max)" = 134217728 ]
	[ "$(cgroup_file pids.max)" = 44 ]
	[ "$(cgroup_file cpu.max)" = "50000 100000" ]
	berth update --pids-limit -1 "$ID"
	[ "$(property TasksMax)" = infinity ]
	[ "$(property MemoryMax)" = 134217728 ]
	berth delete --force "$ID"
}

@test "devices: closed, and still so after a reload" {
	edit '.linux.resources.devices = [{ allow: false, access: "rwm" }, { allow: true, type: "c", major: 240, minor: 0, access: "rw" }]
		| .linux.devices = [{ type: "c", path: "/dev/a", major: 240, minor: 0 }, { type: "c", path: "/dev/b", major: 240, minor: 1 }]'
	create_scope
	[ "$(property DevicePolicy)" = strict ]
	[[ "$(property DeviceAllow)" == *"/dev/char/240:0 rw"* ]]
	berth start "$ID"
	# Neither has a driver: what is allowed is not there.
	try_devices() {
		local got
		got=$(berth exec "$ID" /bin/sh -c ': </dev/null && echo null; (: </dev/a) 2>&1; (: </dev/b) 2>&1' || :)
		[[ "$got" == *null*"/dev/a: No such"*"/dev/b: Operation not permitted"* ]] || fail "$got"
	}
	try_devices
	systemctl daemon-reload
	try_devices
	berth delete --force "$ID"
}
