# SPDX-License-Identifier: Apache-2.0
# The process object: what the program sees of itself.
load helpers

# Value of a field of /proc/self/status inside.
status_field() {
	sed -n "s/^$1:[[:space:]]*//p" <<<"$output" | tr '\t' ' '
}

@test "F116 cwd: set, made if missing, relative refused" {
	edit '.process.cwd = "/made/by/berth"'
	container_args pwd
	run_ok
	[ "$output" = /made/by/berth ]
	refuse '.process.cwd = "tmp"' /process/cwd
}

@test "F118 cwd by way of a leaked descriptor is refused" {
	local n
	for n in 3 4 5 6 7 8 9 10; do
		edit '.process.cwd = "/proc/self/fd/\($n)"' --argjson n "$n"
		run_container
		[ "$status" -ne 0 ]
	done
}

@test "F119 env: exactly the configured one, the last of two wins" {
	edit '.process.env = ["PATH=/bin", "A=1", "B=x y", "A=2", "HOME=/h"]'
	container_args env
	run_ok
	[ "$(sort <<<"$output")" = $'A=2\nB=x y\nHOME=/h\nPATH=/bin' ]
}

@test "F120 HOME comes from the container's passwd when env has none" {
	edit '.process.env = ["PATH=/bin"] | .process.user = {uid: 1000, gid: 1000}'
	container_script 'echo $HOME'
	run_ok
	[ "$output" = /home/user ]
}

@test "F120 a passwd that is a symlink, a fifo or huge is no danger" {
	edit '.process.env = ["PATH=/bin"] | .process.user = {uid: 1000, gid: 1000}'
	container_script 'echo $HOME'
	ln -sf /etc/hostname "$BUNDLE/rootfs/etc/passwd"
	run_ok
	[ "$output" = / ]
	rm "$BUNDLE/rootfs/etc/passwd"
	mkfifo "$BUNDLE/rootfs/etc/passwd"
	run_ok
	[ "$output" = / ]
	rm "$BUNDLE/rootfs/etc/passwd"
	truncate -s 1G "$BUNDLE/rootfs/etc/passwd"
	run_ok
	[ "$output" = / ]
}

@test "F121 args: search in the container's PATH, empty array refused" {
	edit '.process.args = ["mine"] | .process.env = ["PATH=/no:/opt/x:/bin"]'
	mkdir -p "$BUNDLE/rootfs/opt/x"
	printf '#!/bin/sh\necho found "$0"\n' >"$BUNDLE/rootfs/opt/x/mine"
	chmod 755 "$BUNDLE/rootfs/opt/x/mine"
	run_ok
	[ "$output" = "found /opt/x/mine" ]
	refuse '.process.args = []' /process/args
}

@test "F122 a program that cannot be found is reported at create" {
	refuse '.process.args = ["foobar"]' 'exec: "foobar": executable file not found in $PATH'
	refuse '.process.args = ["/no/such/command"]' /no/such/command "no such file or directory"
}

@test "F123 what cannot be executed is told apart from what is missing" {
	echo text >"$BUNDLE/rootfs/tmp/plain"
	refuse '.process.args = ["/tmp/plain"]' /tmp/plain "permission denied"
	refuse '.process.args = ["/etc"]' "is a directory"
}

@test "F124 F126 rlimits: all sixteen types, soft and hard" {
	edit '.process.rlimits = ([["AS", 4000000000], ["CORE", 1000], ["CPU", 60], ["DATA", 4000000000],
		["FSIZE", 100000000], ["LOCKS", 100], ["MEMLOCK", 32768], ["MSGQUEUE", 8192], ["NICE", 0],
		["NOFILE", 100], ["NPROC", 1000], ["RSS", 4000000000], ["RTPRIO", 0], ["RTTIME", 1000000],
		["SIGPENDING", 100], ["STACK", 8388608]] | map({type: "RLIMIT_\(.[0])", soft: .[1], hard: .[1]}))'
	container_args cat /proc/self/limits
	run_ok
	grep -Eq 'Max open files +100 +100' <<<"$output"
	grep -Eq 'Max core file size +1000 +1000' <<<"$output"
	grep -Eq 'Max msgqueue size +8192 +8192' <<<"$output"
	grep -Eq 'Max realtime timeout +1000000 +1000000' <<<"$output"
	grep -Eq 'Max stack size +8388608 +8388608' <<<"$output"
}

