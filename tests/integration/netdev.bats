#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# linux.netDevices. The "host" of each test is a network namespace of its own, in which berth is started.
#
# shellcheck disable=SC2154,SC2034 # bats sets status and output; helpers.bash reads what is set here
# shellcheck disable=SC2016 # jq's variables stand in single quotes
load helpers

FAULTY=${BERTH_FAULTY:-$BATS_TEST_DIRNAME/../../build-faults/berth}

setup_test() {
	[ "$(id -u)" = 0 ] || skip "network devices are root's"
	[ -x "$FAULTY" ] || skip "no build with faults"
	# Which finds the helper in its own folder.
	BERTH=$FAULTY
	BERTH_HELPER_DIR=$(dirname "$FAULTY")
	export BERTH_HELPER_DIR
	HOST=$ID
	ip netns add "$HOST"
	host ip link set lo up
	edit '.linux.namespaces |= (map(select(.type != "network")) + [{"type": "network"}])'
	container_args /bin/sleep 1000
}

teardown_test() {
	local id
	for id in "$ROOT"/*; do
		[ -e "$id" ] && "$BERTH" --root "$ROOT" delete --force "$(basename "$id")"
	done
	[ -n "${HOST-}" ] || return 0
	ip netns del "$HOST"
}

# host COMMAND...: in the namespace that is the host's here.
host() {
	nsenter --net="/run/netns/$HOST" "$@"
}

# create: as create_container and try_create, there.
create() {
	status=0
	host "$BERTH" --root "$ROOT" create --bundle "$BUNDLE" "$ID" </dev/null >"$TMP/out" 2>"$TMP/err" 3>&- ||
		status=$?
	output=$(cat "$TMP/out" "$TMP/err")
}

create_ok() {
	create
	[ "$status$output" = 0 ] || fail "status $status: $output"
}

# inside COMMAND...: in the network namespace of the container, with the host's programs.
inside() {
	nsenter --net="/proc/$(container_pid)/ns/net" "$@"
}

devices() {
	edit '.linux.netDevices = $d' --argjson d "$1"
}

# device NAME: one whose other end is up, so that it has a carrier.
device() {
	host ip link add "$1" type veth peer name "$1-end"
	host ip link set "$1-end" up
}

# Both ends of a pair end with the namespace that one of them is in, a moment later than it.
gone() {
	! host ip link show "$1"
}

# The kernel gives it one when all others have had the time to object.
has_address_of_its_own() {
	host ip -6 route show table local | grep "^local fe80:.* dev $1 "
}

# All that is to be the same after a failure. Other ends get a carrier, and with it routes, while their device is away;
# whether they have one the kernel tells a moment later.
snapshot() {
	host ip -o -d link | sed '/-end@/s/ <[^>]*>\| state [A-Z]*//g'
	host ip -4 address | sed 's/_lft [0-9]*sec//g' # lifetimes go on
	host ip -6 address show scope global
	host ip -4 route show table all
	host ip -6 route show table all | grep -v -e '-end ' | sort
	host ip neighbour show nud permanent
}

# A carrier that comes again is noticed a moment later.
is_as_before() {
	[ "$(snapshot)" = "$1" ]
}

assert_as_before() {
	wait_for 10 is_as_before "$1" || fail "$(diff <(echo "$1") <(snapshot))"
}

# refused WORD...: create fails with these words, and the host is as it was.
refused() {
	local before
	before=$(snapshot)
	create
	expect_error "$@"
	assert_as_before "$before"
	[ -z "$(ls -A "$ROOT")" ]
}

# The addresses of IPv6 are known to be nobody else's.
proved() {
	[ -z "$(host ip -6 address show dev "$1" tentative)" ]
}

furnish() {
	device "$1"
	host ip link set "$1" mtu 1400 address 02:00:00:00:00:17
	host ip address add 192.0.2.5/24 broadcast 192.0.2.255 label "$1:web" dev "$1"
	host ip address add 192.0.2.6/24 dev "$1"
	host ip address add 198.51.100.1 peer 198.51.100.2/32 dev "$1"
	host ip address add 2001:db8::5/64 dev "$1"
	host ip address add 2001:db8:1::1 peer 2001:db8:1::2/128 dev "$1"
	host ip address add 2001:db8:2::1/64 dev "$1" noprefixroute preferred_lft 0
	host ip address add 203.0.113.9/24 dev "$1" valid_lft 1000 preferred_lft 900
	host ip address add 169.254.7.7/16 scope link dev "$1"
	host ip link set "$1" up
	wait_for 10 proved "$1"
	host ip route add 10.7.0.0/16 dev "$1" metric 7
	host ip route add default via 192.0.2.1 src 192.0.2.6 dev "$1"
	host ip route add 10.8.0.0/16 via 198.51.100.2 dev "$1" table 77
	host ip -6 route add 2001:db8:77::/48 via 2001:db8::1 src 2001:db8::5 dev "$1" metric 12 mtu 1300
	host ip neighbour add 192.0.2.1 lladdr 02:00:00:00:00:01 nud permanent dev "$1"
}

