/* SPDX-License-Identifier: Apache-2.0 */
/*
 * berth-init as a whole, in namespaces of its own. Needs root and a static busybox; the program to test
 * is named by BERTH_INIT. Nothing outside of a scratch directory is touched.
 */
#define _GNU_SOURCE
#include "tests/unit/test-init-driver.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/mount.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
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

/* While init waits, it holds streams, sockets and memory files, and is nobody's to trace. */
static void test_waiting(void **state)
{
	char path[64], link[256], text[8192] = "";
	struct stat st;
	ssize_t n;
	int fd, k;

	(void) state;
	begin(MS_SLAVE | MS_REC);
	enter(ROOT_ENTER_PIVOT);
	end("exit 7", 1000);
	run_start(&r, &b, 0, NAMESPACES, true);
	assert_true(run_to_wait(&r));
	assert_int_equal(message_receive(r.wire, &r.message, NULL), 0);
	for (k = 3; k < 256; k++) {
		snprintf(path, sizeof(path), "/proc/%d/fd/%d", r.pid, k);
		n = readlink(path, link, sizeof(link) - 1);
		if (n < 0)
			continue;
		link[n] = '\0';
		if (strncmp(link, "socket:", 7) != 0 && strncmp(link, "/memfd:", 7) != 0)
			fail_msg("descriptor %d of the waiting init is %s", k, link);
	}
	snprintf(path, sizeof(path), "/proc/%d/environ", r.pid);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_uid, 0); /* not dumpable: not the user's */
	snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", r.pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(read(fd, text, sizeof(text) - 1) > 0);
	close(fd);
	n = atoi(strstr(text, "\nPss:") + 5);
	print_message("waiting: %zd KiB\n", n);
	assert_true(n <= 128);
	assert_true(run_go(&r));
	assert_int_equal(WEXITSTATUS(run_finish(&r)), 7);
}

static void test_user(void **state)
{
	(void) state;
	begin(MS_PRIVATE | MS_REC);
	enter(ROOT_ENTER_PIVOT);
	end("id; busybox grep -E '^(Cap|NoNew|Sig)' /proc/self/status; echo umask $(umask)", 1000);
	assert_true(go(0, NAMESPACES, false));
	assert_int_equal(run_finish(&r), 0);
	has("uid=1000 gid=1000 groups=7,8");
	has("CapPrm:\t0000000000000000");
	has("CapBnd:\t0000000000000021");
	has("SigIgn:\t0000000000000000");
	has("SigBlk:\t0000000000000000");
	has("umask 0022");
}

static void test_methods(void **state)
{
	static const enum root_enter_method methods[] = { ROOT_ENTER_MOVE, ROOT_ENTER_CHROOT };
	size_t k;

	(void) state;
	for (k = 0; k < 2; k++) {
		begin(MS_PRIVATE | MS_REC);
		enter(methods[k]);
		end("ls /; ls /proc/1/root/; ls -d /etc/passwd", 0);
		assert_true(go(0, NAMESPACES, false));
		(void) run_finish(&r);
		has("old");
		has_not("home");
		has("No such file");
	}
}

static void test_terminal(void **state)
{
	char text[4096] = "";
	ssize_t n, len = 0;
	int master;

	(void) state;
	begin(MS_SLAVE | MS_REC);
	OP_ADD(OP_CONSOLE, (struct op_console){ .width = 80, .height = 24, .uid = 1000, .gid = 1000, .mount = 1 });
	enter(ROOT_ENTER_PIVOT);
	end("busybox tty; busybox stty size; ls -ln /dev/console", 1000);
	run_start(&r, &b, PROGRAM_TERMINAL, NAMESPACES, false);
	assert_true(run_to_wait(&r));
	{
		union {
			struct cmsghdr align;
			char data[CMSG_SPACE(2 * sizeof(int))];
		} control;
		struct iovec iov = { text, sizeof(text) };
		struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control,
				      .msg_controllen = sizeof(control) };

		assert_int_equal(recvmsg(r.console, &msg, MSG_CMSG_CLOEXEC), strlen("/dev/pts/0"));
		assert_int_equal(control.align.cmsg_len, CMSG_LEN(sizeof(int)));
		memcpy(&master, CMSG_DATA(&control.align), sizeof(master));
		assert_int_equal(recvmsg(r.console, &msg, 0), 0); /* one message, then the end */
	}
	assert_true(isatty(master));
	assert_true(run_go(&r));
	memset(text, 0, sizeof(text));
	while ((n = read(master, text + len, sizeof(text) - 1 - (size_t) len)) > 0)
		len += n;
	close(master);
	assert_int_equal(run_finish(&r), 0);
	assert_string_equal(r.output, "");
	memcpy(r.output, text, sizeof(text));
	has("/dev/pts/0");
	has("24 80");
	has("1000     5 ");
}

static void add_hook(const char *script, uint32_t timeout)
{
	const char *args[] = { "sh", "-c", script, NULL };
	const char *env[] = { "PATH=/bin", NULL };

	OP_ADD(OP_HOOK_INIT, (struct op_hook){ .kind = 2, .path = builder_str(&b, "/bin/sh"), .has_env = 1,
					       .args = builder_strv(&b, args), .env = builder_strv(&b, env),
					       .timeout = timeout });
}