@test "F124 rlimits: soft below hard, very low NOFILE" {
	edit '.process.rlimits = [{type: "RLIMIT_NOFILE", soft: 3, hard: 4}]'
	container_args true
	create_container
	berth start "$ID"
}

@test "F125 F127 rlimits: unknown and duplicate types are errors" {
	refuse '.process.rlimits = [{type: "RLIMIT_FOO", soft: 1, hard: 1}]' /process/rlimits/0 RLIMIT_FOO
	refuse '.process.rlimits = [{type: "RLIMIT_CPU", soft: 1, hard: 1}, {type: "RLIMIT_CPU", soft: 2, hard: 2}]' \
		/process/rlimits/1
}

@test "F130 F131 F132 F133 F134 the five capability sets are exact" {
	edit '.process.capabilities = {
		bounding: ["CAP_CHOWN", "CAP_KILL", "CAP_NET_RAW", "CAP_SYS_ADMIN"],
		permitted: ["CAP_CHOWN", "CAP_KILL", "CAP_NET_RAW"], effective: ["CAP_CHOWN"],
		inheritable: ["CAP_KILL", "CAP_NET_RAW"], ambient: ["CAP_KILL"]}
		| .process.user = {uid: 1000, gid: 1000} | .process.noNewPrivileges = false'
	container_args cat /proc/self/status
	run_ok
	# An ordinary user's execve keeps what is ambient.
	[ "$(status_field CapBnd)" = 0000000000202021 ]
	[ "$(status_field CapAmb)" = 0000000000000020 ]
	[ "$(status_field CapPrm)" = 0000000000000020 ]
	[ "$(status_field CapEff)" = 0000000000000020 ]
	[ "$(status_field CapInh)" = 0000000000002020 ]
}

@test "F130 F133 root has what permitted and effective say" {
	edit '.process.capabilities = {bounding: ["CAP_CHOWN", "CAP_KILL"], permitted: ["CAP_CHOWN", "CAP_KILL"],
		effective: ["CAP_CHOWN", "CAP_KILL"]}'
	container_args cat /proc/self/status
	run_ok
	[ "$(status_field CapBnd)" = 0000000000000021 ]
	[ "$(status_field CapEff)" = 0000000000000021 ]
	[ "$(status_field CapInh)" = 0000000000000000 ]
	[ "$(status_field CapAmb)" = 0000000000000000 ]
}

@test "F135 unknown capabilities are a warning, not an error" {
	edit '.process.capabilities.bounding += ["CAP_NO_SUCH"]'
	container_args echo fine
	run_ok
	[[ "$output" == *fine* ]]
	[[ "$output" == *CAP_NO_SUCH* ]]
}

@test "F136 without capabilities all are dropped" {
	edit 'del(.process.capabilities)'
	container_args cat /proc/self/status
	run_ok
	[ "$(status_field CapEff)" = 0000000000000000 ]
	[ "$(status_field CapBnd)" = 0000000000000000 ]
}

@test "F137 noNewPrivileges on and off" {
	container_args grep NoNewPrivs /proc/self/status
	run_ok
	[[ "$output" == *1 ]]
	edit '.process.noNewPrivileges = false'
	run_ok
	[[ "$output" == *0 ]]
}

@test "F139 F140 oomScoreAdj: exact, or untouched" {
	edit '.process.oomScoreAdj = 321'
	container_args cat /proc/self/oom_score_adj
	run_ok
	[ "$output" = 321 ]
	edit 'del(.process.oomScoreAdj)'
	run_ok
	[ "$output" = "$(cat /proc/self/oom_score_adj)" ]
}

