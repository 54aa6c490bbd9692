/* SPDX-License-Identifier: Apache-2.0 */
/*
 * berth-init as a whole, in namespaces of its own. Needs root and a static busybox; the program to test
 * is named by BERTH_INIT. Nothing outside of a scratch directory is touched.
 */
#define _GNU_SOURCE
#include "tests/unit/test-init-driver.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/mount.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define NAMESPACES (CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNET)

static const char *rootfs;
static struct builder b;
static struct run r;

#define OP_ADD(type, ...)                                                          \
	do {                                                                       \
		const __typeof__(__VA_ARGS__) _op = __VA_ARGS__;                    \
		builder_op(&b, type, &_op, (uint32_t) sizeof(_op));                 \
	} while (0)

static void add_sync(void)
{
	builder_op(&b, OP_SYNC, NULL, 0);
}

static void add_mount(const char *fstype, const char *target, const char *data, uint64_t attr, uint32_t flags)
{
	OP_ADD(OP_MOUNT, (struct op_mount){
				 .kind = MOUNT_KIND_NEW, .flags = flags, .fstype = builder_str(&b, fstype),
				 .source = builder_str(&b, fstype), .target = builder_str(&b, target),
				 .data = data ? builder_str(&b, data) : 0, .attr_set = attr, .index = 0,
			 });
}

static void add_bind(const char *source, const char *target, uint64_t attr, uint64_t rattr, uint32_t flags)
{
	OP_ADD(OP_MOUNT, (struct op_mount){
				 .kind = MOUNT_KIND_BIND, .flags = flags, .source = builder_str(&b, source),
				 .target = builder_str(&b, target), .attr_set = attr, .rattr_set = rattr, .index = 1,
			 });
}

static void add_device(const char *path, unsigned major, unsigned minor)
{
	OP_ADD(OP_DEVICE, (struct op_device){ .path = builder_str(&b, path), .type = S_IFCHR, .major = major,
					      .minor = minor, .mode = 0666, .flags = DEVICE_DEFAULT });
}

static void add_path(enum op_type type, const char *path)
{
	OP_ADD(type, (struct op_path){ builder_str(&b, path) });
}

/* Everything before ROOT_ENTER of a container as Docker makes it. */
static void begin(uint32_t propagation)
{
	builder_init(&b);
	add_sync();
	OP_ADD(OP_ROOT_OPEN, (struct op_root_open){ .path = builder_str(&b, rootfs), .propagation = propagation });
	add_mount("proc", "/proc", NULL, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC, MOUNT_REAL_DIR);
	add_mount("tmpfs", "/dev", "mode=755,size=65536k", MOUNT_ATTR_NOSUID, MOUNT_REAL_DIR);
	add_mount("devpts", "/dev/pts", "newinstance,ptmxmode=0666,mode=0620,gid=5",
		  MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC, MOUNT_REAL_DIR);
	add_mount("tmpfs", "/dev/shm", "mode=1777,size=65536k", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV, 0);
	add_mount("mqueue", "/dev/mqueue", NULL, MOUNT_ATTR_NOSUID, MOUNT_REAL_DIR);
	add_device("/dev/null", 1, 3);
	add_device("/dev/zero", 1, 5);
	OP_ADD(OP_SYMLINK, (struct op_symlink){ builder_str(&b, "/proc/self/fd"), builder_str(&b, "/dev/fd"),
						SYMLINK_IF_TARGET });
	OP_ADD(OP_SYMLINK, (struct op_symlink){ builder_str(&b, "/proc/nothing"), builder_str(&b, "/dev/no"),
						SYMLINK_IF_TARGET });
}

static void enter(enum root_enter_method method)
{
	OP_ADD(OP_ROOT_ENTER, (struct op_root_enter){ method });
}

