# SPDX-License-Identifier: Apache-2.0
# update: limits of a container that exists.
load helpers

setup_test() {
	CG=/berth-test-$ID
	edit '.linux.cgroupsPath = $p' --arg p "$CG"
	container_args sleep 1000
}

# value CONTROLLER FILE: of v1; on v2 what has become of it there, in the terms of v1.
value() {
	local dir=/sys/fs/cgroup$CG
	if ! is_unified; then
		cat "/sys/fs/cgroup/$1$CG/$2"
		return
	fi
	case $2 in
	memory.limit_in_bytes) bytes "$dir/memory.max" ;;
	memory.soft_limit_in_bytes) bytes "$dir/memory.low" ;;
	memory.memsw.limit_in_bytes) echo $(($(bytes "$dir/memory.max") + $(bytes "$dir/memory.swap.max"))) ;;
	cpu.cfs_quota_us) sed 's/ .*//; s/max/-1/' "$dir/cpu.max" ;;
	cpu.cfs_period_us) sed 's/.* //' "$dir/cpu.max" ;;
	cpu.cfs_burst_us) cat "$dir/cpu.max.burst" ;;
	cpu.shares) cat "$dir/cpu.weight" ;;
	*) cat "$dir/$2" ;;
	esac
}

# No limit is 2^61, so that two of them can be added.
bytes() {
	sed "s/max/$((1 << 61))/" "$1"
}

# expect CONTROLLER FILE VALUE
expect() {
	local got want=$3
	require_controller "$1"
	got=$(value "$1" "$2")
	if [ "$2" = cpu.shares ] && is_unified; then
		want=$(weight "$3")
	fi
	[ "$got" = "$want" ] || fail "$1: $2 is $got instead of $want"
}

# weight SHARES: through 1, 100 and 10000 at 2, 1024 and 262144, rounded up.
weight() {
	awk -v s="$1" 'BEGIN {
		l = log(s) / log(2)
		w = exp(log(10) * ((l * l + 125 * l) / 612 - 7 / 34))
		print int(w) + (w > int(w)) }'
}

start_container() {
	create_container
	berth start "$ID"
}

# An update that works says nothing.
update() {
	local said
	said=$(berth update "$@" "$ID" 2>&1) || fail "update $*: $said"
	[ -z "$said" ] || fail "update $* said: $said"
}

update_json() {
	local said
	said=$(berth update --resources - "$ID" 2>&1 <<<"$1") || fail "update $1: $said"
	[ -z "$said" ] || fail "update $1 said: $said"
}

# refuse_update ARGUMENT... -- WORD...: it fails with these words, and changes nothing.
refuse_update() {
	local args=() before
	while [ "$1" != -- ]; do args+=("$1"); shift; done
	shift
	before=$(limits)
	run berth update "${args[@]}" "$ID"
	[ "$status" -eq 1 ] || fail "exit status $status"
	expect_error "$@"
	[ "$(limits)" = "$before" ] || fail "changed: $(diff <(echo "$before") <(limits))"
}

# Everything that the tests change.
limits() {
	local f
	if is_unified; then
		for f in memory.{max,low,high,swap.max} cpu.{max,max.burst,weight,idle} cpuset.{cpus,mems} pids.max; do
			echo "$f $(cat "/sys/fs/cgroup$CG/$f" 2>/dev/null)"
		done
		jq -r .resources "$ROOT/$ID/record"
		return
	fi
	for f in memory/memory.limit_in_bytes memory/memory.memsw.limit_in_bytes memory/memory.soft_limit_in_bytes \
		memory/memory.swappiness cpu/cpu.cfs_quota_us cpu/cpu.cfs_period_us cpu/cpu.cfs_burst_us cpu/cpu.shares \
		cpu/cpu.idle cpuset/cpuset.cpus cpuset/cpuset.mems pids/pids.max; do
		echo "$f $(cat "/sys/fs/cgroup/${f%%/*}$CG/${f#*/}" 2>/dev/null)"
	done
	jq -r .resources "$ROOT/$ID/record"
}

has_swap_accounting() {
	[ -e "/sys/fs/cgroup/memory$CG/memory.memsw.limit_in_bytes" ] || [ -e "/sys/fs/cgroup$CG/memory.swap.max" ] || skip "the kernel has no swap accounting"
}

M=1048576

@test "F615 F616 update --resources - takes the form of the engines" {
	start_container
	update_json '{"memory": {"limit": 67108864, "kernel": 1048576}, "cpu": {"shares": 512, "quota": 50000, "period": 100000},
		"pids": {"limit": 50}, "blockIO": {"weight": 0}, "devices": [{"allow": false, "access": "rwm"}], "unknown": 1}'
	expect memory memory.limit_in_bytes $((64 * M))
	expect cpu cpu.shares 512
	expect cpu cpu.cfs_quota_us 50000
	expect pids pids.max 50
	[ "$(container_status)" = running ]
}

