# SPDX-License-Identifier: Apache-2.0
# exec: the same confinement as init, and what happens when it cannot be had.
load helpers

# All that confines a process, as the process itself sees it. bin/sh is the only child, so that pids do not matter.
report='
	grep -E "^(Uid|Gid|Groups|Umask|Cap|NoNewPrivs|Seccomp|SigBlk|SigIgn|SigCgt)" /proc/self/status
	for n in cgroup ipc mnt net pid time user uts; do readlink /proc/self/ns/$n; done
	cat /proc/self/cgroup /proc/self/limits /proc/self/oom_score_adj /proc/self/mountinfo /proc/self/uid_map
	cat /proc/self/attr/current /proc/self/personality /proc/self/timerslack_ns 2>&1
	pwd; umask; env | sort; hostname; cat /proc/sys/kernel/msgmax; readlink /proc/self/root
	nice; ls -l /proc/self/fd | wc -l'

# Runs the report as init and by exec, and compares.
same_as_init() {
	local shell="$report"
	edit '.process.args = ["/bin/sh", "-c", $s]' --arg s "exec >/tmp/init.out 2>&1; $shell
echo done >/tmp/init.done; sleep 1000"
	create_container || fail "create: $(cat "$TMP/err")"
	berth start "$ID"
	wait_for 10 test -e "$BUNDLE/rootfs/tmp/init.done"
	berth exec "$@" "$ID" /bin/sh -c "exec >/tmp/exec.out 2>&1; $shell
:" </dev/null 3>&-
	[ "$(wc -l <"$BUNDLE/rootfs/tmp/exec.out")" -gt 40 ]
	diff -u "$BUNDLE/rootfs/tmp/init.out" "$BUNDLE/rootfs/tmp/exec.out"
}

@test "F602 F604 I33 exec is confined as init, compared field by field" {
	edit '.process.oomScoreAdj = 123 | .process.user = {uid: 5, gid: 6, additionalGids: [7, 8], umask: 63}
		| .process.rlimits = [{type: "RLIMIT_NOFILE", soft: 100, hard: 200}, {type: "RLIMIT_CORE", soft: 0, hard: 0}]
		| .process.capabilities = {bounding: ["CAP_KILL", "CAP_CHOWN"], permitted: ["CAP_KILL"], effective: ["CAP_KILL"], inheritable: ["CAP_KILL"], ambient: ["CAP_KILL"]}
		| .linux.namespaces += [{type: "cgroup"}] | .linux.sysctl = {"kernel.msgmax": "12345"}
		| .linux.personality = {domain: "LINUX32"} | .hostname = "inside" | .process.cwd = "/home"
		| .process.scheduler = {policy: "SCHED_BATCH", nice: 4} | .process.noNewPrivileges = true
		| .linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["syslog"], action: "SCMP_ACT_ERRNO"}]}'
	[ ! -e /proc/self/ns/time ] || edit '.linux.namespaces += [{type: "time"}]'
	edit '.linux.namespaces |= unique_by(.type)'
	chmod 1777 "$BUNDLE/rootfs/tmp"
	same_as_init
	grep -q "^Seccomp:.2" "$BUNDLE/rootfs/tmp/exec.out"
	grep -q "^CapAmb:.0000000000000020" "$BUNDLE/rootfs/tmp/exec.out"
}