/* Everything behind it: a shell that executes `script` as that user. */
static void end(const char *script, uint32_t uid)
{
	const char *args[] = { "sh", "-c", script, NULL };
	const char *env[] = { "PATH=/bin", "A=b", NULL };
	const uint32_t groups[] = { 7, 8 };
	uint64_t caps = uid ? 0 : 1ull << CAP_CHOWN | 1ull << CAP_KILL;

	OP_ADD(OP_UMASK, (struct op_value){ 022 });
	add_path(OP_CWD, "/tmp");
	OP_ADD(OP_HOME, (struct op_home){ uid });
	OP_ADD(OP_BOUNDING, (struct op_bounding){ 1ull << CAP_CHOWN | 1ull << CAP_KILL });
	OP_ADD(OP_USER, (struct op_user){ .uid = uid, .gid = uid, .n_groups = 2,
					  .groups = builder_blob(&b, groups, sizeof(groups)) });
	OP_ADD(OP_CAPABILITIES, (struct op_capabilities){ .effective = caps, .permitted = caps });
	OP_ADD(OP_FIND_PROGRAM, (struct op_find_program){ builder_str(&b, "sh"), builder_str(&b, "/none:/bin") });
	builder_op(&b, OP_WAIT_START, NULL, 0);
	builder_op(&b, OP_NO_NEW_PRIVS, NULL, 0);
	OP_ADD(OP_EXEC, (struct op_exec){ builder_strv(&b, args), builder_strv(&b, env) });
}

static bool go(uint32_t flags, uint64_t namespaces, bool listen)
{
	bool ok;

	run_start(&r, &b, flags, namespaces, listen);
	ok = run_to_wait(&r) && run_go(&r);
	if (!ok && error_is_set(&r.error)) {
		char text[1024];

		(void) error_format(&r.error, text, sizeof(text));
		print_message("berth-init: %s [%s]\n", text, r.error.call);
	}
	return ok;
}

static void has(const char *text)
{
	if (strstr(r.output, text))
		return;
	fputs(r.output, stderr);
	fail_msg("\"%s\" is not in the output", text);
}

static void has_not(const char *text)
{
	if (!strstr(r.output, text))
		return;
	fputs(r.output, stderr);
	fail_msg("\"%s\" is in the output", text);
}

static void test_docker(void **state)
{
	(void) state;
	begin(MS_SLAVE | MS_REC);
	enter(ROOT_ENTER_PIVOT);
	OP_ADD(OP_ROOT_PROPAGATION, (struct op_root_propagation){ MS_PRIVATE | MS_REC });
	add_path(OP_READONLY_PATH, "/proc/sys");
	add_path(OP_READONLY_PATH, "/proc/missing");
	add_path(OP_MASKED_PATH, "/proc/kcore");
	add_path(OP_MASKED_PATH, "/proc/timer_list");
	add_path(OP_MASKED_PATH, "/proc/acpi/x");
	add_path(OP_MASKED_PATH, "/proc/tty");
	add_path(OP_MASKED_PATH, "/proc/fs");
	OP_ADD(OP_SYSCTL, (struct op_sysctl){ builder_str(&b, "net/ipv4/ip_forward"), builder_str(&b, "1"),
					      builder_str(&b, "net.ipv4.ip_forward") });
	OP_ADD(OP_HOSTNAME, (struct op_name){ builder_str(&b, "ship") });
	end("id; pwd; busybox grep -E '^(Cap|NoNew)' /proc/self/status; busybox cut -d\" \" -f5- /proc/1/mountinfo; ls -ln /dev; ls -l /proc/self/fd; echo host $(cat "
	    "/proc/sys/kernel/hostname) fwd $(cat /proc/sys/net/ipv4/ip_forward); ls -a / | xargs; env; "
	    "cat /proc/timer_list /proc/kcore; ls /proc/tty /proc/fs; echo x > /proc/sys/kernel/hostname; "
	    "ls -ld /dev/shm /dev/mqueue; echo end", 0);
	assert_true(go(0, NAMESPACES, true));
	assert_int_equal(run_finish(&r), 0);
	has("uid=0 gid=0 groups=7,8");
	has("\n/tmp\n");
	has("HOME=/\n");
	has("CapBnd:\t0000000000000021");
	has("CapEff:\t0000000000000021");
	has("CapInh:\t0000000000000000");
	has("NoNewPrivs:\t1");
	has("host ship fwd 1");
	has("Read-only file system");
	has("crw-rw-rw-    1 0        0           1,   3");
	has_not("/dev/no");
	has_not(" shared:");
	has_not(rootfs + 5);
	has_not(" 5 ->");
	has("drwxrwxrwt");
	has("end\n");
	assert_true(r.page->n_times > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_docker),
	};
	int failed;

	rootfs = rootfs_make();
	if (!rootfs) {
		print_message("needs root and a static busybox\n");
		return 77;
	}
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	rootfs_remove();
	return failed;
}