@test "F616 a file, in both forms of the option" {
	start_container
	echo '{"pids": {"limit": 41}}' >"$TMP/r"
	update --resources "$TMP/r"
	expect pids pids.max 41
	echo '{"pids": {"limit": 42}}' >"$TMP/r"
	update --resources="$TMP/r"
	expect pids pids.max 42
	printf '{"pids": {"limit": 43}}' | berth update -r - "$ID"
	expect pids pids.max 43
	# Options lie over the document.
	update -r "$TMP/r" --pids-limit 44
	expect pids pids.max 44
}

@test "F618 F619 F620 F621 F626 options of the CPU" {
	start_container
	update --cpu-period 50000 --cpu-quota 25000 --cpu-burst 10000 --cpu-share 256
	expect cpu cpu.cfs_period_us 50000
	expect cpu cpu.cfs_quota_us 25000
	expect cpu cpu.cfs_burst_us 10000
	expect cpu cpu.shares 256
	update --cpu-quota -1 --cpu-burst 0
	expect cpu cpu.cfs_quota_us -1
	expect cpu cpu.cfs_burst_us 0
	update --cpu-idle 1
	expect cpu cpu.idle 1
	update --cpu-idle 0
	expect cpu cpu.idle 0
}

@test "F622 F623 options of real-time processes" {
	start_container
	if is_unified; then
		refuse_update --cpu-rt-period 500000 -- "cgroup v2 has no limits for real-time processes"
	elif [ -e "/sys/fs/cgroup/cpu$CG/cpu.rt_runtime_us" ]; then
		update --cpu-rt-period 500000
		expect cpu cpu.rt_period_us 500000
	else
		refuse_update --cpu-rt-period 500000 -- "cpu.rt_period_us" "no real-time group scheduling"
		refuse_update --cpu-rt-runtime 1000 -- "cpu.rt_runtime_us" "no real-time group scheduling"
	fi
}

@test "F624 F625 CPUs and memory nodes" {
	require_controller cpuset
	start_container
	update --cpuset-cpus 0 --cpuset-mems 0
	expect cpuset cpuset.cpus 0
	expect cpuset cpuset.mems 0
	refuse_update --cpuset-cpus 4000 -- cpuset.cpus
	refuse_update --cpuset-cpus x -- "\"x\" is not a list"
	refuse_update --cpuset-cpus "" -- "invalid cpuset-cpus option"
}

@test "F629 F630 F631 sizes with units, -1 for no limit" {
	start_container
	update --memory 64M --memory-reservation 32m
	expect memory memory.limit_in_bytes $((64 * M))
	expect memory memory.soft_limit_in_bytes $((32 * M))
	has_swap_accounting
	update --memory 100MiB --memory-swap 1g
	expect memory memory.memsw.limit_in_bytes $((1024 * M))
	update --memory -1
	[ "$(value memory memory.limit_in_bytes)" -gt $((1 << 60)) ]
	[ "$(value memory memory.memsw.limit_in_bytes)" -gt $((1 << 60)) ]
}

@test "F631 memory and swap are raised and lowered together in either direction" {
	start_container
	has_swap_accounting
	update --memory 64M --memory-swap 128M
	update --memory 256M --memory-swap 512M
	expect memory memory.limit_in_bytes $((256 * M))
	expect memory memory.memsw.limit_in_bytes $((512 * M))
	update --memory 32M --memory-swap 48M
	expect memory memory.limit_in_bytes $((32 * M))
	expect memory memory.memsw.limit_in_bytes $((48 * M))
	# One of the two alone: what was recorded of the other counts.
	update --memory-swap 100M
	update --memory 90M
	expect memory memory.limit_in_bytes $((90 * M))
	expect memory memory.memsw.limit_in_bytes $((100 * M))
	refuse_update --memory 200M -- "below the memory limit"
	refuse_update --memory-swap 80M -- "below the memory limit"
}

@test "F620 a burst and its quota are raised and lowered together in either direction" {
	start_container
	update --cpu-period 100000 --cpu-quota 20000 --cpu-burst 10000
	update --cpu-quota 80000 --cpu-burst 70000
	expect cpu cpu.cfs_burst_us 70000
	update --cpu-quota 30000 --cpu-burst 5000
	expect cpu cpu.cfs_quota_us 30000
	expect cpu cpu.cfs_burst_us 5000
	refuse_update --cpu-quota 4000 -- "burst 5000 is larger than the quota 4000"
}