@test "F259 F261 F267 a device moves into the container, under its own name and a new one, and is up" {
	device one
	device two
	devices '{"one": {}, "two": {"name": "eth0"}}'
	create_ok
	gone one
	gone two
	[ "$(inside ip -br link | sed 's/[@ ].*//' | sort | xargs)" = "eth0 lo one" ]
	inside ip link show one up | grep -q one
	inside ip link show eth0 up | grep -q eth0
}

@test "F264 F265 F266 F274 addresses with their attributes, routes and neighbours are kept" {
	furnish nic
	devices '{"nic": {"name": "net7"}}'
	create_ok
	inside ip -d link show net7 | tee "$TMP/link"
	grep -q 'mtu 1400' "$TMP/link"
	grep -q 'link/ether 02:00:00:00:00:17' "$TMP/link"
	inside ip -4 -o address show dev net7 | tee "$TMP/4"
	grep -q 'inet 192.0.2.5/24 brd 192.0.2.255 scope global net7:web' "$TMP/4"
	grep -q 'inet 192.0.2.6/24 scope global secondary net7' "$TMP/4"
	grep -q 'inet 198.51.100.1 peer 198.51.100.2/32 scope global net7' "$TMP/4"
	[ "$(wc -l <"$TMP/4")" -eq 3 ]
	inside ip -6 -o address show dev net7 scope global | tee "$TMP/6"
	grep -q '2001:db8::5/64 scope global *[^a-z ]' "$TMP/6"
	grep -q '2001:db8:1::1 peer 2001:db8:1::2/128 scope global' "$TMP/6"
	grep -q '2001:db8:2::1/64 scope global deprecated noprefixroute' "$TMP/6"
	[ "$(wc -l <"$TMP/6")" -eq 3 ]
	inside ip route | tee "$TMP/route"
	grep -q '^default via 192.0.2.1 dev net7 src 192.0.2.6' "$TMP/route"
	grep -q '^10.7.0.0/16 dev net7 scope link metric 7' "$TMP/route"
	inside ip route show table 77 | grep -q '^10.8.0.0/16 via 198.51.100.2 dev net7'
	inside ip -6 route | tee "$TMP/route6"
	grep -q '^2001:db8:77::/48 via 2001:db8::1 dev net7 src 2001:db8::5 metric 12 mtu 1300' "$TMP/route6"
	inside ip neighbour show nud permanent | grep -q '192.0.2.1 dev net7 lladdr 02:00:00:00:00:01 PERMANENT'
}

@test "F259 one end of a veth pair: the container speaks with the host" {
	host ip link add inner type veth peer name outer
	host ip address add 192.0.2.1/30 dev outer
	host ip link set outer up
	host ip address add 192.0.2.2/30 dev inner
	devices '{"inner": {"name": "eth0"}}'
	create_ok
	host "$BUSYBOX" ping -c 1 -W 10 192.0.2.2
}

@test "F263 a template gets the lowest free numbers" {
	device one
	device two
	device three
	devices '{"one": {"name": "net%d"}, "two": {"name": "net1"}, "three": {"name": "net%d"}}'
	create_ok
	[ "$(inside ip -br link | sed 's/[@ ].*//' | sort | xargs)" = "lo net0 net1 net2" ]
}

@test "F260 a device that is not there, and one that is called so only by the way" {
	device one
	host ip link property add dev one altname another
	devices '{"one": {}, "gone": {}}'
	refused 'network device gone: there is none of that name on the host'
	devices '{"another": {}}'
	refused 'network device another: there is none of that name on the host'
}

@test "F262 a name that is taken in the network namespace of the container" {
	device one
	device two
	: >"$TMP/net"
	unshare --net="$TMP/net" true
	nsenter --net="$TMP/net" ip link add eth0 type veth peer name other
	edit '.linux.namespaces |= (map(select(.type != "network")) + [{"type": "network", "path": $p}])' --arg p "$TMP/net"
	devices '{"one": {}, "two": {"name": "eth0"}}'
	refused 'network device two: the name "eth0" is taken'
	# And one that joins, with a name that is free.
	devices '{"two": {"name": "eth%d"}}'
	create_ok
	nsenter --net="$TMP/net" ip link show eth1 up | grep -q eth1
	berth delete --force "$ID"
	# Its own user goes on using that namespace.
	nsenter --net="$TMP/net" ip link show eth1 | grep -q eth1
	umount "$TMP/net"
}

@test "F271 no network namespace, or a path that leads to the host's own" {
	device one
	devices '{"one": {}}'
	edit '.linux.namespaces |= map(select(.type != "network"))'
	refused 'without a network namespace'
	edit '.linux.namespaces += [{"type": "network", "path": $p}]' --arg p "/run/netns/$HOST"
	refused "the container's network namespace is the host's own"
}

