# SPDX-License-Identifier: Apache-2.0
# Filters as the kernel applies them. The generator's own proof is tests/unit/test-seccomp*.
load helpers

setup_test() {
	cp "$BERTH_TESTS/call" "$BUNDLE/rootfs/bin/call"
	# numbers of x86-64: getpid 39, getppid 110, personality 135, sync 162, mkdir 83
	[ "$(uname -m)" = x86_64 ] || skip "the numbers in this file are those of x86-64"
}

# filter DEFAULT [RULE...]: jq objects
filter() {
	edit '.linux.seccomp = ({defaultAction: $d, architectures: ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"]} + ($s | fromjson))' \
		--arg d "$1" --arg s "$2"
}

# Whoever gets listeners, at $TMP/agent; the message that comes with one is $TMP/agent.json.
start_agent() {
	"$BERTH_TESTS/receive-fd" --seccomp "$TMP/agent" "$TMP/agent.json" 3>&- &
	wait_for 5 test -S "$TMP/agent"
}

@test "F395 F411 F409 F420 errno by rule, allow by default" {
	filter SCMP_ACT_ALLOW '{syscalls: [{names: ["getppid"], action: "SCMP_ACT_ERRNO", errnoRet: 77},
		{names: ["sync"], action: "SCMP_ACT_ERRNO"}]}' 2>/dev/null ||
		filter SCMP_ACT_ALLOW '{"syscalls": [{"names": ["getppid"], "action": "SCMP_ACT_ERRNO", "errnoRet": 77}, {"names": ["sync"], "action": "SCMP_ACT_ERRNO"}]}'
	container_script 'call 110; call 162; call 39'
	run_ok
	[ "$output" = $'-77\n-1\n0' ]
}

@test "F398 the 32-bit entry is filtered too" {
	filter SCMP_ACT_ALLOW '{"syscalls": [{"names": ["getppid"], "action": "SCMP_ACT_ERRNO", "errnoRet": 77}]}'
	# getppid is 64 on i386
	container_args call --ia32 64
	run_container
	[ "$output" = -77 ] || [ "$status" -ge 128 ] || skip "this kernel has no 32-bit entry: $output"
}

@test "F396 F432 default errno, and ENOSYS for calls newer than the profile" {
	edit '.linux.seccomp = {defaultAction: "SCMP_ACT_ERRNO", defaultErrnoRet: 55, architectures: ["SCMP_ARCH_X86_64"],
		syscalls: [{names: ["execve", "brk", "arch_prctl", "mmap", "munmap", "mprotect", "write", "writev", "read", "exit", "exit_group",
			"set_tid_address", "set_robust_list", "rseq", "prlimit64", "readlink", "readlinkat", "getrandom", "newfstatat", "fstat", "ioctl",
			"uname", "close_range", "capset", "prctl", "close", "fcntl", "getuid", "futex", "open_tree"], action: "SCMP_ACT_ALLOW"}]}'
	container_args call 110
	run_ok
	[ "$output" = -55 ]
	container_args call 9999
	run_ok
	[ "$output" = -38 ]
}

@test "F405 F406 F407 F408 kill and trap end the process" {
	local action
	for action in SCMP_ACT_KILL SCMP_ACT_KILL_PROCESS SCMP_ACT_KILL_THREAD SCMP_ACT_TRAP; do
		filter SCMP_ACT_ALLOW "{\"syscalls\": [{\"names\": [\"getppid\"], \"action\": \"$action\"}]}"
		container_args call 110
		run_container
		[ "$status" -eq 159 ] || fail "$action: $status"
	done
}

@test "F410 F412 trace without a tracer is ENOSYS, log lets the call pass" {
	filter SCMP_ACT_ALLOW '{"syscalls": [{"names": ["getppid"], "action": "SCMP_ACT_TRACE", "errnoRet": 5}, {"names": ["sync"], "action": "SCMP_ACT_LOG"}]}'
	container_script 'call 110; call 162'
	run_ok
	[ "$output" = $'-38\n0' ]
}

@test "F415 F416 F422 arguments: operators and masks" {
	filter SCMP_ACT_ALLOW '{"syscalls": [
		{"names": ["personality"], "action": "SCMP_ACT_ERRNO", "errnoRet": 10, "args": [{"index": 0, "value": 4294967296, "op": "SCMP_CMP_GE"}]},
		{"names": ["getpgid"], "action": "SCMP_ACT_ERRNO", "errnoRet": 11, "args": [{"index": 0, "value": 240, "valueTwo": 80, "op": "SCMP_CMP_MASKED_EQ"}]},
		{"names": ["getsid"], "action": "SCMP_ACT_ERRNO", "errnoRet": 12, "args": [{"index": 0, "value": 0, "op": "SCMP_CMP_NE"}]}]}'
	# personality 135 (0xffffffff only asks), getpgid 121, getsid 124
	container_script 'call 135 0x100000000; call 135 0xffffffff; call 121 0x5f; call 121 0; call 124 7; call 124 0'
	run_ok
	[ "$output" = $'-10\n0\n-11\n0\n-12\n0' ]
}