@test "F141 F142 scheduler: policy and nice" {
	edit '.process.scheduler = {policy: "SCHED_BATCH", nice: 7}'
	container_args cat /proc/self/stat
	run_ok
	# fields 19 (nice) and 41 (policy)
	[ "$(awk '{ print $19, $41 }' <<<"$output")" = "7 3" ]
}

@test "F141 F143 F144 F145 scheduler: bad values are errors" {
	refuse '.process.scheduler = {policy: "SCHED_FOO"}' /process/scheduler/policy
	refuse '.process.scheduler = {policy: "SCHED_OTHER", nice: 50}' /process/scheduler
	refuse '.process.scheduler = {policy: "SCHED_OTHER", priority: 5}' /process/scheduler
	refuse '.process.scheduler = {policy: "SCHED_OTHER", flags: ["SCHED_FLAG_FOO"]}' /process/scheduler/flags/0
	refuse '.process.scheduler = {policy: "SCHED_OTHER", runtime: 5}' /process/scheduler
}

@test "F147 F148 ioPriority" {
	edit '.process.ioPriority = {class: "IOPRIO_CLASS_IDLE", priority: 0}'
	run_ok
	refuse '.process.ioPriority = {class: "IOPRIO_CLASS_FOO", priority: 0}' /process/ioPriority/class
	refuse '.process.ioPriority = {class: "IOPRIO_CLASS_BE", priority: 8}' /process/ioPriority/priority
}

@test "F151 F152 execCPUAffinity: checked, not applied to init" {
	edit '.process.execCPUAffinity = {initial: "0", final: "0"}'
	container_args grep Cpus_allowed_list /proc/self/status
	run_ok
	[ "$output" = "$(grep Cpus_allowed_list /proc/self/status)" ]
	refuse '.process.execCPUAffinity = {initial: "1-"}' /process/execCPUAffinity/initial
}

@test "F153 the caller's affinity does not leak in" {
	container_args grep Cpus_allowed_list /proc/self/status
	local all
	all=$(grep Cpus_allowed_list /proc/1/status)
	run taskset -c 0 "$BERTH" --root "$ROOT" run --bundle "$BUNDLE" "$ID"
	[ "$status" -eq 0 ]
	[ "${output##*[[:space:]]}" = "${all##*[[:space:]]}" ]
}

@test "F154 F155 F158 F160 user: uid, gid, additional groups exactly" {
	edit '.process.user = {uid: 1000, gid: 1001, additionalGids: [5, 7], username: "ignored"}'
	container_args cat /proc/self/status
	run_ok
	[ "$(status_field Uid)" = "1000 1000 1000 1000" ]
	[ "$(status_field Gid)" = "1001 1001 1001 1001" ]
	[ "$(status_field Groups | xargs)" = "5 7" ]
	edit '.process.user = {uid: 1000, gid: 1001}'
	run_ok
	[ -z "$(status_field Groups | xargs)" ]
}

@test "F023 ids out of range are errors" {
	refuse '.process.user.uid = 4294967296' /process/user/uid
	refuse '.process.user.uid = -1' /process/user/uid
	refuse '.process.user.gid = "0"' /process/user/gid
}

@test "F156 F157 umask: configured, else 0022 whatever the caller has" {
	container_script umask
	run bash -c "umask 077; exec '$BERTH' --root '$ROOT' run --bundle '$BUNDLE' '$ID'"
	[ "$output" = 0022 ]
	edit '.process.user.umask = 23'
	run_ok
	[ "$output" = 0027 ]
}

@test "F161 only 0, 1 and 2 are open in the program" {
	container_args ls /proc/self/fd
	run bash -c "exec 3</dev/null 7</dev/null 9</etc 20</dev/null; exec '$BERTH' --root '$ROOT' run --bundle '$BUNDLE' '$ID'"
	# ls itself has the directory open as 3
	[ "$output" = $'0\n1\n2\n3' ]
}

