# SPDX-License-Identifier: Apache-2.0
# cgroup paths and resources on v1 and hybrid hosts.
load helpers

setup_test() {
	CG=/berth-test-$ID
	edit '.linux.cgroupsPath = $p' --arg p "$CG"
	container_args sleep 1000
}

teardown_test() {
	local h
	for h in /sys/fs/cgroup/*/; do
		[ -d "$h$CG/mine" ] && rmdir "$h$CG/mine"
		[ -d "$h$CG" ] && [ -n "${KEEP_CG:-}" ] && rmdir "$h$CG"
	done
	:
}

# limit CONTROLLER FILE: the value in the container's cgroup.
limit() {
	require_v1 "$1"
	cat "/sys/fs/cgroup/$1$CG/$2"
}

@test "F758 a cgroup2 mount in the host's cgroup namespace shows the own cgroup of a hybrid host" {
	[ -d /sys/fs/cgroup/unified ] || skip "no hybrid host with cgroup v1 and v2"
	edit '.linux.namespaces |= (map(select(.type != "cgroup")) + [{type: "cgroup", path: $p}])
		| (.mounts[] | select(.destination == "/sys/fs/cgroup")) |= (.type = "cgroup2" | .options = ["nosuid"])
		| .process.args = ["/bin/sh", "-c", "cat /sys/fs/cgroup/cgroup.type; ls -d /sys/fs/cgroup/*/ 2>/dev/null"]' \
		--arg p "/proc/$$/ns/cgroup"
	run_container
	# The root of a tree has no type.
	[ "${lines[*]}" = domain ] || fail "$output"
}

@test "F708 a cgroup cannot be delegated on cgroup v1" {
	require_v1 pids
	refuse '.annotations = {"run.oci.delegate-cgroup": "x"}' /annotations/run.oci.delegate-cgroup "cgroup v1"
	edit '.annotations = {"run.oci.systemd.subgroup": "x"}'
	create_container
}

@test "F275 F281 F282 an absolute path: made in each hierarchy, entered by init, removed by delete" {
	create_container
	local line
	while IFS=: read -r _ line path; do
		[ "$path" = "$CG" ] || fail "$line: init is in $path"
	done < <(grep -v '^0::' "/proc/$(container_pid)/cgroup")
	berth delete --force "$ID"
	[ -z "$(find /sys/fs/cgroup -maxdepth 2 -name "$(basename "$CG")")" ]
}

@test "F276 a relative path is always in the same place" {
	edit '.linux.cgroupsPath = $p' --arg p "${CG#/}/sub"
	create_container
	local first
	first=$(cat "/proc/$(container_pid)/cgroup")
	berth delete --force "$ID"
	create_container
	[ "$(cat "/proc/$(container_pid)/cgroup")" = "$first" ]
}

@test "F277 without a path the id makes it" {
	edit 'del(.linux.cgroupsPath)'
	create_container
	grep -q ":/berth-$ID\$" "/proc/$(container_pid)/cgroup"
}

@test "F279 a path with .. is refused" {
	refuse '.linux.cgroupsPath = "/a/../../b"' /linux/cgroupsPath
}

@test "F282 F524 a cgroup that was there stays, with its value" {
	require_v1 memory
	mkdir "/sys/fs/cgroup/memory$CG"
	KEEP_CG=1
	container_args true
	run_ok
	[ -d "/sys/fs/cgroup/memory$CG" ]
	rmdir "/sys/fs/cgroup/memory$CG"
}

@test "F283 a populated cgroup is refused" {
	require_v1 pids
	mkdir "/sys/fs/cgroup/pids$CG"
	sleep 1000 3>&- &
	local pid=$!
	echo $pid >"/sys/fs/cgroup/pids$CG/cgroup.procs"
	try_create
	kill $pid
	wait $pid 2>/dev/null || :
	rmdir "/sys/fs/cgroup/pids$CG"
	expect_error "container's cgroup is not empty"
}

@test "F284 a frozen cgroup is refused" {
	require_v1 freezer
	mkdir "/sys/fs/cgroup/freezer$CG"
	echo FROZEN >"/sys/fs/cgroup/freezer$CG/freezer.state"
	try_create
	echo THAWED >"/sys/fs/cgroup/freezer$CG/freezer.state"
	rmdir "/sys/fs/cgroup/freezer$CG"
	expect_error "container's cgroup unexpectedly frozen"
}

@test "F285 without resources no limit is touched in a cgroup that was there" {
	require_v1 memory
	mkdir "/sys/fs/cgroup/memory$CG"
	echo 100M >"/sys/fs/cgroup/memory$CG/memory.limit_in_bytes"
	edit 'del(.linux.resources)'
	create_container
	[ "$(limit memory memory.limit_in_bytes)" = 104857600 ]
	berth delete --force "$ID"
	rmdir "/sys/fs/cgroup/memory$CG"
}

