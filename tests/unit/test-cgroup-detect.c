/* SPDX-License-Identifier: Apache-2.0 */
/* Finding the cgroup hierarchies, from texts as the kernel writes them and from damaged ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/fd.h"
#include "libcontainer/cgroup/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int file_with(const char *text, size_t len)
{
	char path[] = "/tmp/berth-test-XXXXXX";
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(write(fd, text, len), (ssize_t)len);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

static void detect(struct arena *arena, const char *mountinfo, const char *own, struct host *host)
{
	_cleanup_close_ int m = file_with(mountinfo, strlen(mountinfo));
	_cleanup_close_ int o = file_with(own, strlen(own));
	struct error err = ERROR_INIT;

	*host = (struct host){ 0 };
	assert_int_equal(cgroup_detect_from(arena, m, o, false, host, &err), 0);
	assert_false(error_is_set(&err));
}

static void assert_hierarchy(const struct host *host, size_t i, const char *controllers, const char *mount,
			     const char *own)
{
	assert_true(i < host->n_hierarchies);
	assert_string_equal(host->hierarchies[i].controllers, controllers);
	assert_string_equal(host->hierarchies[i].mount, mount);
	assert_string_equal(host->hierarchies[i].own, own);
	assert_int_equal(host->hierarchies[i].version, *controllers ? 1 : 2);
}

static void hybrid(void **state)
{
	_cleanup_arena_ struct arena a = ARENA_INIT;
	struct host host;

	(void)state;
	detect(&a,
	       "22 1 0:20 / / rw - ext4 /dev/root rw\n"
	       "31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755\n"
	       "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw shared:9 master:2 - cgroup cgroup rw,cpuacct,cpu\n"
	       "35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n"
	       "40 31 0:37 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd\n"
	       "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n",
	       "4:memory:/a/b\n3:cpu,cpuacct:/\n2:pids:/not/mounted\n1:name=systemd:/x y:z\n0::/v2\n", &host);
	assert_int_equal(host.n_hierarchies, 4);
	assert_false(host.unified);
	assert_hierarchy(&host, 0, "memory", "/sys/fs/cgroup/memory", "/a/b");
	assert_hierarchy(&host, 1, "cpu,cpuacct", "/sys/fs/cgroup/cpu,cpuacct", "/");
	assert_hierarchy(&host, 2, "name=systemd", "/sys/fs/cgroup/systemd", "/x y:z");
	assert_hierarchy(&host, 3, "", "/sys/fs/cgroup/unified", "/v2");
}

static void unified(void **state)
{
	_cleanup_arena_ struct arena a = ARENA_INIT;
	struct host host;

	(void)state;
	detect(&a, "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw,nsdelegate\n",
	       "0::/user.slice/x\n", &host);
	assert_int_equal(host.n_hierarchies, 1);
	assert_true(host.unified);
	assert_hierarchy(&host, 0, "", "/sys/fs/cgroup", "/user.slice/x");
}

static void escapes(void **state)
{
	_cleanup_arena_ struct arena a = ARENA_INIT;
	struct host host;

	(void)state;
	detect(&a, "30 23 0:26 /a\\040b /mnt/c\\134d\\011e\\012f\\999 rw - cgroup2 - rw\n",
	       "0::/a b/c\n", &host);
	assert_hierarchy(&host, 0, "", "/mnt/c\\d\te\nf\\999", "/c");
}

/* In a container whose hierarchy shows a part only, and where the cgroup namespace is the host's. */
static void partial_mounts(void **state)
{
	_cleanup_arena_ struct arena a = ARENA_INIT;
	struct host host;

	(void)state;
	detect(&a,
	       "1 0 0:1 /docker/abc /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
	       "2 0 0:2 /docker/abc /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids\n"
	       "3 0 0:3 /docker/abc /sys/fs/cgroup/freezer rw - cgroup cgroup rw,freezer\n"
	       "4 0 0:4 /../.. /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n",
	       "4:memory:/docker/abc/x\n3:pids:/docker/abc\n2:freezer:/docker/abcd\n"
	       "1:cpu:/docker/abc (deleted)\n",
	       &host);
	assert_hierarchy(&host, 0, "memory", "/sys/fs/cgroup/memory", "/x");
	assert_hierarchy(&host, 1, "pids", "/sys/fs/cgroup/pids", "/");
	assert_hierarchy(&host, 2, "freezer", "/sys/fs/cgroup/freezer", "/");
	assert_hierarchy(&host, 3, "cpu", "/sys/fs/cgroup/cpu", "/");
}

static void twice_counts_once(void **state)
{
	_cleanup_arena_ struct arena a = ARENA_INIT;
	struct host host;

	(void)state;
	detect(&a,
	       "1 0 0:1 /other /var/lib/x/cpu rw - cgroup cgroup rw,cpu\n"
	       "2 0 0:1 / /mnt/cpu rw - cgroup cgroup rw,cpu\n"
	       "3 0 0:1 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n"
	       "4 0 0:1 / /sys/fs/cgroup/cpu-again rw - cgroup cgroup rw,cpu\n"
	       "5 0 0:9 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n",
	       "2:cpu:/me\n1:cpuset:/\n", &host);
	assert_int_equal(host.n_hierarchies, 2);
	assert_hierarchy(&host, 0, "cpu", "/sys/fs/cgroup/cpu", "/me");
	assert_hierarchy(&host, 1, "cpuset", "/sys/fs/cgroup/cpuset", "/");
}