@test "F162 F553 F566 --preserve-fds passes descriptors, gaps are tolerated" {
	container_script 'cat <&3; cat <&5; ls /proc/self/fd | tr "\n" " "'
	echo three >"$TMP/three"
	echo five >"$TMP/five"
	run bash -c "exec 3<'$TMP/three' 4<&- 5<'$TMP/five' 6</dev/null; exec '$BERTH' --root '$ROOT' run --preserve-fds 3 --bundle '$BUNDLE' '$ID'"
	[ "${lines[0]}" = three ]
	[ "${lines[1]}" = five ]
	# 4 is what ls has open itself
	[ "${lines[2]}" = "0 1 2 3 4 5 " ]
}

@test "F741 socket activation: LISTEN_FDS counts if LISTEN_PID is ours" {
	container_script 'echo "$LISTEN_FDS/$LISTEN_PID"; cat <&3'
	edit '.process.env += ["X=1"]'
	echo listen >"$TMP/l"
	run bash -c "exec 3<'$TMP/l'; export LISTEN_FDS=1; LISTEN_PID=\$\$ exec '$BERTH' --root '$ROOT' run --bundle '$BUNDLE' '$ID'"
	[ "$output" = $'1/1\nlisten' ]
	run bash -c "exec 3<'$TMP/l'; export LISTEN_FDS=1; LISTEN_PID=1 exec '$BERTH' --root '$ROOT' run --bundle '$BUNDLE' '$ID'"
	[[ "$output" != *listen* ]]
}