@test "F287 no ownership is changed on v1" {
	require_v1 pids
	create_container
	[ "$(stat -c %u "/sys/fs/cgroup/pids$CG/cgroup.procs")" = 0 ]
}

@test "F296 --cgroup-manager disabled touches no cgroup" {
	"$BERTH" --root "$ROOT" --cgroup-manager disabled create --bundle "$BUNDLE" "$ID" </dev/null >/dev/null 2>&1 3>&-
	[ -z "$(find /sys/fs/cgroup -maxdepth 2 -name "$(basename "$CG")")" ]
	berth delete --force "$ID"
}

@test "F313 F314 F315 memory: limit, reservation, swap" {
	require_v1 memory
	edit '.linux.resources.memory = {limit: 104857600, reservation: 52428800}'
	create_container
	[ "$(limit memory memory.limit_in_bytes)" = 104857600 ]
	[ "$(limit memory memory.soft_limit_in_bytes)" = 52428800 ]
	berth delete --force "$ID"
	[ -e /sys/fs/cgroup/memory/memory.memsw.limit_in_bytes ] || {
		refuse '.linux.resources.memory = {limit: 104857600, swap: 209715200}' swap
		return 0
	}
	edit '.linux.resources.memory = {limit: 104857600, swap: 209715200}'
	create_container
	[ "$(limit memory memory.memsw.limit_in_bytes)" = 209715200 ]
}

@test "F315 swap smaller than the limit is an error" {
	refuse '.linux.resources.memory = {limit: 104857600, swap: 1048576}' /linux/resources/memory/swap
}

@test "F318 F319 F320 memory: swappiness, OOM killer, hierarchy" {
	require_v1 memory
	edit '.linux.resources.memory = {swappiness: 33, disableOOMKiller: true, useHierarchy: true}'
	create_container
	[ "$(limit memory memory.swappiness)" = 33 ]
	grep -q 'oom_kill_disable 1' "/sys/fs/cgroup/memory$CG/memory.oom_control"
	berth delete --force "$ID"
	refuse '.linux.resources.memory = {swappiness: 101}' /linux/resources/memory/swappiness
}

@test "F313 memory -1 is no limit" {
	require_v1 memory
	edit '.linux.resources.memory = {limit: -1}'
	create_container
	[ "$(limit memory memory.limit_in_bytes)" -gt 1000000000000 ]
}

@test "F322 F323 F325 F330 cpu: shares, quota, period, idle" {
	require_v1 cpu
	edit '.linux.resources.cpu = {shares: 512, quota: 50000, period: 200000}'
	create_container
	[ "$(limit cpu cpu.shares)" = 512 ]
	[ "$(limit cpu cpu.cfs_quota_us)" = 50000 ]
	[ "$(limit cpu cpu.cfs_period_us)" = 200000 ]
	berth delete --force "$ID"
	edit '.linux.resources.cpu = {idle: 1}'
	create_container
	[ "$(limit cpu cpu.idle)" = 1 ]
}

@test "F323 F324 a negative quota is no limit, burst" {
	require_v1 cpu
	edit '.linux.resources.cpu = {quota: -1}'
	create_container
	[ "$(limit cpu cpu.cfs_quota_us)" = -1 ]
	berth delete --force "$ID"
	[ -e /sys/fs/cgroup/cpu/cpu.cfs_burst_us ] || skip "this kernel has no burst on v1"
	edit '.linux.resources.cpu = {quota: 50000, period: 100000, burst: 20000}'
	create_container
	[ "$(limit cpu cpu.cfs_burst_us)" = 20000 ]
}

@test "F328 F329 cpuset: cpus and mems" {
	require_v1 cpuset
	edit '.linux.resources.cpu = {cpus: "0", mems: "0"}'
	create_container
	[ "$(limit cpuset cpuset.cpus)" = 0 ]
	[ "$(limit cpuset cpuset.mems)" = 0 ]
	berth delete --force "$ID"
	refuse '.linux.resources.cpu = {cpus: "a-b"}' /linux/resources/cpu/cpus
}

@test "F344 F345 pids: a limit, none, and zero as a real limit" {
	require_v1 pids
	edit '.linux.resources.pids = {limit: 77}'
	create_container
	[ "$(limit pids pids.max)" = 77 ]
	berth delete --force "$ID"
	edit '.linux.resources.pids = {limit: -1}'
	create_container
	[ "$(limit pids pids.max)" = max ]
}