static void fails(const char *step, const char *text)
{
	char sentence[2048];

	assert_false(go(0, NAMESPACES, false));
	(void) run_finish(&r);
	(void) error_format(&r.error, sentence, sizeof(sentence));
	if (strcmp(r.error.step, step) != 0 || !strstr(sentence, text))
		fail_msg("\"%s\" is not in \"%s\" of %s", text, sentence, r.error.step);
}

static void test_hooks(void **state)
{
	(void) state;
	begin(MS_SLAVE | MS_REC);
	add_hook("exec >&2; read x; case $x in *'\"status\":\"creating\",\"pid\":1,'*) ;; *) exit 9;; esac; sleep 30 &", 0);
	enter(ROOT_ENTER_PIVOT);
	end("echo done", 0);
	assert_true(go(0, NAMESPACES, false));
	assert_int_equal(run_finish(&r), 0);
	has("done");
	begin(MS_SLAVE | MS_REC);
	add_hook("echo one; echo two >&2; exit 3", 0);
	fails("hook", "createContainer hook 0 (/bin/sh): exit status 3: one two");
	begin(MS_SLAVE | MS_REC);
	add_hook("sleep 60", 1);
	fails("hook", "its time was over");
	begin(MS_SLAVE | MS_REC);
	add_hook("kill -9 $$", 0);
	fails("hook", "killed by signal 9");
}

static void exec_fails(const char *file, const char *text)
{
	const char *args[] = { file, NULL }, *env[] = { NULL };

	begin(MS_SLAVE | MS_REC);
	enter(ROOT_ENTER_PIVOT);
	OP_ADD(OP_FIND_PROGRAM, (struct op_find_program){ builder_str(&b, file), builder_str(&b, "/bin") });
	builder_op(&b, OP_WAIT_START, NULL, 0);
	OP_ADD(OP_EXEC, (struct op_exec){ builder_strv(&b, args), builder_strv(&b, env) });
	assert_false(go(0, NAMESPACES, true));
	(void) run_finish(&r);
	(void) error_format(&r.error, r.output, sizeof(r.output));
	has(text);
	if (strstr(r.output, "no such file"))
		has_not("permission denied");
}

static void file_make(const char *name, const char *content, mode_t mode)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", rootfs, name);
	(void) unlink(path);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, content, strlen(content)), strlen(content));
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

static void test_exec_fails(void **state)
{
	(void) state;
	file_make("tmp/crlf", "#!/bin/sh\r\n", 0755);
	file_make("tmp/lost", "#!/bin/lost\n", 0755);
	file_make("tmp/plain", "#!/bin/sh\n", 0644);
	file_make("tmp/text", "text\n", 0755);
	exec_fails("foobar", "exec: \"foobar\": executable file not found in $PATH: no such file or directory");
	exec_fails("/no/such", "exec: \"/no/such\": stat /no/such: no such file or directory");
	exec_fails("/etc", "the path `/etc` is not a regular file: Operation not permitted");
	exec_fails("/tmp/crlf", "carriage return");
	exec_fails("/tmp/lost", "interpreter /bin/lost is missing");
	exec_fails("/tmp/plain", "it is not executable: permission denied");
	exec_fails("/tmp/text", "exec format error");
	exec_fails("", "executable file not found in $PATH");
}

/* Names at which the image has put something else: an error that names them, and nothing mounted. */
static void test_traps(void **state)
{
	char path[128], away[128];

	(void) state;
	snprintf(path, sizeof(path), "%s/proc", rootfs);
	snprintf(away, sizeof(away), "%s/proc.real", rootfs);
	assert_int_equal(rename(path, away), 0);
	assert_int_equal(symlink("/tmp", path), 0);
	begin(MS_SLAVE | MS_REC);
	fails("mount", "/proc: a component of this mount point is a symlink");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkfifo(path, 0644), 0);
	begin(MS_SLAVE | MS_REC);
	fails("mount", "not a directory");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rename(away, path), 0);
	builder_init(&b);
	add_sync();
	OP_ADD(OP_ROOT_OPEN, (struct op_root_open){ .path = builder_str(&b, rootfs), .propagation = MS_SLAVE | MS_REC });
	file_make("tmp/null", "", 0644);
	add_device("/tmp/null", 1, 3);
	fails("device", "/tmp/null is already there and something else");
}