@test "F272 F273 an ordinary user's container, and names that no device can have" {
	local name
	device one
	for name in sixteen-letters- a/b a:b 'a b' . .. '' 'a%s' 'a%d%d' lo; do
		devices "$(jq -nc '{one: {name: $n}}' --arg n "$name")"
		refused /linux/netDevices/one/name
	done
	for name in sixteen-letters- a:b 'a b' .. 'a%d'; do
		devices "$(jq -nc '{($n): {name: "eth0"}}' --arg n "$name")"
		refused /linux/netDevices/
	done
	devices '{"one": {}}'
	run setpriv --reuid 65534 --regid 65534 --clear-groups "$BERTH" explain "$BUNDLE"
	expect_error 'network devices in a container of an ordinary user' /linux/netDevices
}

@test "F270 F530 a hook that fails: the device is on the host again, as it was" {
	furnish nic
	device idle
	host ip link set idle-end down
	host ip address add 192.0.2.77/32 dev idle
	devices '{"nic": {"name": "net%d"}, "idle": {}}'
	edit '.hooks.createRuntime = [{"path": "/bin/sh", "args": ["sh", "-c", $s]}]' \
		--arg s 'ip link set dev idle name other 2>/dev/null; echo the hook fails; exit 1'
	refused 'the hook fails'
}

@test "F270 a second device that cannot be moved: the first one is on the host again" {
	furnish nic
	host ip link add name br0 type bridge
	device port
	host ip link set port master br0
	host ip link set port up
	wait_for 20 has_address_of_its_own port
	devices '{"nic": {}, "port": {}, "lo": {"name": "loop"}}'
	refused 'network device lo'
}

@test "F270 whatever system call of the move fails, or when init is killed later" {
	local n op before
	device one
	host ip address add 192.0.2.5/24 dev one
	before=$(snapshot)
	devices '{"one": {}}'
	op=$("$BERTH" explain --format json "$BUNDLE" | jq '[.operations[].name] | index("net-move")')
	for n in {1..40}; do
		BERTH_FAULT_OP=$op:fail:$n create
		[ "$status" -ne 0 ] || break
		assert_as_before "$before"
		[ -z "$(ls -A "$ROOT")" ]
	done
	[ "$n" -gt 4 ]
	[ "$n" -lt 40 ]
	berth delete --force "$ID"
	wait_for 20 gone one-end
	device one
	host ip address add 192.0.2.5/24 dev one
	before=$(snapshot)
	# The namespace, and with it the device, outlives init.
	op=$("$BERTH" explain --format json "$BUNDLE" | jq '[.operations[].name] | index("root-enter")')
	BERTH_FAULT_OP=$op:kill-init create
	[ "$status" -ne 0 ]
	assert_as_before "$before"
}

# What berth-net has done is not told: the first one to be started has its answer thrown away.
write_silent_helper() {
	mkdir "$TMP/helper"
	cat >"$TMP/helper/berth-net" <<-END
		#!/usr/bin/python3
		import os, socket, subprocess
		if os.path.exists("$TMP/helper/used"):
		    os.execv("$BERTH_HELPER_DIR/berth-net", ["berth-net"])
		open("$TMP/helper/used", "w").close()
		asked = socket.socket(fileno=0)
		ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
		for packet in range(2):
		    data, fds, flags, address = socket.recv_fds(asked, 65536, 1)
		    socket.send_fds(ours, [data], fds)
		subprocess.run(["$BERTH_HELPER_DIR/berth-net"], stdin=its)
		print("says nothing")
	END
	chmod 755 "$TMP/helper/berth-net"
}

@test "F270 a helper that ends without an answer: what it has moved is on the host again" {
	furnish nic
	devices '{"nic": {"name": "eth%d"}}'
	write_silent_helper
	BERTH_HELPER_DIR=$TMP/helper refused 'network device nic: berth-net says: says nothing'
}

@test "F268 F269 nothing is touched later, and delete leaves the device to the kernel" {
	host ip link add inner type veth peer name outer
	devices '{"inner": {"name": "eth0"}}'
	create_ok
	inside ip link set eth0 mtu 1300 down
	host "$BERTH" --root "$ROOT" start "$ID"
	inside ip link show eth0 | grep -q 'mtu 1300.*state DOWN'
	host "$BERTH" --root "$ROOT" delete --force "$ID"
	gone inner
	wait_for 20 gone outer
}

@test "F482 features tells whether network devices are known; without the helper it is one clear error" {
	berth features | jq -e .linux.netDevices.enabled
	device one
	devices '{"one": {}}'
	BERTH_HELPER_DIR=/nonexistent refused '/nonexistent/berth-net cannot be run'
}
