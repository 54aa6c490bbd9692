/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/launch.h"

#include "base/fd.h"
#include "base/log.h"
#include "base/str.h"
#include "libcontainer/sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define CONFIG_MAX_SIZE (256u << 20) /* what is read at all; the reader has its own, stricter limits */
#define PRESERVE_FDS_MAX 65536u

void launch_done(struct launch *l)
{
	systemd_release(l->systemd);
	arena_done(&l->arena);
	document_done(&l->doc);
}

int open_root(struct context *ctx, bool create, struct state_root *ret)
{
	return state_root_open(ctx->args.value[OPT_ROOT], create, ret, &ctx->err);
}

/* A state root that does not exist holds no container. */
int open_known_root(struct context *ctx, struct state_root *ret)
{
	int r = open_root(ctx, false, ret);

	if (r == -ENOENT && !error_is_set(&ctx->err))
		return error_set(&ctx->err, ERR_CONTAINER_UNKNOWN, 0, "%s", ctx->args.operands[0]);
	return r;
}

/*
 * The absolute form of the bundle's path. An absolute one stays as it was given, so that callers find
 * their own words again in the state; a relative one is what the kernel says that directory is called.
 */
static int bundle_path(struct context *ctx, struct launch *l, const char *path)
{
	char link[64], real[4096];
	int r;

	_cleanup_close_ int fd = sys_openat(AT_FDCWD, path, O_PATH | O_DIRECTORY, 0);

	if (fd < 0)
		return error_set(&ctx->err, ERR_BUNDLE, -fd, "%s", path);
	if (path[0] == '/') {
		l->bundle = path;
		return 0;
	}
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	r = sys_readlinkat(AT_FDCWD, link, real, sizeof(real));
	if (r < 0)
		return error_set(&ctx->err, ERR_BUNDLE, -r, "%s", path);
	l->bundle = arena_strdup(&l->arena, real);
	return l->bundle ? 0 : error_set(&ctx->err, ERR_NO_MEMORY, ENOMEM, "bundle path");
}

static int read_config(struct context *ctx, struct launch *l, const char *config)
{
	const char *path = config ? config : arena_printf(&l->arena, "%s/config.json", l->bundle);
	char *text = NULL;
	ssize_t len;

	if (!path)
		return error_set(&ctx->err, ERR_NO_MEMORY, ENOMEM, "configuration path");
	len = sys_read_file_arena(AT_FDCWD, path, CONFIG_MAX_SIZE, &l->arena, &text);
	if (len < 0)
		return error_set(&ctx->err, ERR_CONFIG_OPEN, (int)-len, "%s", path);
	return config_read(&l->doc, text, (size_t)len, &l->config, &ctx->err);
}

/* A root file system that is missing, a file or a link is told apart before anything is created. */
static int check_rootfs(struct context *ctx, struct launch *l)
{
	const struct config_root *root = l->config->root;
	int fd;

	if (!root)
		return error_set(&ctx->err, ERR_CONFIG_MISSING, 0, "root");
	l->rootfs = root->path[0] == '/' ? root->path
					 : arena_printf(&l->arena, "%s/%s", l->bundle, root->path);
	if (!l->rootfs)
		return error_set(&ctx->err, ERR_NO_MEMORY, ENOMEM, "path of the root file system");
	fd = sys_openat(AT_FDCWD, l->rootfs, O_PATH | O_DIRECTORY | O_NOFOLLOW, 0);
	if (fd < 0)
		return document_error(&l->doc, &root->path, &ctx->err, ERR_ROOTFS, "%s %s", l->rootfs,
				      fd == -ENOTDIR  ? "is not a directory"
				      : fd == -ELOOP  ? "is a symbolic link"
				      : fd == -ENOENT ? "does not exist"
						      : errno_words(-fd));
	fd_close(&fd);
	return 0;
}

int launch_prepare(struct context *ctx, struct launch *l, const char *bundle, const char *config)
{
	int r = bundle_path(ctx, l, bundle ? bundle : ".");

	if (r == 0)
		r = read_config(ctx, l, config);
	if (r == 0)
		r = check_rootfs(ctx, l);
	if (r == 0)
		r = host_detect(&l->arena, l->config, &l->host, &ctx->err);
	if (r < 0)
		return r;
	l->options.bundle = l->bundle;
	r = compile(&l->doc, l->config, &l->host, &l->options, &l->arena, &l->compiled, &ctx->err);
	for (size_t i = 0; r == 0 && i < l->compiled.n_warnings; i++)
		log_warning("%s", l->compiled.warnings[i]);
	for (size_t i = 0; r == 0 && i < l->doc.n_warnings; i++)
		log_debug("%s", l->doc.warnings[i]);
	return r;
}