@test "F602 the same in a user namespace, and without namespaces or a filter" {
	edit '.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}]
		| .linux.gidMappings = .linux.uidMappings'
	chmod 1777 "$BUNDLE/rootfs/tmp"
	same_as_init
	berth delete --force "$ID"
	rm "$BUNDLE"/rootfs/tmp/*
	edit '.linux.namespaces = [{type: "mount"}] | del(.linux.uidMappings, .linux.gidMappings, .hostname, .linux.sysctl)
		| .mounts = [.mounts[] | select(.type != "sysfs" and .type != "mqueue" and .type != "cgroup")]'
	same_as_init
}

@test "F602 nested namespaces of a pod are joined as well" {
	edit '.linux.namespaces |= map(select(.type != "pid"))'
	start_container
	local pod=$ID path=$BUNDLE pid
	pid=$(container_pid)
	[ "$(berth exec "$ID" readlink /proc/self/ns/pid)" = "$(readlink /proc/self/ns/pid)" ]
	ID=$ID-b BUNDLE=$TMP/b
	cp -r "$path" "$BUNDLE"
	edit '.linux.namespaces = [{type: "mount"}, {type: "uts"}, {type: "network", path: $n}, {type: "ipc", path: $i}]
		' --arg n "/proc/$pid/ns/net" --arg i "/proc/$pid/ns/ipc"
	start_container
	[ "$(berth exec "$ID" readlink /proc/self/ns/net)" = "$(readlink "/proc/$pid/ns/net")" ]
	[ "$(berth exec "$ID" readlink /proc/self/ns/uts)" != "$(readlink "/proc/$pid/ns/uts")" ]
	berth delete --force "$ID"
	ID=$pod BUNDLE=$path
}

@test "the process is in the container's cgroups from the start, in all hierarchies" {
	local pid
	start_container
	exec_detached --pid-file "$TMP/pid" -- sleep 100
	diff "/proc/$(container_pid)/cgroup" "/proc/$(cat "$TMP/pid")/cgroup"
}

@test "F597 --cgroup: a cgroup below the container's" {
	local pid v1 f
	require_v1 memory
	require_v1 pids
	edit '.linux.cgroupsPath = $p' --arg p "/berth-$ID"
	start_container
	mkdir "/sys/fs/cgroup/memory/berth-$ID/sub" "/sys/fs/cgroup/pids/berth-$ID/sub"
	exec_detached --cgroup memory:sub --cgroup pids:/ --pid-file "$TMP/pid" -- sleep 100
	pid=$(cat "$TMP/pid")
	grep -q ":memory:/berth-$ID/sub\$" "/proc/$pid/cgroup"
	grep -q ":pids:/berth-$ID\$" "/proc/$pid/cgroup"
	exec_detached --cgroup memory,pids:sub --pid-file "$TMP/pid" -- sleep 100
	pid=$(cat "$TMP/pid")
	[ "$(grep -c "/berth-$ID/sub\$" "/proc/$pid/cgroup")" = 2 ]
	exec_in --cgroup memory:none -- true
	[ "$status" -eq 255 ]
	expect_error "cgroup /sys/fs/cgroup/memory/berth-$ID/none/tasks"
	exec_in --cgroup sub -- true # not there in every hierarchy
	expect_error cgroup
	for bad in ../x a/../../b memory:.. memory:a/..; do
		exec_in --cgroup "$bad" -- true
		expect_error "invalid cgroup option" '".."'
	done
	exec_in --cgroup nosuch:sub -- true
	expect_error nosuch
	exec_in --cgroup :sub -- true
	expect_error "no controller"
	exec_in --cgroup sub --cgroup memory:sub -- true
	expect_error "needs its controllers"
	for v1 in /sys/fs/cgroup/*/"berth-$ID"; do
		mkdir -p "$v1/all"
		# A cpuset without CPUs takes nobody.
		[ ! -e "$v1/all/cpuset.cpus" ] || for f in cpus mems; do cat "$v1/cpuset.$f" >"$v1/all/cpuset.$f"; done
	done
	exec_detached --cgroup all --pid-file "$TMP/pid" -- sleep 100
	[ "$(grep -vc "/berth-$ID/all\$" "/proc/$(cat "$TMP/pid")/cgroup")" = 0 ]
}

@test "F597 --cgroup on v2: a cgroup below the container's" {
	local bad
	require_v2
	start_container
	mkdir "$(cgroup_dir)/sub"
	exec_detached --cgroup sub --pid-file "$TMP/pid" -- sleep 100
	[ "$(cat "/proc/$(cat "$TMP/pid")/cgroup")" = "$(cat "/proc/$(container_pid)/cgroup")/sub" ]
	exec_in --cgroup none -- true
	[ "$status" -eq 255 ]
	expect_error "$(cgroup_dir)/none"
	for bad in ../x a/../../b ..; do
		exec_in --cgroup "$bad" -- true
		expect_error "invalid cgroup option" '".."'
	done
}

@test "F603 a v2 cgroup that takes no processes any more: where init is now" {
	local v2=/sys/fs/cgroup/unified top=berth-top-$ID moved=berth-moved-$ID
	[ -e $v2/cgroup.procs ] || skip "no hybrid hierarchy"
	edit '.linux.cgroupsPath = $p' --arg p "/$top/c"
	start_container
	mkdir "$v2/$moved"
	container_pid >"$v2/$moved/cgroup.procs"
	echo threaded >"$v2/$top/cgroup.type"
	[ "$(cat "$v2/$top/c/cgroup.type")" = "domain invalid" ]
	exec_detached --pid-file "$TMP/pid" -- sleep 100
	grep -qx "0::/$moved" "/proc/$(cat "$TMP/pid")/cgroup"
	# What was asked for by name has no substitute.
	exec_in --cgroup / -- true
	[ "$status" -eq 255 ]
	expect_error "cannot move a process into it"
	berth delete --force "$ID"
	rmdir "$v2/$moved"
}