@test "F632 a number of processes, -1 for no limit, 0 for as it is" {
	start_container
	update --pids-limit 30
	expect pids pids.max 30
	update --pids-limit 0
	expect pids pids.max 30
	update_json '{"pids": {"limit": -1}}'
	expect pids pids.max max
}

@test "F617 a weight of block I/O" {
	local file=blkio.bfq.weight dir=/sys/fs/cgroup/blkio$CG
	if is_unified; then
		file=io.bfq.weight dir=/sys/fs/cgroup$CG
	fi
	start_container
	if [ -e "$dir/$file" ]; then
		update --blkio-weight 300
		grep -qw 300 "$dir/$file"
	elif [ ! -e "$dir/io.weight" ]; then
		refuse_update --blkio-weight 300 -- weight
	fi
	refuse_update --blkio-weight 5 -- 5 weight
	refuse_update --blkio-weight 100000 -- "invalid blkio-weight option"
}

# A kernel has one of three: that of BFQ, that of its cost model, with another scale, or none.
@test "F617 a weight of block I/O is taken over" {
	local dir=/sys/fs/cgroup/blkio$CG prefix=
	if is_unified; then
		dir=/sys/fs/cgroup$CG prefix="default "
	fi
	start_container
	if [ ! -e "$dir/io.weight" ] && ! compgen -G "$dir/*.bfq.weight" >/dev/null; then
		skip "this kernel has no weights of block I/O"
	fi
	update --blkio-weight 300
	if [ -e "$dir/io.weight" ] && ! compgen -G "$dir/*.bfq.weight" >/dev/null; then
		grep -qx "default 2930" "$dir/io.weight"
	else
		grep -qx "${prefix}300" "$dir"/*.bfq.weight
	fi
}

@test "F627 F628 kernel memory is accepted and changes nothing" {
	start_container
	local before
	before=$(limits)
	update --kernel-memory 16M --kernel-memory-tcp 16M
	[ "$(limits)" = "$before" ]
}

@test "F633 F634 Intel RDT: a schema of the wrong kind, and no group of the container's own" {
	create_container
	refuse_update --l3-cache-schema "MB:0=20" -- l3-cache-schema "L3:0=f"
	refuse_update --mem-bw-schema "20" -- mem-bw-schema "MB:"
	refuse_update --l3-cache-schema "L3:0=f" -- "no group of its own"
}

@test "F635 when one write fails the others are taken back" {
	require_controller cpuset
	start_container
	update --memory 200M --cpu-share 600 --pids-limit 77
	update_json '{"blockIO": {"throttleReadBpsDevice": []}}'
	refuse_update --memory 100M --cpu-share 300 --pids-limit 7 --cpuset-cpus 4000 -- cpuset.cpus
	expect memory memory.limit_in_bytes $((200 * M))
	expect cpu cpu.shares 600
	expect pids pids.max 77
}

@test "F635 a wrong value anywhere: nothing is written at all" {
	start_container
	refuse_update --memory 64M --cpu-idle 7 -- 7 cpu.idle
	refuse_update --memory 64x -- "invalid memory option" 64x
	refuse_update --cpu-share -5 -- "invalid cpu-share option"
	refuse_update --memory 64M --memory-swap 32M -- "below the memory limit"
	refuse_update --memory -5 -- "invalid memory option"
	refuse_update --cpu-quota 10 --pids-limit 5 -- "$(is_unified && echo cpu.max || echo cpu.cfs_quota_us)"
	echo '{"pids": {"limit": "5"}}' >"$TMP/r"
	refuse_update -r "$TMP/r" -- "/pids/limit" "resources line 1"
	echo '{"memory": {"limit": 1048576000, "swappiness": 500}}' >"$TMP/r"
	refuse_update -r "$TMP/r" -- "/memory/swappiness"
	echo '{"pids"' >"$TMP/r"
	refuse_update -r "$TMP/r" -- "not valid JSON"
	refuse_update -r "$TMP/none" -- "$TMP/none"
	refuse_update --no-such-option 5 -- no-such-option
}

@test "F635 a limit below what is in use is one error and changes nothing" {
	require_controller memory
	# Pages that cannot be given back: locked in memory by a tmpfs without swap.
	edit '.mounts += [{destination: "/mem", type: "tmpfs", source: "tmpfs", options: ["size=64m"]}]'
	container_script 'dd if=/dev/zero of=/mem/f bs=1M count=20 2>/dev/null; touch /ready; exec sleep 1000'
	start_container
	wait_for 20 test -e "$BUNDLE/rootfs/ready"
	[ "$(awk '/^SwapTotal/ { print $2 }' /proc/meminfo)" = 0 ] || skip "this machine has swap to move the pages to"
	# v2 takes the limit and kills for it.
	is_unified || refuse_update --memory 4M --pids-limit 9 -- "more memory is in use"
	echo '{"memory": {"limit": 4194304, "checkBeforeUpdate": true}}' >"$TMP/r"
	refuse_update -r "$TMP/r" -- "checkBeforeUpdate is set"
	[ "$(container_status)" = running ]
}

@test "F636 what create and updates have set is remembered" {
	edit '.linux.resources.memory = {limit: 104857600} | .linux.resources.cpu = {quota: 40000, period: 80000}'
	start_container
	jq -r .resources "$ROOT/$ID/record" | jq -e '.memory.limit == 104857600 and (has("devices") | not)'
	# A partial update rests on the recorded rest.
	update --cpu-burst 20000
	refuse_update --cpu-quota 10000 -- "larger than the quota"
	update --memory 50M --pids-limit 12
	update_json '{"cpu": {"shares": 100, "quota": 0}}'
	jq -r .resources "$ROOT/$ID/record" | jq -e '.memory.limit == 52428800 and .pids.limit == 12 and .cpu
		== {shares: 100, quota: 40000, burst: 20000, period: 80000}'
	container_state | jq -e '.status == "running"'
}

@test "F615 created, paused and stopped containers can be updated, unknown ones not" {
	require_controller freezer
	create_container
	update --pids-limit 21
	expect pids pids.max 21
	berth start "$ID"
	berth pause "$ID"
	update --pids-limit 22
	expect pids pids.max 22
	[ "$(container_status)" = paused ]
	berth kill "$ID" KILL
	wait_for 5 is_status stopped
	update --pids-limit 23
	expect pids pids.max 23
	for dir in /sys/fs/cgroup/*"$CG" /sys/fs/cgroup"$CG"; do [ ! -d "$dir" ] || rmdir "$dir"; done
	run berth update --pids-limit 24 "$ID"
	expect_error "container not running"
	run berth update --pids-limit 24 nobody
	expect_error "does not exist"
}

@test "F615 a container without a cgroup of its own has nothing to update" {
	"$BERTH" --root "$ROOT" --cgroup-manager disabled create --bundle "$BUNDLE" "$ID" </dev/null >/dev/null 2>&1 3>&-
	run berth update --pids-limit 5 "$ID"
	expect_error "none of its own"
}

@test "F616 an empty document and no option at all change nothing" {
	start_container
	local before
	before=$(limits)
	update
	update_json '{}'
	update_json '{"memory": {}, "cpu": {}, "hugepageLimits": [], "network": {}, "unified": {}}'
	[ "$(limits)" = "$before" ]
}

@test "F637 device rules are left alone" {
	require_v1 devices
	start_container
	local before
	before=$(value devices devices.list)
	update_json '{"devices": [{"allow": true, "access": "rwm"}]}'
	[ "$(value devices devices.list)" = "$before" ]
}

@test "F635 a throttled device gets its old line back" {
	require_v1 blkio
	start_container
	local disk
	disk=$(lsblk -dno MAJ:MIN 2>/dev/null | head -n 1 | tr -d ' ')
	[ -n "$disk" ] || disk=$(cat /sys/block/*/dev | head -n 1)
	[ -n "$disk" ] || skip "no block device on this machine"
	printf '{"blockIO": {"throttleReadBpsDevice": [{"major": %s, "minor": %s, "rate": 1000000}]}}' \
		"${disk%:*}" "${disk#*:}" >"$TMP/r"
	update -r "$TMP/r"
	expect blkio blkio.throttle.read_bps_device "$disk 1000000"
	sed -i 's/1000000/2000000/' "$TMP/r"
	refuse_update -r "$TMP/r" --cpuset-cpus 4000 -- cpuset.cpus
	expect blkio blkio.throttle.read_bps_device "$disk 1000000"
	sed -i 's/2000000/0/' "$TMP/r"
	update -r "$TMP/r"
	expect blkio blkio.throttle.read_bps_device ""
	sed -i 's/"rate": 0/"rate": 5000000/' "$TMP/r"
	refuse_update -r "$TMP/r" --cpuset-cpus 4000 -- cpuset.cpus
	expect blkio blkio.throttle.read_bps_device ""
}

@test "F616 updates of one container at a time: all of them count" {
	start_container
	local i pids=()
	for i in 1 2 3 4 5 6; do
		berth update --pids-limit $((100 + i)) "$ID" 3>&- &
		pids+=($!)
	done
	for i in "${pids[@]}"; do wait "$i"; done
	[ "$(value pids pids.max)" = "$(jq -r .resources "$ROOT/$ID/record" | jq .pids.limit)" ]
}