/* LISTEN_FDS is meant for us only if LISTEN_PID says so: sd_listen_fds(3). */
static uint32_t listen_fds(void)
{
	const char *pid = getenv("LISTEN_PID"), *n = getenv("LISTEN_FDS");
	uint32_t value;

	if (!pid || !n || str_to_u32(pid, &value) < 0 || value != (uint32_t)getpid())
		return 0;
	return str_to_u32(n, &value) == 0 && value <= PRESERVE_FDS_MAX ? value : 0;
}

static enum cgroup_manager manager(const struct arguments *a)
{
	if (a->set[OPT_CGROUP_MANAGER] && streq(a->value[OPT_CGROUP_MANAGER], "disabled"))
		return CGROUP_MANAGER_DISABLED;
	if (a->set[OPT_SYSTEMD_CGROUP] ||
	    (a->set[OPT_CGROUP_MANAGER] && streq(a->value[OPT_CGROUP_MANAGER], "systemd")))
		return CGROUP_MANAGER_SYSTEMD;
	return CGROUP_MANAGER_CGROUPFS;
}

int launch_common_options(struct context *ctx, struct compile_options *ret, const char *id)
{
	const struct arguments *a = &ctx->args;
	uint32_t preserve;
	int r = state_check_id(id, &ctx->err);

	if (r == 0)
		r = option_number(ctx, OPT_PRESERVE_FDS, "preserve-fds", PRESERVE_FDS_MAX, &preserve);
	if (r < 0)
		return r;
	*ret = (struct compile_options){
		.id = id,
		.pid_file = a->value[OPT_PID_FILE],
		.pidfd_socket = a->value[OPT_PIDFD_SOCKET],
		.have_console_socket = a->set[OPT_CONSOLE_SOCKET],
		.detached = a->set[OPT_DETACH],
		.listen_fds = listen_fds(),
	};
	if (ret->listen_fds)
		ret->listen_names = getenv("LISTEN_FDNAMES");
	/* Descriptors of socket activation come first, those of --preserve-fds behind them. */
	ret->preserve_fds = ret->listen_fds + preserve;
	return 0;
}

int launch_options(struct context *ctx, struct launch *l, const char *id)
{
	const struct arguments *a = &ctx->args;
	int r = launch_common_options(ctx, &l->options, id);

	l->options.no_pivot = a->set[OPT_NO_PIVOT];
	l->options.no_new_keyring = a->set[OPT_NO_NEW_KEYRING];
	l->options.cgroup_manager = manager(a);
	return r;
}

/*
 * With NOTIFY_SOCKET in our environment: opens the state root, for the directory of the socket that the
 * container gets lies in there. Without it nothing happens.
 */
static int open_notify(struct context *ctx, struct launch *l, struct state_root *root)
{
	const char *caller = getenv("NOTIFY_SOCKET");
	int r;

	if (!caller || !caller[0])
		return 0;
	r = open_root(ctx, true, root);
	if (r < 0)
		return r;
	l->options.notify_socket = arena_printf(&l->arena, "%s/%s/notify", root->path, l->options.id);
	return l->options.notify_socket ? 0 : error_set(&ctx->err, ERR_NO_MEMORY, ENOMEM, "notify socket");
}

static struct launch_request make_request(struct context *ctx, const struct launch *l,
					  const struct state_root *root)
{
	return (struct launch_request){
		.root = root,
		.config = l->config,
		.options = &l->options,
		.program = l->compiled.program,
		.program_size = l->compiled.program_size,
		.keep = l->compiled.keep,
		.keep_size = l->compiled.keep_size,
		.rootfs = l->rootfs,
		.console_socket = ctx->args.value[OPT_CONSOLE_SOCKET],
		.pidfd_socket = ctx->args.value[OPT_PIDFD_SOCKET],
		.trace = ctx->args.value[OPT_TRACE],
		.systemd = l->systemd,
	};
}

int launch_open(struct context *ctx, struct launch *l, struct state_root *root, struct launch_request *ret)
{
	int r;

	if (l->options.cgroup_manager == CGROUP_MANAGER_SYSTEMD)
		l->systemd = systemd_prepare(&l->arena);
	r = open_notify(ctx, l, root);
	if (r == 0)
		r = launch_prepare(ctx, l, ctx->args.value[OPT_BUNDLE], ctx->args.value[OPT_CONFIG]);
	if (r == 0 && root->fd < 0)
		r = open_root(ctx, true, root);
	if (r < 0)
		return r;
	*ret = make_request(ctx, l, root);
	return 0;
}