@test "F604 the filter of the configuration is in force for exec, with and without no_new_privs" {
	edit '.process.noNewPrivileges = false | .linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["mkdir", "mkdirat"], action: "SCMP_ACT_ERRNO", errnoRet: 95}]}'
	start_container
	exec_in -- mkdir /tmp/x
	[ "$status" -eq 1 ]
	[[ "$output" == *"not supported"* ]]
	exec_in --no-new-privs -u 1000:1000 -- mkdir /tmp/x
	[[ "$output" == *"not supported"* ]]
	process_file '.args = ["mkdir", "/tmp/y"]'
	exec_in -p "$TMP/process.json" --
	[[ "$output" == *"not supported"* ]]
}

@test "F604 a filter that kills on execve is said to be the reason" {
	start_container
	edit '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["execve"], action: "SCMP_ACT_ERRNO", errnoRet: 38}]}'
	berth delete --force "$ID"
	create_container
	exec_in -- true
	[ "$status" -eq 255 ]
	expect_error exec "not implemented"
}

@test "F604 a listener is sent for an exec, too" {
	edit '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", listenerPath: $l, listenerMetadata: "m", syscalls: [{names: ["mkdir", "mkdirat"], action: "SCMP_ACT_NOTIFY"}]}' --arg l "$TMP/agent"
	"$BERTH_TESTS/receive-fd" --seccomp "$TMP/agent" "$TMP/first.json" 3>&- &
	wait_for 5 test -S "$TMP/agent"
	start_container
	wait_for 5 test -s "$TMP/first.json"
	rm "$TMP/agent"
	"$BERTH_TESTS/receive-fd" --seccomp "$TMP/agent" "$TMP/second.json" 3>&- &
	wait_for 5 test -S "$TMP/agent"
	exec_in -- sh -c 'mkdir /tmp/x; echo rc=$?'
	[[ "$output" == *rc=1* ]]
	jq -e --arg id "$ID" --argjson init "$(container_pid)" \
		'.pid != $init and .state.pid == $init and .state.id == $id and .state.status == "running" and .metadata == "m"' "$TMP/second.json"
}

@test "F128 F604 labels that cannot be had are an error" {
	[ ! -e /sys/module/apparmor ] || skip "this host has AppArmor"
	[ ! -e /sys/fs/selinux/enforce ] || skip "this host has SELinux"
	start_container
	exec_in --apparmor some-profile -- true
	[ "$status" -eq 255 ]
	expect_error 'AppArmor profile "some-profile"'
	exec_in --process-label a:b:c -- true
	expect_error 'SELinux label "a:b:c"'
	exec_ok --apparmor unconfined -- true
	process_file '.apparmorProfile = "other"'
	exec_in -p "$TMP/process.json" --
	expect_error 'AppArmor profile "other"' "process.json line" "/apparmorProfile"
}

@test "F605 scheduler and I/O priority from the configuration or the file" {
	edit '.process.scheduler = {policy: "SCHED_BATCH", nice: 5} | .process.ioPriority = {class: "IOPRIO_CLASS_BE", priority: 6}'
	start_container
	exec_detached --pid-file "$TMP/pid" -- sleep 100
	[ "$(chrt -p "$(cat "$TMP/pid")" | head -n 1 | sed 's/.* //')" = SCHED_BATCH ]
	[ "$(awk '{ print $19 }' "/proc/$(cat "$TMP/pid")/stat")" = 5 ]
	[ "$(ionice -p "$(cat "$TMP/pid")")" = "best-effort: prio 6" ]
	process_file '.args = ["sleep", "100"] | .scheduler = {policy: "SCHED_IDLE"} | .ioPriority = {class: "IOPRIO_CLASS_IDLE"}'
	exec_detached --pid-file "$TMP/pid" -p "$TMP/process.json" --
	[ "$(chrt -p "$(cat "$TMP/pid")" | head -n 1 | sed 's/.* //')" = SCHED_IDLE ]
	[ "$(ionice -p "$(cat "$TMP/pid")")" = idle ]
}