@test "F742 socket activation: the names of the descriptors go along with them" {
	container_script 'echo "$LISTEN_FDS/$LISTEN_PID/$LISTEN_FDNAMES"'
	echo payload >"$TMP/l"
	run bash -c "exec 3<'$TMP/l'; export LISTEN_FDS=1 LISTEN_FDNAMES=a:b; LISTEN_PID=\$\$ exec '$BERTH' --root '$ROOT' run --bundle '$BUNDLE' '$ID'"
	[ "$output" = 1/1/a:b ]
	run bash -c "exec 3<'$TMP/l'; export LISTEN_FDS=1 LISTEN_FDNAMES=a:b; LISTEN_PID=1 exec '$BERTH' --root '$ROOT' run --bundle '$BUNDLE' '$ID'"
	[ "$output" = // ]
}

@test "callers with closed standard streams, in all eight combinations" {
	local c
	container_args true
	for c in '' '<&-' '>&-' '2>&-' '<&- >&-' '<&- 2>&-' '>&- 2>&-' '<&- >&- 2>&-'; do
		bash -c "'$BERTH' --root '$ROOT' run --bundle '$BUNDLE' '$ID' $c"
	done
}

@test "callers with blocked and ignored signals do not pass them on" {
	container_args cat /proc/self/status
	run bash -c "trap '' PIPE CHLD USR1 TERM; exec '$BERTH' --root '$ROOT' run --bundle '$BUNDLE' '$ID'"
	[ "$(status_field SigBlk)" = 0000000000000000 ]
	[ "$(status_field SigIgn)" = 0000000000000000 ]
}

# The policy of the program's own memory, as the kernel shows it.
memory_policy() {
	container_args awk '{ print $2; exit }' /proc/self/numa_maps
	run_ok
}

@test "F380 F381 F382 memoryPolicy: modes, with and without nodes" {
	[ -e /proc/self/numa_maps ] || skip "this kernel has no NUMA"
	edit '.linux.memoryPolicy = {mode: "MPOL_BIND", nodes: "0"}'
	memory_policy
	[ "$output" = bind:0 ]
	edit '.linux.memoryPolicy = {mode: "MPOL_INTERLEAVE", nodes: "0-0"}'
	memory_policy
	[ "$output" = interleave:0 ]
	edit '.linux.memoryPolicy = {mode: "MPOL_PREFERRED", nodes: "0"}'
	memory_policy
	[ "$output" = prefer:0 ]
	edit '.linux.memoryPolicy = {mode: "MPOL_LOCAL"}'
	memory_policy
	[ "$output" = local ]
	edit '.linux.memoryPolicy = {mode: "MPOL_DEFAULT", nodes: ""}'
	memory_policy
	[ "$output" = default ]
}

@test "F384 memoryPolicy: exec has that of the container" {
	[ -e /proc/self/numa_maps ] || skip "this kernel has no NUMA"
	edit '.linux.memoryPolicy = {mode: "MPOL_INTERLEAVE", nodes: "0"}'
	start_container
	exec_ok -- awk '{ print $2; exit }' /proc/self/numa_maps
	[ "$output" = interleave:0 ]
}

@test "F383 memoryPolicy: flags" {
	[ -e /proc/self/numa_maps ] || skip "this kernel has no NUMA"
	edit '.linux.memoryPolicy = {mode: "MPOL_BIND", nodes: "0", flags: ["MPOL_F_STATIC_NODES"]}'
	memory_policy
	[ "$output" = bind=static:0 ]
	edit '.linux.memoryPolicy = {mode: "MPOL_BIND", nodes: "0", flags: ["MPOL_F_RELATIVE_NODES"]}'
	memory_policy
	[ "$output" = bind=relative:0 ]
	refuse '.linux.memoryPolicy.flags = ["MPOL_F_STATIC"]' /linux/memoryPolicy/flags/0 'MPOL_F_STATIC'
}

@test "F380 F381 memoryPolicy: what is wrong with it is said by its name" {
	refuse '.linux.memoryPolicy = {nodes: "0"}' /linux/memoryPolicy mode
	refuse '.linux.memoryPolicy = {mode: "MPOL_ALL"}' /linux/memoryPolicy/mode MPOL_ALL
	refuse '.linux.memoryPolicy = {mode: "MPOL_BIND"}' /linux/memoryPolicy nodes
	refuse '.linux.memoryPolicy = {mode: "MPOL_BIND", nodes: "a"}' /linux/memoryPolicy/nodes
	[ -e /proc/self/numa_maps ] || skip "this kernel has no NUMA"
	refuse '.linux.memoryPolicy = {mode: "MPOL_BIND", nodes: "1000"}' memory-policy 'memory policy cannot be set' \
		/linux/memoryPolicy
}

@test "F449 F450 personality" {
	[ "$(setarch linux32 uname -m)" = i686 ] || skip "this kernel does not change its name by personality"
	edit '.linux.personality = {domain: "LINUX32"}'
	container_args uname -m
	run_ok
	# Not all kernels tell another name: that of User Mode Linux does not.
	[ "$output" = "$(setarch linux32 uname -m)" ]
	refuse '.linux.personality = {domain: "BSD"}' /linux/personality/domain
	refuse '.linux.personality = {domain: "LINUX", flags: ["X"]}' /linux/personality/flags
}

@test "F128 F146 F448 labels are refused where the kernel has no such module" {
	[ ! -e /sys/module/apparmor ] || skip "this kernel has AppArmor"
	refuse '.process.apparmorProfile = "some-profile"' /process/apparmorProfile
	refuse '.process.selinuxLabel = "system_u:system_r:x_t:s0"' /process/selinuxLabel
	refuse '.linux.mountLabel = "system_u:object_r:x_t:s0"' /linux/mountLabel
	edit '.process.apparmorProfile = "" | .process.selinuxLabel = ""'
	run_ok
}

@test "F452 F552 F565 a session keyring of its own, unless told otherwise" {
	container_args cat /proc/keys
	edit 'del(.linux.maskedPaths)'
	run_ok
	run_ok --no-new-keyring
}

@test "no descriptor of the waiting init points at a host file or directory" {
	create_container
	local fd target
	for fd in /proc/"$(container_pid)"/fd/*; do
		target=$(readlink "$fd")
		[ "${fd##*/}" -gt 2 ] || continue
		case $target in
		socket:* | pipe:* | anon_inode:* | /memfd:*) ;;
		*) fail "descriptor ${fd##*/} is $target" ;;
		esac
	done
}