static void test_bind(void **state)
{
	(void) state;
	begin(MS_SLAVE | MS_REC);
	add_bind("/etc", "/old/link/etc", MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOEXEC, 0, MOUNT_RECURSIVE);
	add_bind("/etc/hostname", "/old/link/file", 0, MOUNT_ATTR_RDONLY, 0);
	add_bind("/nonexistent", "/old/none", 0, 0, MOUNT_OPTIONAL);
	enter(ROOT_ENTER_PIVOT);
	end("busybox grep /old /proc/self/mountinfo; echo x > /old/link/file; echo y > /old/link/etc/new; ls /old", 0);
	assert_true(go(0, NAMESPACES, false));
	(void) run_finish(&r);
	has("/old/link/etc ro,noexec");
	has("/old/link/file ro");
	has("/old/link/file: Read-only file system");
	has("/old/link/etc/new: Read-only file system");
	has_not("none");
	begin(MS_SLAVE | MS_REC);
	add_bind("/nonexistent/x", "/old/none", 0, 0, 0);
	fails("mount", "mounts[1] (/old/none): bind of /nonexistent/x: it does not exist");
}

static int user_source(uint32_t op)
{
	(void) op;
	return (int) syscall(SYS_open_tree, AT_FDCWD, "/etc/hostname", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
}

static void test_userns(void **state)
{
	(void) state;
	builder_init(&b);
	add_sync();
	builder_op(&b, OP_USERNS_ROOT, NULL, 0);
	OP_ADD(OP_ROOT_OPEN, (struct op_root_open){ .path = builder_str(&b, rootfs), .propagation = MS_SLAVE | MS_REC });
	add_mount("proc", "/proc", NULL, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC, MOUNT_REAL_DIR);
	add_mount("tmpfs", "/dev", "mode=755", MOUNT_ATTR_NOSUID, MOUNT_REAL_DIR);
	OP_ADD(OP_DEVICE, (struct op_device){ .path = builder_str(&b, "/dev/null"), .type = S_IFCHR, .major = 1,
					      .minor = 3, .mode = 0666, .flags = DEVICE_BIND });
	add_bind("/etc/hostname", "/tmp/name", MOUNT_ATTR_RDONLY, 0, MOUNT_FROM_RUNTIME);
	enter(ROOT_ENTER_PIVOT);
	add_path(OP_MASKED_PATH, "/proc/timer_list");
	end("id; ls -l /dev/null; echo > /dev/null; busybox grep name /proc/self/mountinfo", 0);
	run_start(&r, &b, PROGRAM_NEW_USERNS, NAMESPACES | CLONE_NEWUSER, true);
	r.source = user_source;
	assert_true(run_to_wait(&r));
	assert_true(run_go(&r));
	assert_int_equal(run_finish(&r), 0);
	has("uid=0 gid=0");
	has("1,   3");
	has("/tmp/name ro");
}

/* The runtime goes away before the commit: init leaves without a word. */
static void test_abandoned(void **state)
{
	(void) state;
	begin(MS_SLAVE | MS_REC);
	enter(ROOT_ENTER_PIVOT);
	end("echo never", 0);
	run_start(&r, &b, 0, NAMESPACES, true);
	assert_int_equal(message_receive(r.wire, &r.message, NULL), 1);
	close(r.wire);
	r.wire = -1;
	assert_int_equal(run_finish(&r), 0);
	assert_string_equal(r.output, "");
}

static void test_listener(void **state)
{
	/* getppid (by its number) notifies; everything else is allowed. */
	const struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const char *args[] = { "sh", "-c", "echo listened", NULL }, *env[] = { "PATH=/bin", NULL };
	int pidfd, fd, k;

	(void) state;
	begin(MS_SLAVE | MS_REC);
	enter(ROOT_ENTER_PIVOT);
	builder_op(&b, OP_WAIT_START, NULL, 0);
	builder_op(&b, OP_NO_NEW_PRIVS, NULL, 0);
	OP_ADD(OP_SECCOMP, (struct op_seccomp){ .notify = 1, .filter = builder_blob(&b, filter, sizeof(filter)) });
	OP_ADD(OP_EXEC, (struct op_exec){ builder_strv(&b, args), builder_strv(&b, env) });
	run_start(&r, &b, PROGRAM_SECCOMP_NOTIFY, NAMESPACES, false);
	assert_true(run_to_wait(&r));
	assert_int_equal(message_send(r.wire, MESSAGE_GO, r.wait, NULL, 0, -1), 0);
	for (k = 0; k < 5000 && !*(volatile uint32_t *) &r.page->listener_fd; k++)
		usleep(1000);
	assert_int_not_equal(r.page->listener_fd, 0);
	pidfd = (int) syscall(SYS_pidfd_open, r.pid, 0);
	fd = (int) syscall(SYS_pidfd_getfd, pidfd, r.page->listener_fd - 1, 0);
	assert_true(fd >= 0);
	r.page->listener_taken = 1;
	/* Nobody answers: the shell's getppid, if it calls it, fails once the listener is closed. */
	close(fd);
	close(pidfd);
	assert_int_equal(run_finish(&r), 0);
	has("listened");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_docker),	   cmocka_unit_test(test_waiting), cmocka_unit_test(test_user),
		cmocka_unit_test(test_methods),	   cmocka_unit_test(test_terminal), cmocka_unit_test(test_hooks),
		cmocka_unit_test(test_exec_fails), cmocka_unit_test(test_traps),   cmocka_unit_test(test_bind),
		cmocka_unit_test(test_userns),	   cmocka_unit_test(test_abandoned), cmocka_unit_test(test_listener),
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