@test "F774 a list of CPUs goes beyond 1024 in one piece" {
	start_container
	process_file '.args = ["grep", "Cpus_allowed_list", "/proc/self/status"] | .execCPUAffinity = {initial: "0,2000-8191", final: "0,8191"}'
	exec_ok --process "$TMP/process.json" --
	[ "${output##*[[:space:]]}" = 0 ] || fail "$output"
}

@test "F149 F150 F151 execCPUAffinity, and the caller's is not inherited" {
	[ "$(nproc)" -gt 1 ] || skip "one CPU only"
	edit '.process.execCPUAffinity = {initial: "0", final: "1"}'
	start_container
	[ "$(awk '/^Cpus_allowed_list/ { print $2 }' "/proc/$(container_pid)/status")" != 1 ]
	exec_ok -- grep Cpus_allowed_list /proc/self/status
	[ "${output##*[[:space:]]}" = 1 ]
	process_file '.args = ["grep", "Cpus_allowed_list", "/proc/self/status"] | .execCPUAffinity = {initial: "1"}'
	run taskset 1 "$BERTH" --root "$ROOT" exec -p "$TMP/process.json" "$ID"
	[ "${output##*[[:space:]]}" = "$(awk '/^Cpus_allowed_list/ { print $2 }' "/proc/$(container_pid)/status")" ]
	process_file '.execCPUAffinity = {final: "8000"}'
	exec_in -p "$TMP/process.json" --
	[ "$status" -eq 255 ]
	expect_error "8000"
	process_file '.execCPUAffinity = {final: "3-1"}'
	exec_in -p "$TMP/process.json" --
	expect_error "3-1"
	process_file '.execCPUAffinity = {initial: "9000"}'
	exec_in -p "$TMP/process.json" --
	expect_error "CPU 9000"
}

@test "the session keyring is the container's" {
	[ -r /proc/keys ] || skip "no keyrings"
	container_script 'cat /proc/keys >/tmp/init; exec sleep 1000'
	edit '.linux.maskedPaths = []'
	start_container
	wait_for 5 test -s "$BUNDLE/rootfs/tmp/init"
	exec_ok -- cat /proc/keys
	[ -n "$(grep -o "^[0-9a-f]*.*_ses.$ID" <<<"$output")" ]
	[ "$(awk -v n="_ses.$ID" 'index($0, n) { print $1 }' <<<"$output")" = "$(awk -v n="_ses.$ID" 'index($0, n) { print $1 }' "$BUNDLE/rootfs/tmp/init")" ]
}

@test "S01 S03 what runs for exec is a sealed memfd, and nothing in the container can trace it" {
	local all
	all=$(capsh --print | sed -n 's/^Bounding set =//p' | tr a-z A-Z | jq -Rc 'split(",")')
	edit '.process.capabilities = {bounding: $c, effective: $c, permitted: $c} | .process.noNewPrivileges = false
		| .linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}]
		| .linux.gidMappings = .linux.uidMappings' --argjson c "$all"
	chmod 1777 "$BUNDLE/rootfs/tmp"
	cp "$BERTH_TESTS/seize" "$BUNDLE/rootfs/seize"
	start_container
	"$BERTH" --root "$ROOT" exec "$ID" /seize /tmp/stop >"$TMP/seized" </dev/null 3>&- &
	wait_for 5 pgrep -f "/seize /tmp/stop"
	for _ in $(seq 60); do
		berth exec "$ID" true
	done
	touch "$BUNDLE/rootfs/tmp/stop"
	wait $!
	# Programs may be traced; the process that starts them may not.
	[[ "$(cat "$TMP/seized")" == *" seized, 0 taken" ]] || fail "$(cat "$TMP/seized")"
}

@test "S02 a working directory that leads out through a descriptor is refused" {
	local n
	start_container
	for n in $(seq 3 20); do
		exec_in --cwd "/proc/self/fd/$n" -- touch /tmp/ran
		[ "$status" -eq 255 ]
		expect_error "chdir to cwd (\"/proc/self/fd/$n\")"
		exec_in --cwd "/proc/self/fd/$n/../../../.." -- touch /tmp/ran
		[ "$status" -eq 255 ]
	done
	ln -s /proc/self/fd/7 "$BUNDLE/rootfs/link"
	exec_in --cwd /link -- touch /tmp/ran
	[ "$status" -eq 255 ]
	process_file '.cwd = "/proc/self/fd/../../../../../etc" | .args = ["sh", "-c", "pwd; cat passwd | wc -l"]'
	exec_ok -p "$TMP/process.json" --
	[ "$output" = $'/etc\n2' ]
	[ ! -e "$BUNDLE/rootfs/tmp/ran" ]
}