@test "F748 sysctl goes to the kernel's procfs, whatever is at /proc in the container" {
	mkdir -p "$BUNDLE/rootfs/proc/sys/net/ipv4"
	echo fake >"$BUNDLE/rootfs/proc/sys/net/ipv4/ip_default_ttl"
	edit '.linux.sysctl = {"net.ipv4.ip_default_ttl": "99"} | .mounts |= map(select(.destination != "/proc")) |
		.linux.maskedPaths = [] | .linux.readonlyPaths = []'
	container_args sleep 1000
	create_container
	[ "$(cat "$BUNDLE/rootfs/proc/sys/net/ipv4/ip_default_ttl")" = fake ]
	[ "$(nsenter -t "$(container_pid)" -n cat /proc/sys/net/ipv4/ip_default_ttl)" = 99 ]
}

# What init is executed from cannot be written to by who has found it, not even when it runs no more (CVE-2019-5736).
# cannot_be_written PID
cannot_be_written() {
	local fd status=0
	exec {fd}<"/proc/$1/exe"
	berth delete --force "$ID"
	{ echo x >>"/proc/self/fd/$fd"; } 2>"$TMP/said" || status=$?
	exec {fd}<&-
	[ "$status" -ne 0 ] || fail "what init was executed from can be written to"
	grep -qE 'Operation not permitted|Read-only file system' "$TMP/said" || fail "$(cat "$TMP/said")"
}

@test "the init that waits is a sealed memfd or behind a read-only mount, and not dumpable" {
	create_container
	local pid
	pid=$(container_pid)
	[ "$(stat -c %u "/proc/$pid/mem")" = 0 ]
	[[ "$(readlink "/proc/$pid/exe")" == /memfd:* ]] || [ -x /usr/local/libexec/berth/berth-init ]
	cannot_be_written "$pid"
}

# exe_of_init: where the init of a new container comes from.
exe_of_init() {
	create_container
	readlink "/proc/$(container_pid)/exe"
	berth delete --force "$ID"
}

@test "an installed berth-init is mounted read-only for init, unless it is another one" {
	local faulty=${BERTH_FAULTY:-$BATS_TEST_DIRNAME/../../build-faults/berth} installed pid
	[ -x "$faulty" ] || skip "no build with faults"
	[ "$(id -u)" = 0 ] || skip "mounts are root's"
	BERTH=$faulty
	export BERTH_HELPER_DIR=$TMP/libexec
	mkdir "$BERTH_HELPER_DIR"
	installed=$BERTH_HELPER_DIR/berth-init
	[[ "$(exe_of_init)" == /memfd:* ]]
	cp "$(dirname "$faulty")/berth-init" "$installed"
	chmod 755 "$installed"
	create_container
	pid=$(container_pid)
	[[ "$(readlink "/proc/$pid/exe")" != /memfd:* ]]
	cmp "/proc/$pid/exe" "$installed"
	# The mount is nowhere that anybody sees.
	if grep -H "$BERTH_HELPER_DIR" /proc/self/mountinfo "/proc/$pid/mountinfo"; then fail "a mount to be seen"; fi
	cannot_be_written "$pid"
	cmp "$(dirname "$faulty")/berth-init" "$installed"

	echo "others may write, another owner, a link, a byte more, another digest"
	chmod 775 "$installed"
	[[ "$(exe_of_init)" == /memfd:* ]]
	chmod 755 "$installed"
	chown 1 "$installed"
	[[ "$(exe_of_init)" == /memfd:* ]]
	chown 0 "$installed"
	mv "$installed" "$TMP/elsewhere"
	ln -s "$TMP/elsewhere" "$installed"
	[[ "$(exe_of_init)" == /memfd:* ]]
	mv "$TMP/elsewhere" "$installed"
	printf x >>"$installed"
	[[ "$(exe_of_init)" == /memfd:* ]]
	cp "$(dirname "$faulty")/berth-init" "$installed"
	printf 0123456789abcdef | dd of="$installed" bs=1 seek=$(($(stat -c %s "$installed") - 16)) conv=notrunc status=none
	[[ "$(exe_of_init)" == /memfd:* ]]
}

@test "a killed init is no riddle: the error names the step" {
	edit '.linux.resources.memory.limit = 4096'
	try_create
	[ "$status" -ne 0 ]
	[[ "$output" == *memory* ]]
}
