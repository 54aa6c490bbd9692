# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2016,SC2012 # awk and sh expand these; names are ours
# What the program of a container can observe, as lines "key<TAB>value"; several lines of a value are joined by '|'.
# Runs with busybox alone, under whatever the bundle has set up, so nothing here may be needed to succeed.
PATH=/bin
export PATH

show() {
	printf '%s\t' "$1"
	shift
	"$@" 2>&1 | tr '\n\t\0' '| |'
	echo
}

# attempt NAME COMMAND...: whether it works, and what it says.
attempt() {
	name=$1
	shift
	printf 'try %s\t%s\n' "$name" "$("$@" 2>&1 </dev/null | tr '\n\t' '| '; echo)"
}

show args cat "/proc/$$/cmdline"
show env cat "/proc/$$/environ"
show cwd readlink /proc/self/cwd
show exe readlink "/proc/$$/exe"
set -- /proc/self/fd/*
printf 'fds\t%s\n' "$*"
show id id
show umask umask
show oom cat /proc/self/oom_score_adj
show personality cat /proc/self/personality
show uname uname -nm
show domain cat /proc/sys/kernel/domainname
show uid_map cat /proc/self/uid_map
show gid_map cat /proc/self/gid_map
show setgroups cat /proc/self/setgroups
show timens cat /proc/self/timens_offsets
show session sed 's/^[^)]*) . \([0-9]*\) \([0-9]*\) \([0-9]*\) .*/\1 \2 \3/' "/proc/$$/stat"
# priority, nice, real-time priority, policy
show sched awk '{ sub(/.*\) /, ""); print $16, $17, $38, $39 }' "/proc/$$/stat"
show ionice ionice -p $$
show attr cat /proc/self/attr/current
sed -n 's/^\(Uid\|Gid\|Groups\|Cap...\|NoNewPrivs\|Seccomp\|Seccomp_filters\|SigBlk\|SigIgn\|SigCgt\|Cpus_allowed_list\|THP_enabled\):/status \1/p' /proc/self/status
awk '/^Max/ { print "limit " substr($0, 1, 25) "\t" substr($0, 26) }' "/proc/$$/limits" | tr -s " "
for ns in cgroup ipc mnt net pid time user uts; do
	printf 'ns %s\t%s\n' $ns "$(readlink /proc/self/ns/$ns)"
done
sed 's/^/mount\t/' /proc/self/mountinfo
sed 's/^/cgroup\t/' /proc/self/cgroup
for dir in /dev /dev/sub / /tmp /data /data/sub /mnt /etc /run/x /proc/acpi /proc/scsi /sys/firmware /sys/fs/cgroup; do
	[ -d $dir ] || continue
	ls -lan $dir 2>&1 | awk -v dir=$dir '
		/^total/ || $NF == ".." { next }
		{
			device = $5 ~ /,$/ ? $5 $6 : ""
			name = $0; sub(/^.* [0-9][0-9]:?[0-9][0-9] /, "", name)
			size = device == "" && /^-/ ? $5 : ""
			print "ls " dir " " name "\t" $1, $3, $4, device size
		}'
done
while read -r file; do
	show "sysctl $file" cat "/proc/sys/$file"
done <<LIST
net/ipv4/ip_forward
net/ipv4/ping_group_range
net/ipv4/ip_unprivileged_port_start
net/core/somaxconn
kernel/msgmax
kernel/shmmax
kernel/sem
kernel/shm_rmid_forced
fs/mqueue/msg_max
LIST
show links ip -o link
for file in / /etc /tmp /data /mnt /dev/shm /proc/sys /proc/irq /ro /data/sub /mnt/sub; do
	attempt "touch $file" touch $file/touched
	rm -f $file/touched 2>/dev/null
done
for file in /etc/secret /proc/kcore /proc/acpi /proc/timer_list /etc/maskedlink; do
	[ -p $file ] || attempt "read $file" head -c 1 $file
done
attempt 'list masked' ls -a /masked
[ -p /etc/file ] || attempt 'write file' sh -c 'echo x >/etc/file'
attempt 'write sysctl' sh -c 'cat </proc/sys/net/ipv4/ip_forward 1<>/proc/sys/net/ipv4/ip_forward'
attempt 'write hostname' sh -c 'hostname "$(hostname)"'
attempt mkdir mkdir /tmp/made
attempt chmod chmod 700 /tmp/made
attempt chown chown 5:5 /tmp/made
attempt mknod mknod /tmp/node c 1 3
attempt 'mknod 10:200' mknod /tmp/node2 c 10 200
attempt 'read zero' head -c 1 /dev/zero
attempt 'read node' head -c 0 /tmp/node
attempt 'read node2' head -c 0 /tmp/node2
[ -p /dev/mine ] || attempt 'read mine' head -c 0 /dev/mine
attempt 'write full' sh -c 'echo x >/dev/full'
attempt chroot chroot / true
attempt mount mount -t tmpfs tmpfs /tmp
attempt umount umount /tmp
attempt unshare unshare -m true
attempt 'unshare user' unshare -U true
attempt nice nice -n -1 true
attempt ping sh -c 'ping -q -c 1 -W 1 127.0.0.1 | grep received'
attempt kill kill -0 1
attempt uname uname -s
attempt linux32 linux32 uname -m
attempt ln ln -s x /tmp/link
attempt exec /exec/program
attempt suid /exec/suid
exit "${STATUS:-0}"