@test "F399 F400 F401 F402 F403 F404 flags" {
	local flag
	for flag in TSYNC LOG SPEC_ALLOW; do
		filter SCMP_ACT_ALLOW "{\"flags\": [\"SECCOMP_FILTER_FLAG_$flag\"], \"syscalls\": [{\"names\": [\"getppid\"], \"action\": \"SCMP_ACT_ERRNO\"}]}"
		container_args call 110
		run_ok
		[ "$output" = -1 ]
	done
	edit '.linux.seccomp.flags = ["SECCOMP_FILTER_FLAG_FOO"]'
	refuse . /linux/seccomp/flags/0
}

@test "F397 F414 F417 F421 F427 F428 bad profiles are errors" {
	filter SCMP_ACT_ALLOW '{"syscalls": []}'
	refuse '.linux.seccomp.defaultAction = "SCMP_ACT_FOO"' /linux/seccomp/defaultAction
	refuse 'del(.linux.seccomp.defaultAction)' defaultAction
	refuse '.linux.seccomp.defaultErrnoRet = 1' defaultErrnoRet
	refuse '.linux.seccomp.architectures = ["SCMP_ARCH_Z80"]' /linux/seccomp/architectures/0
	refuse '.linux.seccomp.syscalls = [{names: [], action: "SCMP_ACT_ERRNO"}]' /linux/seccomp/syscalls/0/names
	refuse '.linux.seccomp.syscalls = [{names: ["getppid"], action: "SCMP_ACT_KILL", errnoRet: 1}]' errnoRet
	refuse '.linux.seccomp.syscalls = [{names: ["getppid"], action: "SCMP_ACT_ERRNO", args: [{index: 6, value: 0, op: "SCMP_CMP_EQ"}]}]' index
	refuse '.linux.seccomp.syscalls = [{names: ["getppid"], action: "SCMP_ACT_ERRNO", args: [{index: 0, value: 0, op: "SCMP_CMP_FOO"}]}]' op
	refuse '.linux.seccomp.listenerMetadata = "x"' listenerMetadata
	refuse '.linux.seccomp.syscalls = [{names: ["getppid"], action: "SCMP_ACT_NOTIFY"}]' listenerPath
}

@test "F418 F423 unknown names are skipped, and rules that repeat the default" {
	filter SCMP_ACT_ALLOW '{"syscalls": [{"names": ["no_such_call", "getppid"], "action": "SCMP_ACT_ERRNO"}, {"names": ["sync"], "action": "SCMP_ACT_ALLOW"}]}'
	container_script 'call 110; call 162'
	run_ok
	[ "$output" = $'-1\n0' ]
}

@test "F137 F138 a filter with and without no_new_privs, for root and for a user" {
	local nnp uid
	filter SCMP_ACT_ALLOW '{"syscalls": [{"names": ["getppid"], "action": "SCMP_ACT_ERRNO", "errnoRet": 77}]}'
	for nnp in true false; do
		for uid in 0 1000; do
			edit '.process.noNewPrivileges = $n | .process.user = {uid: $u, gid: $u}' --argjson n $nnp --argjson u $uid
			container_script 'call 110; grep -e ^CapEff -e ^Seccomp: -e ^NoNewPrivs /proc/self/status | xargs'
			run_ok
			[ "${lines[0]}" = -77 ]
			[[ "${lines[1]}" == *"Seccomp: 2"* ]]
			if [ $uid = 1000 ]; then
				[[ "${lines[1]}" == *"CapEff: 0000000000000000"* ]]
			else
				[[ "${lines[1]}" == *"CapEff: 0000000020000420"* ]]
			fi
		done
	done
}

@test "F413 F424 F425 F426 F429 F430 notify: the agent gets the listener and the process state" {
	edit '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", architectures: ["SCMP_ARCH_X86_64"], listenerPath: $p,
		listenerMetadata: "for the agent", syscalls: [{names: ["getppid"], action: "SCMP_ACT_NOTIFY"}]}
		| .annotations = {"k": "v"}' --arg p "$TMP/agent"
	container_args call 110
	start_agent
	run_ok
	[ "$output" = -99 ]
	wait
	jq -e --arg id "$ID" '.ociVersion == "1.3.0" and .fds == ["seccompFd"] and .pid > 0 and .metadata == "for the agent"
		and .state.id == $id and .state.annotations == {"k": "v"}' "$TMP/agent.json"
}

