# SPDX-License-Identifier: Apache-2.0
# cgroup paths, resources, device lists, ownership and mounts on a host with cgroup v2 only.
load helpers

setup_test() {
	require_v2
	CG=/berth-test-$ID
	DIR=/sys/fs/cgroup$CG
	edit '.linux.cgroupsPath = $p' --arg p "$CG"
	container_args sleep 1000
}

teardown_test() {
	[ -z "${KEEP:-}" ] || rmdir "$KEEP"
}

# expect FILE VALUE: in the container's cgroup.
expect() {
	[ "$(cat "$DIR/$1")" = "$2" ] || fail "$1 is \"$(cat "$DIR/$1")\", not \"$2\""
}

# limited FILTER FILE VALUE [FILE VALUE...]: creates with these resources, compares, deletes.
limited() {
	edit ".linux.resources = $1"
	shift
	create_container
	while [ $# -gt 0 ]; do
		expect "$1" "$2"
		shift 2
	done
	berth delete --force "$ID"
}

# With CAP_SYSLOG, since many a distribution lets nobody else read /dev/kmsg.
with_mknod() {
	edit '(.process.capabilities.bounding, .process.capabilities.permitted, .process.capabilities.effective)
		+= ["CAP_MKNOD", "CAP_SYSLOG"]'
}

# The mount of the cgroup, which the template has, with these options; true or false: a cgroup namespace.
cgroup_mount() {
	edit '.mounts |= map(select(.destination != "/sys/fs/cgroup"))
		| .mounts += [{destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup", options: ["nosuid", "noexec", "nodev", $o]}]
		| .linux.namespaces |= (map(select(.type != "cgroup")) + if $ns == "true" then [{type: "cgroup"}] else [] end)' \
		--arg o "$1" --arg ns "$2"
}

with_userns() {
	edit '.linux.namespaces += [{type: "user"}]
		| .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}] | .linux.gidMappings = .linux.uidMappings'
	chmod 755 "$BUNDLE" "$BUNDLE/rootfs"
}

@test "F281 F282 F298 F301 the whole path is made with controllers, init is born in it, delete removes it" {
	edit '.linux.cgroupsPath = $p' --arg p "$CG/a/b"
	create_container
	[ "$(cat "/proc/$(container_pid)/cgroup")" = "0::$CG/a/b" ]
	local controller
	for controller in $(cat /sys/fs/cgroup/cgroup.controllers); do
		grep -qw "$controller" "$DIR/a/b/cgroup.controllers" || fail "$controller is not enabled"
	done
	[ -z "$(cat "$DIR/a/b/cgroup.subtree_control")" ]
	berth delete --force "$ID"
	[ ! -d "$DIR" ]
}

@test "F282 F524 a cgroup that was there stays, with its limits and without our device list" {
	mkdir "$DIR"
	KEEP=$DIR
	echo '+pids' >/sys/fs/cgroup/cgroup.subtree_control
	echo 99 >"$DIR/pids.max"
	container_args true
	run_ok
	[ -d "$DIR" ]
	expect pids.max 99
	if command -v bpftool >/dev/null; then [ -z "$(bpftool -j cgroup show "$DIR" | jq -r '.[].name')" ]; fi
}

@test "F283 a populated cgroup is refused, and the process in it named" {
	mkdir "$DIR"
	KEEP=$DIR
	sleep 1000 3>&- &
	local pid=$!
	echo $pid >"$DIR/cgroup.procs"
	try_create
	kill $pid
	wait $pid 2>/dev/null || :
	expect_error "container's cgroup is not empty" "$pid"
}

@test "F284 a frozen cgroup, or one below a frozen one, is refused" {
	mkdir "$DIR"
	KEEP=$DIR
	echo 1 >"$DIR/cgroup.freeze"
	try_create
	expect_error "container's cgroup unexpectedly frozen"
	edit '.linux.cgroupsPath = $p' --arg p "$CG/sub"
	try_create
	expect_error "container's cgroup unexpectedly frozen"
	[ ! -d "$DIR/sub" ]
	echo 0 >"$DIR/cgroup.freeze"
}

@test "F285 without resources no limit is touched in a cgroup that was there" {
	require_v2 memory
	mkdir "$DIR"
	KEEP=$DIR
	echo 100M >"$DIR/memory.max"
	edit 'del(.linux.resources)'
	create_container
	expect memory.max 104857600
	berth delete --force "$ID"
}

@test "a controller that a parent cannot enable is an error only when it is needed" {
	require_v2 memory
	mkdir "$DIR"
	KEEP=$DIR
	sleep 1000 3>&- &
	local pid=$!
	echo $pid >"$DIR/cgroup.procs"
	edit '.linux.cgroupsPath = $p' --arg p "$CG/sub"
	create_container
	berth delete --force "$ID"
	edit '.linux.resources.memory = {limit: 104857600}'
	try_create
	kill $pid
	wait $pid 2>/dev/null || :
	expect_error "controller memory cannot be enabled in $DIR" "has processes" /linux/resources
	[ ! -d "$DIR/sub" ]
}

@test "F300 a threaded parent is named as the cause" {
	mkdir -p "$DIR/t"
	echo threaded >"$DIR/t/cgroup.type"
	edit '.linux.cgroupsPath = $p' --arg p "$CG/t/c"
	try_create
	rmdir "$DIR/t"
	KEEP=$DIR
	expect_error threaded
}

@test "F313 F314 F315 memory: limit, reservation, swap" {
	require_v2 memory
	limited '{memory: {limit: 104857600, reservation: 52428800}}' memory.max 104857600 memory.low 52428800
	limited '{memory: {limit: -1, reservation: -1}}' memory.max max memory.low max
	if [ -f /sys/fs/cgroup/system.slice/memory.swap.max ]; then
		limited '{memory: {limit: 104857600, swap: 209715200}}' memory.swap.max 104857600
		limited '{memory: {limit: 104857600, swap: 104857600}}' memory.swap.max 0
		limited '{memory: {limit: 104857600, swap: -1}}' memory.swap.max max
	fi
	refuse '.linux.resources.memory = {limit: 104857600, swap: 1048576}' /linux/resources/memory/swap
	refuse '.linux.resources.memory = {swap: 1048576}' /linux/resources/memory/swap
}

@test "F316 F317 F318 F319 F320 F326 F327 F332 F342 F343 F355 what v2 has not is refused, and why" {
	refuse '.linux.resources.memory = {kernel: 104857600}' /linux/resources/memory/kernel "counts against the memory limit"
	refuse '.linux.resources.memory = {kernelTCP: 104857600}' /linux/resources/memory/kernelTCP
	refuse '.linux.resources.memory = {swappiness: 10}' /linux/resources/memory/swappiness
	refuse '.linux.resources.memory = {disableOOMKiller: true}' /linux/resources/memory/disableOOMKiller
	refuse '.linux.resources.memory = {useHierarchy: false}' /linux/resources/memory/useHierarchy
	refuse '.linux.resources.cpu = {realtimeRuntime: 1000}' /linux/resources/cpu/realtimeRuntime
	refuse '.linux.resources.cpu = {realtimePeriod: 1000}' /linux/resources/cpu/realtimePeriod
	refuse '.linux.resources.blockIO = {leafWeight: 100}' /linux/resources/blockIO/leafWeight
	refuse '.linux.resources.network = {classID: 1}' /linux/resources/network/classID net_cls
	refuse '.linux.resources.network = {priorities: [{name: "lo", priority: 1}]}' /linux/resources/network/priorities
	edit '.linux.resources.memory = {kernel: 0, kernelTCP: -1, disableOOMKiller: false, useHierarchy: true}
		| .linux.resources.network = {classID: 0} | .linux.resources.cpu = {realtimeRuntime: 0}'
	create_container
}

@test "F321 checkBeforeUpdate refuses a limit below what is in use" {
	require_v2 memory
	mkdir "$DIR"
	KEEP=$DIR
	# What a process of another cgroup has charged here stays when the process leaves.
	sh -c "echo \$\$ >$DIR/cgroup.procs; dd if=/dev/zero of=$TMP/file bs=1M count=8 2>/dev/null; cat $TMP/file >/dev/null"
	[ "$(cat "$DIR/memory.current")" -gt 65536 ] || skip "nothing stayed charged"
	edit '.linux.resources.memory = {limit: 65536, checkBeforeUpdate: true}'
	try_create
	expect_error "bytes are in use" memory.max
}

@test "F322 F323 F324 F325 F330 cpu: shares, quota, period, burst, idle" {
	require_v2 cpu
	limited '{cpu: {shares: 1024}}' cpu.weight 100
	limited '{cpu: {shares: 512}}' cpu.weight 59
	limited '{cpu: {shares: 2}}' cpu.weight 1
	limited '{cpu: {shares: 262144}}' cpu.weight 10000
	limited '{cpu: {quota: 50000}}' cpu.max "50000 100000"
	limited '{cpu: {period: 200000}}' cpu.max "max 200000"
	limited '{cpu: {quota: -1, period: 50000}}' cpu.max "max 50000"
	limited '{cpu: {quota: 20000, period: 50000, burst: 10000}}' cpu.max "20000 50000" cpu.max.burst 10000
	limited '{cpu: {idle: 1}}' cpu.idle 1
	refuse '.linux.resources.cpu = {quota: 100, period: 50000}' cpu.max "1 ms"
	refuse '.linux.resources.cpu = {idle: 2}' /linux/resources/cpu/idle
}

@test "F325 a period alone keeps the quota of a cgroup that was there" {
	require_v2 cpu
	mkdir "$DIR"
	KEEP=$DIR
	echo '+cpu' >/sys/fs/cgroup/cgroup.subtree_control
	echo "30000 60000" >"$DIR/cpu.max"
	edit '.linux.resources.cpu = {period: 90000}'
	create_container
	expect cpu.max "30000 90000"
	berth delete --force "$ID"
}

@test "F328 F329 cpuset on v2: cpus and mems" {
	if is_unified && ! grep -qw cpuset /sys/fs/cgroup/cgroup.controllers; then
		refuse '.linux.resources.cpu = {cpus: "0"}' "no cgroup v2 controller cpuset" /linux/resources/cpu/cpus
		skip "no cgroup v2 controller cpuset here"
	fi
	limited '{cpu: {cpus: "0", mems: "0"}}' cpuset.cpus 0 cpuset.mems 0
	refuse '.linux.resources.cpu = {cpus: "4000"}' cpuset.cpus
}

@test "F331 F333 F335 F336 F337 F338 blockIO: weights and throttles" {
	require_v2 io
	local device
	device=$(lsblk -dnro MAJ:MIN | head -n 1)
	[ -n "$device" ] || skip "no block device here"
	limited "{blockIO: {throttleReadBpsDevice: [{major: ${device%:*}, minor: ${device#*:}, rate: 1048576}],
		throttleWriteIOPSDevice: [{major: ${device%:*}, minor: ${device#*:}, rate: 200}]}}" \
		io.max "$device rbps=1048576 wbps=max riops=max wiops=200"
	limited "{blockIO: {throttleWriteBpsDevice: [{major: ${device%:*}, minor: ${device#*:}, rate: 4096}],
		throttleReadIOPSDevice: [{major: ${device%:*}, minor: ${device#*:}, rate: 7}]}}" \
		io.max "$device rbps=max wbps=4096 riops=7 wiops=max"
	refuse '.linux.resources.blockIO = {throttleReadBpsDevice: [{major: 4000, minor: 1, rate: 1}]}' io.max "no such block device"
	edit '.linux.resources = {blockIO: {weight: 500}}'
	try_create
	if [ "$status" -ne 0 ]; then
		expect_error io.weight BFQ
	elif [ -f "$DIR/io.bfq.weight" ]; then
		expect io.bfq.weight "default 500"
	else
		expect io.weight "default 4950"
	fi
}

@test "F344 F345 pids: a limit, none, and zero as a real limit" {
	require_v2 pids
	limited '{pids: {limit: 77}}' pids.max 77
	limited '{pids: {limit: -1}}' pids.max max
	edit '.linux.resources = {pids: {limit: 0}}'
	try_create
	expect_error "limit of processes"
}

@test "F340 F341 huge pages" {
	if ! grep -qw hugetlb /sys/fs/cgroup/cgroup.controllers; then
		refuse '.linux.resources.hugepageLimits = [{pageSize: "2MB", limit: 1}]' "no cgroup v2 controller hugetlb" hugepageLimits
		skip "no cgroup v2 controller hugetlb here"
	fi
	limited '{hugepageLimits: [{pageSize: "2MB", limit: 4194304}]}' hugetlb.2MB.max 4194304 hugetlb.2MB.rsvd.max 4194304
	refuse '.linux.resources.hugepageLimits = [{pageSize: "3MB", limit: 1}]' "no such page size"
}

@test "F346 F347 rdma: a device that is not there is named" {
	if ! grep -qw rdma /sys/fs/cgroup/cgroup.controllers; then
		refuse '.linux.resources.rdma = {"mlx": {hcaHandles: 3, hcaObjects: 5}}' "no cgroup v2 controller rdma" /linux/resources/rdma
		skip "no cgroup v2 controller rdma here"
	fi
	refuse '.linux.resources.rdma = {"mlx": {hcaHandles: 3, hcaObjects: 5}}' rdma.max "no such RDMA device"
}

@test "F349 F350 F360 unified: any file of an enabled controller, last word over converted values" {
	require_v2 memory pids
	limited '{pids: {limit: 5}, unified: {"memory.high": "90000000", "memory.oom.group": "1", "pids.max": "66", "cgroup.max.depth": "3"}}' \
		memory.high 89997312 memory.oom.group 1 pids.max 66 cgroup.max.depth 3
	if grep -qw misc /sys/fs/cgroup/cgroup.controllers; then
		refuse '.linux.resources.unified = {"misc.max": "nothing 1"}' misc.max
	fi
}

@test "F351 F352 unified: no such controller, no such file, no path" {
	refuse '.linux.resources.unified = {"nosuch.max": "1"}' "no cgroup v2 controller nosuch" /linux/resources/unified/nosuch.max
	refuse '.linux.resources.unified = {"memory.nosuch": "1"}' memory.nosuch "does not have it"
	refuse '.linux.resources.unified = {"../memory.max": "1"}' "not a file name"
	refuse '.linux.resources.unified = {"a/b.max": "1"}' "not a file name"
	refuse '.linux.resources.unified = {"cgroup.procs": "1"}' "berth's own"
	refuse '.linux.resources.unified = {"memory.max": "lots"}' memory.max
}

@test "F353 unified: a value of several lines is written line by line" {
	require_v2 io
	local device
	device=$(lsblk -dnro MAJ:MIN | head -n 1)
	[ -n "$device" ] || skip "no block device here"
	limited "{unified: {\"io.max\": \"$device rbps=4096\\n$device wbps=8192\\n\"}}" io.max "$device rbps=4096 wbps=8192 riops=max wiops=max"
}

@test "F303 F304 F305 F306 F307 F309 F311 F312 device rules, as a program on the cgroup" {
	with_mknod
	edit '.linux.resources.devices = [{allow: false, access: "rwm"}, {allow: true, type: "c", major: 1, minor: 11, access: "r"}]'
	# shellcheck disable=SC2016
	container_script 'cd /dev
		mknod kmsg c 1 11 && mknod mem c 1 1 && mknod disk b 7 0 || echo mknod is refused
		head -c 0 kmsg || echo kmsg cannot be read
		(: >>kmsg) 2>/dev/null && echo kmsg can be written
		head -c 0 mem 2>/dev/null && echo mem can be read
		head -c 0 disk 2>/dev/null && echo disk can be read
		head -c 1 /dev/zero >/dev/null || echo zero is refused
		: >/dev/null || echo null is refused'
	run_ok
	[ -z "$output" ] || fail "$output"
}

@test "a device that is not allowed cannot be opened, from the first instant, and there is one program" {
	with_mknod
	container_script 'mknod /dev/kmsg c 1 11 && (head -c 0 </dev/kmsg) 2>&1'
	run_container
	[[ "$output" == *"not permitted"* ]]
	container_args sleep 1000
	create_container
	command -v bpftool >/dev/null || skip "no bpftool to count programs here"
	[ "$(bpftool -j cgroup show "$DIR" | jq length)" -eq 1 ]
}

@test "everything is allowed when the rules say so" {
	with_mknod
	edit '.linux.resources.devices = [{allow: true, access: "rwm"}]'
	container_script 'mknod /dev/kmsg c 1 11 && head -c 0 /dev/kmsg'
	run_ok
	[ -z "$output" ] || fail "$output"
}

@test "F356 limits are in force when the program starts" {
	require_v2 pids
	edit '.linux.resources.pids = {limit: 5}'
	cgroup_mount ro true
	container_script 'cat /sys/fs/cgroup/pids.max'
	run_ok
	[ "$output" = 5 ]
}

@test "F359 a memory limit that is too low is named in the error" {
	require_v2 memory
	edit '.linux.resources.memory = {limit: 8192}'
	try_create
	expect_error 'killed by the out-of-memory killer' 'memory: limit 8192' 'OOM kill' 'raise the memory limit'
}

@test "F106 F199 with a cgroup namespace the mount shows the container's part only" {
	cgroup_mount ro true
	container_script 'cat /proc/self/cgroup; cat /sys/fs/cgroup/cgroup.procs; mkdir /sys/fs/cgroup/x 2>/dev/null || echo ro'
	run_ok
	[ "${lines[0]}" = 0::/ ]
	[ "${lines[1]}" = 1 ]
	[[ "$output" == *ro ]]
	cgroup_mount rw true
	container_script 'mkdir /sys/fs/cgroup/x && rmdir /sys/fs/cgroup/x'
	run_ok
}

@test "F106 without a cgroup namespace the container's own directory is bound, and nothing above it" {
	cgroup_mount ro false
	container_script 'sed "s/.*:://" /proc/self/cgroup; ls /sys/fs/cgroup | grep -c slice; grep -c 1 /sys/fs/cgroup/cgroup.procs; mkdir /sys/fs/cgroup/x 2>/dev/null || echo ro'
	run_ok
	[ "${lines[0]}" = "$CG" ]
	[ "${lines[1]}" = 0 ]
	[ "${lines[2]}" -ge 1 ]
	[[ "$output" == *ro ]]
	# The same through a user namespace, which may not mount cgroup2 without a cgroup namespace.
	with_userns
	container_script 'ls /sys/fs/cgroup | grep -c slice; test -e /sys/fs/cgroup/cgroup.procs && echo there'
	run_ok
	[ "${lines[0]}" = 0 ]
	[ "${lines[1]}" = there ]
}

@test "F286 F288 F289 F290 F291 the cgroup belongs to the user of the process" {
	with_userns
	edit '.process.user.uid = 1000 | .process.user.gid = 1000'
	cgroup_mount rw true
	create_container
	[ "$(stat -c %u "$DIR")" = 101000 ]
	local file
	while read -r file; do
		[ ! -e "$DIR/$file" ] || [ "$(stat -c %u "$DIR/$file")" = 101000 ] || fail "$file"
	done </sys/kernel/cgroup/delegate
	[ "$(stat -c %u "$DIR/memory.max")" = 0 ]
	[ "$(stat -c %u "$DIR/cgroup.freeze")" = 0 ]
	berth delete --force "$ID"
	container_script 'mkdir /sys/fs/cgroup/x && echo 0 >/sys/fs/cgroup/x/cgroup.procs && cat /proc/self/cgroup'
	run_ok
	[ "$output" = 0::/x ]
}

@test "F292 without the kernel's list three files are given" {
	# No user namespace: that could not mount a sysfs of which the host hides a part.
	cgroup_mount rw true
	edit '.process.user.uid = 1000 | .process.user.gid = 1000'
	# shellcheck disable=SC2016 # $@ is the inner shell's
	unshare --mount --propagation private sh -c 'mount --bind /dev/null /sys/kernel/cgroup/delegate && exec "$@"' sh \
		"$BERTH" --root "$ROOT" create --bundle "$BUNDLE" "$ID" </dev/null >/dev/null 2>&1 3>&-
	[ "$(stat -c %u "$DIR/cgroup.procs" "$DIR/cgroup.threads" "$DIR/cgroup.subtree_control" | sort -u)" = 1000 ]
	[ ! -e "$DIR/memory.oom.group" ] || [ "$(stat -c %u "$DIR/memory.oom.group")" = 0 ]
}

@test "F288 F289 without a cgroup namespace, or read-only, the cgroup stays ours" {
	with_userns
	cgroup_mount ro true
	create_container
	[ "$(stat -c %u "$DIR")" = 0 ]
	berth delete --force "$ID"
	cgroup_mount rw false
	create_container
	[ "$(stat -c %u "$DIR")" = 0 ]
}

@test "F580 kill of a paused or forking container, its sub-cgroups included" {
	edit '.linux.namespaces |= map(select(.type != "pid"))'
	cgroup_mount rw true
	container_script 'mkdir /sys/fs/cgroup/sub; (echo 0 >/sys/fs/cgroup/sub/cgroup.procs; while :; do sleep 1000 & sleep 0.01; done) & echo up >/tmp/s; sleep 1000'
	berth run -d --bundle "$BUNDLE" "$ID" </dev/null >/dev/null 2>&1 3>&-
	wait_for 5 grep -q up "$BUNDLE/rootfs/tmp/s"
	wait_for 5 grep -q . "$DIR/sub/cgroup.procs"
	freeze_cgroup "$DIR"
	berth kill --all "$ID" KILL
	wait_for 5 grep -q "populated 0" "$DIR/cgroup.events"
	berth delete "$ID"
	[ ! -d "$DIR" ]
}

@test "F523 sub-cgroups with controllers that the container made are removed with it" {
	cgroup_mount rw true
	container_script 'cd /sys/fs/cgroup; mkdir init a a/b; echo 0 >init/cgroup.procs; echo +pids >cgroup.subtree_control; echo +pids >a/cgroup.subtree_control; echo up >/tmp/s; sleep 1000'
	berth run -d --bundle "$BUNDLE" "$ID" </dev/null >/dev/null 2>&1 3>&-
	wait_for 5 grep -q up "$BUNDLE/rootfs/tmp/s"
	[ -f "$DIR/a/b/pids.max" ]
	berth delete --force "$ID"
	[ ! -d "$DIR" ]
}

@test "explain shows the converted values" {
	edit '.linux.resources = {cpu: {shares: 512}, memory: {limit: 1048576, swap: 3145728}}'
	run "$BERTH" explain "$BUNDLE"
	[ "$status" -eq 0 ]
	[[ "$output" == *"file=cpu.weight value=59"* ]]
	[[ "$output" == *"file=memory.swap.max value=2097152"* ]]
	[[ "$output" == *"cgroup-controllers"*"needed=memory,cpu"* ]]
	[[ "$output" == *'rules="allow c *:* m'* ]]
}

@test "F708 annotation run.oci.delegate-cgroup: a cgroup for the container's user to manage" {
	cgroup_mount rw true
	with_userns
	edit '.annotations = {"run.oci.delegate-cgroup": "payload"} | .linux.resources.pids.limit = 77'
	container_script 'cd /sys/fs/cgroup && mkdir payload/own && echo $$ >payload/own/cgroup.procs &&
		cat /proc/self/cgroup >/tmp/cg
		(echo 99 >pids.max) 2>/dev/null || echo refused >>/tmp/cg
		(mkdir beside) 2>/dev/null || echo refused >>/tmp/cg
		exec sleep 1000'
	chmod 777 "$BUNDLE/rootfs/tmp"
	create_container
	[ "$(cat "/proc/$(container_pid)/cgroup")" = "0::$CG/payload" ]
	[ "$(stat -c %u "$DIR" "$DIR/cgroup.procs" "$DIR/payload" "$DIR/payload/cgroup.procs" "$DIR/payload/pids.max" | xargs)" = \
		"0 0 100000 100000 0" ]
	expect pids.max 77
	local controller
	for controller in $(cat /sys/fs/cgroup/cgroup.controllers); do
		grep -qw "$controller" "$DIR/payload/cgroup.controllers" || fail "$controller is not enabled"
	done
	berth start "$ID"
	wait_for 5 grep -q refused "$BUNDLE/rootfs/tmp/cg"
	wait_for 5 is_status running
	[ "$(xargs <"$BUNDLE/rootfs/tmp/cg")" = "0::/payload/own refused refused" ] || fail "$(cat "$BUNDLE/rootfs/tmp/cg")"
	run berth exec "$ID" /bin/cat /proc/self/cgroup
	[ "$output" = 0::/payload/own ] || fail "$output"
}

@test "F708 a delegated cgroup without a cgroup namespace, and where it cannot be" {
	edit '.annotations = {"run.oci.delegate-cgroup": "payload"} | .linux.namespaces |= map(select(.type != "cgroup"))'
	container_script 'cat /proc/self/cgroup'
	run_ok
	[ "$output" = "0::$CG/payload" ]
	refuse '.annotations["run.oci.delegate-cgroup"] = "../x"' /annotations/run.oci.delegate-cgroup
	refuse '.annotations["run.oci.delegate-cgroup"] = ""' /annotations/run.oci.delegate-cgroup
	refuse '.annotations["run.oci.delegate-cgroup"] = "cgroup.procs"' cgroup.procs
	# One that is somebody else's is not divided.
	KEEP=$DIR
	mkdir "$DIR"
	refuse . "$DIR" "was there before"
	[ "$(find "$DIR" -mindepth 1 -type d | wc -l)" -eq 0 ]
}

@test "F758 a mount in the host's cgroup namespace shows the own cgroup, and leaves the options of the tree alone" {
	local before
	before=$(sed -n 's/.* - cgroup2 [^ ]* //p' /proc/self/mountinfo | sort -u)
	[[ "$before" == *nsdelegate* ]]
	cgroup_mount rw false
	edit '.linux.namespaces += [{type: "cgroup", path: $p}]' --arg p "/proc/$$/ns/cgroup"
	container_script 'cat /proc/self/cgroup; ls -d /sys/fs/cgroup/*.slice /sys/fs/cgroup/pids.max 2>/dev/null || :'
	run_ok
	[ "$output" = "0::$CG"$'\n/sys/fs/cgroup/pids.max' ] || fail "$output"
	[ "$(sed -n 's/.* - cgroup2 [^ ]* //p' /proc/self/mountinfo | sort -u)" = "$before" ]
}