@test "F331 F333 F334 F335 F336 F337 F338 blockIO" {
	require_v1 blkio
	edit '.linux.resources.blockIO = {
		throttleReadBpsDevice: [{major: 1, minor: 0, rate: 1048576}],
		throttleWriteBpsDevice: [{major: 1, minor: 0, rate: 2097152}],
		throttleReadIOPSDevice: [{major: 1, minor: 0, rate: 100}],
		throttleWriteIOPSDevice: [{major: 1, minor: 0, rate: 200}]}'
	try_create
	if [ "$status" -eq 0 ]; then
		[ "$(limit blkio blkio.throttle.read_bps_device)" = "1:0 1048576" ]
		[ "$(limit blkio blkio.throttle.write_iops_device)" = "1:0 200" ]
		berth delete --force "$ID"
	else
		expect_error blkio.throttle
	fi
	refuse '.linux.resources.blockIO = {weightDevice: [{major: 1, minor: 0}]}' /linux/resources/blockIO/weightDevice/0
	refuse '.linux.resources.blockIO = {throttleReadBpsDevice: [{major: 1, rate: 5}]}' minor
}

@test "F303 F304 F305 F306 F307 F308 F311 F312 device rules" {
	require_v1 devices
	edit '.linux.resources.devices = [{allow: false, access: "rwm"}, {allow: true, type: "c", major: 10, minor: 229, access: "rw"}]'
	create_container
	local list
	list=$(limit devices devices.list)
	grep -qx "c 10:229 rw" <<<"$list" || grep -qx "c 10:229 rwm" <<<"$list"
	grep -qx "c 1:3 rwm" <<<"$list"
	if grep -q "^a" <<<"$list"; then fail "everything is allowed: $list"; fi
	berth delete --force "$ID"
	refuse '.linux.resources.devices = [{access: "rwm"}]' allow
	refuse '.linux.resources.devices = [{allow: true, type: "x"}]' /linux/resources/devices/0/type
	refuse '.linux.resources.devices = [{allow: true, access: "rwx"}]' /linux/resources/devices/0/access
}

@test "a device that is not allowed cannot be opened, from the first instant" {
	require_v1 devices
	edit '.process.capabilities.bounding += ["CAP_MKNOD"] | .process.capabilities.permitted += ["CAP_MKNOD"]
		| .process.capabilities.effective += ["CAP_MKNOD"]'
	container_script 'mknod /dev/made c 1 11 && (cat </dev/made >/dev/null) 2>&1'
	run_container
	[[ "$output" == *"not permitted"* ]]
}

@test "F354 F339 F342 F343 F346 what v1 cannot give here is refused by name" {
	require_v1 memory
	refuse '.linux.resources.unified = {"memory.max": "1"}' unified
	[ -d /sys/fs/cgroup/hugetlb ] || grep -qs hugetlb /sys/fs/cgroup/unified/cgroup.controllers ||
		refuse '.linux.resources.hugepageLimits = [{pageSize: "2MB", limit: 1}]' hugepageLimits
	[ -d /sys/fs/cgroup/net_cls ] || refuse '.linux.resources.network = {classID: 1}' classID
	[ -d /sys/fs/cgroup/net_prio ] || refuse '.linux.resources.network = {priorities: [{name: "lo", priority: 1}]}' priorities
	refuse '.linux.resources.rdma = {"mlx5_1": {hcaHandles: 1}}' rdma
	refuse '.linux.resources.hugepageLimits = [{pageSize: "2XB", limit: 1}]' pageSize
}

@test "F359 a memory limit that is too low is named in the error" {
	require_v1 memory
	edit '.linux.resources.memory = {limit: 8192}'
	try_create
	expect_error 'killed by the out-of-memory killer' 'memory: limit 8192' 'OOM kill' 'raise the memory limit'
}

@test "a memory limit of 512 KiB is enough to start" {
	require_v1 memory
	edit '.linux.resources.memory = {limit: 524288}'
	container_args true
	run_ok
}

@test "a cgroup manager that this host does not have is refused by name, never ignored" {
	[ ! -d /run/systemd/system ] || skip "systemd runs here"
	run "$BERTH" --root "$ROOT" --systemd-cgroup create --bundle "$BUNDLE" "$ID"
	expect_error systemd
}

@test "F356 limits are in force when the program starts" {
	require_v1 pids
	edit '.linux.resources.pids = {limit: 5}'
	container_script 'cat /sys/fs/cgroup/pids/pids.max'
	run_ok
	[ "$output" = 5 ]
}

@test "sub-cgroups that the container made are removed with it" {
	require_v1 pids
	container_args sleep 1000
	create_container
	mkdir -p "/sys/fs/cgroup/pids$CG/a/b/c" "/sys/fs/cgroup/memory$CG/x"
	berth delete --force "$ID"
	[ ! -d "/sys/fs/cgroup/pids$CG" ]
}