@test "F431 notify on write and execve, and as the default action, does not block berth" {
	edit '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", architectures: ["SCMP_ARCH_X86_64"], listenerPath: $p,
		syscalls: [{names: ["sendmsg", "execve", "close_range", "capset"], action: "SCMP_ACT_NOTIFY"}]}' --arg p "$TMP/agent"
	container_args true
	start_agent
	run timeout 20 "$BERTH" --root "$ROOT" run --bundle "$BUNDLE" "$ID"
	[ "$status" -ne 124 ]
	wait
}

@test "F424 a listener path that nobody serves is an error, without NOTIFY it is ignored" {
	edit '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", listenerPath: $p,
		syscalls: [{names: ["getppid"], action: "SCMP_ACT_NOTIFY"}]}' --arg p "$TMP/none"
	run_container
	expect_error "$TMP/none"
	edit '.linux.seccomp.syscalls[0].action = "SCMP_ACT_ERRNO"'
	run_ok
}

@test "a filter that denies everything fails the start with a message, not with a riddle" {
	edit '.linux.seccomp = {defaultAction: "SCMP_ACT_ERRNO", architectures: ["SCMP_ARCH_X86_64"]}'
	run_container
	[ "$status" -ne 0 ]
	[ -n "$output" ]
}

@test "a filter of the size of Docker's default loads and works" {
	"$BATS_TEST_DIRNAME/../bench/bundles" "$TMP/made"
	edit '.linux.seccomp = $s[0].linux.seccomp' --slurpfile s "$TMP/made/docker/config.json"
	container_script 'echo fine; call 250'
	run_ok
	[ "${lines[0]}" = fine ]
}

@test "F700 annotation seccomp.receiver: the listener's socket, when the profile has none" {
	edit '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", architectures: ["SCMP_ARCH_X86_64"],
		syscalls: [{names: ["getppid"], action: "SCMP_ACT_NOTIFY"}]}
		| .annotations = {"run.oci.seccomp.receiver": $p}' --arg p "$TMP/agent"
	container_args call 110
	start_agent
	run_ok
	[ "$output" = -99 ]
	wait
	jq -e --arg id "$ID" '.state.id == $id and .fds == ["seccompFd"]' "$TMP/agent.json"
	refuse '.annotations["run.oci.seccomp.receiver"] = "agent"' /annotations/run.oci.seccomp.receiver 'not an absolute path'
}

@test "F702 annotation seccomp_fail_unknown_syscall: names that no architecture knows" {
	filter SCMP_ACT_ALLOW '{"syscalls": [{"names": ["getppid", "no_such_call"], "action": "SCMP_ACT_ERRNO", "errnoRet": 77}]}'
	container_args call 110
	run_ok
	[ "$output" = -77 ]
	refuse '.annotations = {"run.oci.seccomp_fail_unknown_syscall": "1"}' /linux/seccomp/syscalls/0/names/1 no_such_call
}

@test "F435 F703 annotation seccomp_bpf_data: a finished filter instead of the profile" {
	# if (nr == 110) return ERRNO(77); return ALLOW
	filter SCMP_ACT_ALLOW '{"syscalls": [{"names": ["sync"], "action": "SCMP_ACT_ERRNO", "errnoRet": 5}]}'
	edit '.annotations = {"run.oci.seccomp_bpf_data": "IAAAAAAAAAAVAAABbgAAAAYAAABNAAUABgAAAAAA/38="}
		| .process.noNewPrivileges = false'
	container_script 'call 110; call 162; grep Seccomp: /proc/self/status'
	run_ok
	[ "$output" = $'-77\n0\nSeccomp:\t2' ]
	local bad
	for bad in '' A 'AAA=' '!AAA' 'IAAAAAAA' 'IAAAAAAAAAAVAAABbgAAAAYAAABNAAUABgAAAAAA/38' 'AAAA=AAA'; do
		refuse ".annotations[\"run.oci.seccomp_bpf_data\"] = \"$bad\"" seccomp_bpf_data 'not a BPF program'
	done
	# Well-formed, but not what the kernel takes: that is said, and nothing runs unfiltered.
	edit '.annotations["run.oci.seccomp_bpf_data"] = "AAAAAAAAAAA="'
	run_container
	expect_error 'filter of 1 instructions cannot be loaded' seccomp_bpf_data
}