static void many_mounts(void **state)
{
	_cleanup_arena_ struct arena a = ARENA_INIT;
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct host host;

	(void)state;
	for (int i = 0; i < 10000; i++)
		buf_addf(&text, "%d 1 0:%d / /var/lib/containers/overlay/%064d/merged rw shared:%d - overlay "
				"overlay rw,lowerdir=/a:/b:/c,upperdir=/d,workdir=/e\n", i, i, i, i);
	buf_adds(&text, "9 0 0:1 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw"); /* and no newline: not a line */
	detect(&a, text.data, "0::/\n", &host);
	assert_int_equal(host.n_hierarchies, 0);
	buf_adds(&text, "\n");
	detect(&a, text.data, "0::/\n", &host);
	assert_int_equal(host.n_hierarchies, 1);
}

static void odd_lines(void **state)
{
	_cleanup_arena_ struct arena a = ARENA_INIT;
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct host host;

	(void)state;
	for (int i = 0; i < 100000; i++)
		buf_addc(&text, 'x');
	buf_adds(&text, "\n - cgroup\n1 - cgroup cgroup rw,cpu\n1 2 3 / - cgroup cgroup rw,cpu\n"
			"1 2 3 / relative rw - cgroup cgroup rw,cpu\n1 2 3 / /p rw - cgroup\n"
			"1 2 3 / /p rw - cgroup cgroup\n1 2 3 / /p rw - cgroupfoo cgroup rw,cpu\n"
			"\n1 2 3 / /p rw - cgroup cgroup rw,cpux\n");
	detect(&a, text.data, "1:cpu:/\n:\n::\n2:x\n3:y:relative\n0:z:/\n4::/\n\n0::\n", &host);
	assert_int_equal(host.n_hierarchies, 0);
	detect(&a, "", "", &host);
	assert_int_equal(host.n_hierarchies, 0);
	assert_false(host.unified);
}

/* Cut at every length: never a crash, never a path that is not there. */
static void truncated(void **state)
{
	static const char mounts[] = "32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n";
	static const char own[] = "4:memory:/a/b\n1:cpu:/c\n0::/\n";
	_cleanup_arena_ struct arena a = ARENA_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(mounts); i++)
		for (size_t k = 0; k < sizeof(own); k += i ? 5 : 1) {
			_cleanup_close_ int m = file_with(mounts, i), o = file_with(own, k);
			struct error err = ERROR_INIT;
			struct host host = { 0 };

			assert_int_equal(cgroup_detect_from(&a, m, o, false, &host, &err), 0);
			if (host.n_hierarchies)
				assert_string_equal(host.hierarchies[0].mount, "/sys/fs/cgroup/cpu");
		}
}

/* On this machine: what is found is really there, and the same without the short way of the usual host. */
static void this_machine(void **state)
{
	_cleanup_close_ int mountinfo = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
	_cleanup_close_ int own = open("/proc/self/cgroup", O_RDONLY | O_CLOEXEC);
	_cleanup_arena_ struct arena a = ARENA_INIT;
	struct error err = ERROR_INIT;
	struct host host = { 0 }, same = { 0 };

	(void)state;
	assert_int_equal(cgroup_detect(&a, &host, &err), 0);
	if (own < 0)
		skip();
	assert_int_equal(cgroup_detect_from(&a, mountinfo, own, true, &same, &err), 0);
	assert_int_equal(host.n_hierarchies, same.n_hierarchies);
	for (size_t i = 0; i < host.n_hierarchies; i++) {
		assert_string_equal(host.hierarchies[i].mount, same.hierarchies[i].mount);
		assert_string_equal(host.hierarchies[i].own, same.hierarchies[i].own);
		/* Opened once, whoever asks. */
		assert_true(cgroup_root(host.hierarchies[i].mount, host.hierarchies[i].version) >= 0);
		assert_int_equal(cgroup_root(host.hierarchies[i].mount, host.hierarchies[i].version),
				 cgroup_root_known(host.hierarchies[i].mount, host.hierarchies[i].version));
		assert_int_equal(cgroup_root_known(host.hierarchies[i].mount, 3), -1);
	}
	assert_int_equal(cgroup_root("/", 1), -EXDEV);
	assert_int_equal(cgroup_root("/nowhere", 1), -ENOENT);
	for (size_t i = 0; i < host.n_hierarchies; i++) {
		_cleanup_close_ int fd = cgroup_open(host.hierarchies[i].mount, host.hierarchies[i].version,
						     O_PATH, &err);

		assert_true(fd >= 0);
	}
}

static void controllers(void **state)
{
	(void)state;
	assert_true(cgroup_has_controller("cpu,cpuacct", "cpu"));
	assert_true(cgroup_has_controller("cpu,cpuacct", "cpuacct"));
	assert_false(cgroup_has_controller("cpuacct", "cpu"));
	assert_false(cgroup_has_controller("xcpu", "cpu"));
	assert_false(cgroup_has_controller("", "cpu"));
	assert_true(cgroup_has_controller("name=systemd", "name=systemd"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hybrid),	    cmocka_unit_test(unified),
		cmocka_unit_test(escapes),	    cmocka_unit_test(partial_mounts),
		cmocka_unit_test(twice_counts_once), cmocka_unit_test(many_mounts),
		cmocka_unit_test(odd_lines),	    cmocka_unit_test(truncated),
		cmocka_unit_test(this_machine),	    cmocka_unit_test(controllers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
