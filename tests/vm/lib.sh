# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What run-in-uml and run-in-vm have in common: options, a place to work in that cannot outlive them, the disk by
# which files and the exit status travel.
#
# shellcheck disable=SC2034 # the variables are for who sources this

vm_source=	# folder that becomes the guest's /src
vm_output=	# folder that gets the guest's /src/out
vm_seconds=600	# for the whole run
vm_cold=	# QEMU: boot instead of restoring the snapshot
vm_warm=	# QEMU: boot and save the snapshot
vm_image=	# what build-image made
vm_command=	# for the guest's shell
vm_scratch=	# in memory, gone with the run

vm_die() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 125
}

# vm_options ARG...: sets the variables above.
vm_options() {
	local option
	while getopts cws:o:t: option; do
		case $option in
		c) vm_cold=yes ;;
		w) vm_warm=yes ;;
		s) vm_source=$(realpath -e "$OPTARG") || exit 125 ;;
		o) vm_output=$(realpath -m "$OPTARG") ;;
		t) vm_seconds=$OPTARG ;;
		*) exit 125 ;;
		esac
	done
	shift $((OPTIND - 1))
	[ $# -ge 1 ] || vm_die 'which image?'
	vm_image=$(realpath -e "$1") || exit 125
	shift
	vm_command=$*
	vm_scratch=$vm_image/scratch
	[[ $vm_seconds =~ ^[1-9][0-9]*$ ]] || vm_die "not a number of seconds: $vm_seconds"
}

# vm_enter ARG...: goes on as the first process of pid and mount namespaces of its own, with a folder in memory. Whatever is
# started there, and whatever is written, goes away with it; and it goes away with the process that was called, which
# only waits, since unshare itself would not listen to SIGTERM.
vm_enter() {
	local child
	if [ -z "${BERTH_VM_INSIDE-}" ]; then
		BERTH_VM_INSIDE=yes setpriv --pdeathsig KILL unshare --mount --propagation private --pid --fork \
			--kill-child --mount-proc "$0" "$@" &
		child=$!
		trap 'kill -KILL $child; exit 143' HUP INT TERM
		wait $child
		exit
	fi
	unset BERTH_VM_INSIDE
	mkdir -p "$vm_scratch"
	mount -t tmpfs -o size=8G,mode=700 vm "$vm_scratch" || exit 125
	export TMPDIR=$vm_scratch
}

# The guest's second disk. A snapshot knows its size, so that never changes; the file is sparse.
vm_make_disk() {
	local source=()
	[ -z "$vm_source" ] || source=(-d "$vm_source")
	printf '%s\n' "$vm_command" >"$vm_scratch/command"
	mke2fs -q -t ext4 -O ^has_journal -E assume_storage_prezeroed=1,root_owner=0:0 "${source[@]}" \
		"$vm_scratch/src.img" 8G >"$vm_scratch/mke2fs.log" 2>&1 ||
		vm_die "cannot copy ${vm_source:-nothing} to a disk: $(tail -n 1 "$vm_scratch/mke2fs.log")"
	debugfs -w -R "write $vm_scratch/command .cmd" "$vm_scratch/src.img" >/dev/null 2>&1 ||
		vm_die 'cannot write the command to the disk'
}

# vm_finish STATUS LOG...: ends with the command's exit status, which the guest has left on the disk; without one, with 124
# if the VM (whose own status is the argument) ran out of time, else with 125 and the ends of the logs.
vm_finish() {
	local ended=$1 status
	shift
	status=$(debugfs -R 'cat .rc' "$vm_scratch/src.img" 2>/dev/null)
	if [ -n "$vm_output" ]; then
		mkdir -p "$vm_output"
		debugfs -R "rdump out $vm_scratch" "$vm_scratch/src.img" >/dev/null 2>&1
		[ ! -d "$vm_scratch/out" ] || cp -a "$vm_scratch/out/." "$vm_output/"
	fi
	if [ -n "$status" ]; then
		exit "$status"
	fi
	tail -qn 20 "$@" 2>/dev/null | tr -d '\000\033' >&2
	if [ "$ended" = 124 ]; then
		printf '%s: no answer from the guest within %s s\n' "${0##*/}" "$vm_seconds" >&2
		exit 124
	fi
	vm_die "no answer from the guest (the VM ended with $ended)"
}
