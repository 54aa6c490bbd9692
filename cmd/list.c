/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "base/log.h"
#include "base/str.h"
#include "cmd/launch.h"
#include "cmd/view.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define OUTPUT_SIZE 16384

enum { COLUMN_ID, COLUMN_PID, COLUMN_STATUS, COLUMN_BUNDLE, COLUMN_CREATED, COLUMN_OWNER, COLUMN_MAX };

/*
 * Rows of cells, printed when all widths are known. Fresh memory is what costs most here after the system
 * calls, so a cell is copied only if it does not live as long as the table.
 */
struct table {
	struct arena arena;
	const char *(*rows)[COLUMN_MAX];
	size_t n;
	size_t width[COLUMN_MAX];
};

static const char *table_cell(struct table *t, const char *text, bool copy, size_t *ret_len)
{
	static char shown[4096]; /* what is on the stack is filled with zeros each time */

	*ret_len = str_plain(text);
	if (text[*ret_len] == '\0')
		return copy ? arena_strndup(&t->arena, text, *ret_len) : text;
	*ret_len = str_escape(text, shown, sizeof(shown));
	return arena_strndup(&t->arena, shown, *ret_len);
}

static int table_add(struct table *t, const char *const cells[COLUMN_MAX], const bool copy[COLUMN_MAX])
{
	for (int i = 0; i < COLUMN_MAX; i++) {
		size_t len;

		t->rows[t->n][i] = table_cell(t, cells[i], copy[i], &len);
		if (!t->rows[t->n][i])
			return -ENOMEM;
		t->width[i] = MAX(t->width[i], len);
	}
	t->n++;
	return 0;
}

static int table_print(const struct table *t)
{
	_cleanup_buf_ struct buf line = BUF_INIT;

	for (size_t row = 0; row < t->n; row++) {
		buf_clear(&line);
		for (int i = 0; i < COLUMN_MAX; i++) {
			size_t end = line.len + t->width[i] + 3;

			buf_adds(&line, t->rows[row][i]);
			while (i != COLUMN_OWNER && line.len < end && !line.failed)
				buf_addc(&line, ' ');
		}
		if (line.failed)
			return -ENOMEM;
		puts(line.data);
	}
	return 0;
}

static int add_container(struct table *t, const struct view *view)
{
	bool root = streq(view->owner, "root");
	const bool copy[COLUMN_MAX] = {
		[COLUMN_PID] = true,
		[COLUMN_BUNDLE] = true,
		[COLUMN_CREATED] = true,
		[COLUMN_OWNER] = !root,
	};
	char pid[STR_U64_SIZE];

	(void)str_from_u64((uint64_t)view->state.pid, pid);
	return table_add(t,
			 (const char *const[COLUMN_MAX]){
				 [COLUMN_ID] = view->state.id,
				 [COLUMN_PID] = pid,
				 [COLUMN_STATUS] = view->state.status,
				 [COLUMN_BUNDLE] = view->state.bundle,
				 [COLUMN_CREATED] = view->state.created ? view->state.created : "",
				 [COLUMN_OWNER] = root ? "root" : view->owner,
			 },
			 copy);
}

static void warn(const char *id, struct error *err)
{
	char words[1024];

	if (err->code != ERR_CONTAINER_UNKNOWN) { /* else deleted since its name was read */
		error_format(err, words, sizeof(words));
		log_warning("%s: %s", id, words);
	}
	error_clear(err);
}

/* One that cannot be read is a warning and hides no other. */
static bool look(const struct state_root *root, const char *id, bool whole, struct view *view, struct error *err)
{
	int r = view_glance(root, id, whole, view, err);

	if (r == 0)
		view_find_owner(view);
	else
		warn(id, err);
	return r == 0;
}

static int list_table(const struct state_root *root, char *const *ids, size_t n, struct error *err)
{
	static const char *const head[COLUMN_MAX] = { "ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER" };
	struct table table = { .arena = ARENA_INIT };
	_cleanup_(view_done) struct view view = VIEW_INIT;
	int r = -ENOMEM;

	table.rows = arena_calloc(&table.arena, n + 1, sizeof(*table.rows));
	if (table.rows)
		r = table_add(&table, head, (const bool[COLUMN_MAX]){ false });
	for (size_t i = 0; r == 0 && i < n; i++) {
		if (look(root, ids[i], false, &view, err))
			r = add_container(&table, &view);
		arena_clear(&view.doc.arena);
	}
	if (r == 0)
		r = table_print(&table);
	if (r < 0)
		error_set(err, ERR_NO_MEMORY, -r, "list of containers");
	arena_done(&table.arena);
	return r;
}

static int list_json(const struct state_root *root, char *const *ids, size_t n, struct error *err)
{
	_cleanup_(view_done) struct view view = VIEW_INIT;
	_cleanup_buf_ struct buf out = BUF_INIT;
	struct json_writer json;
	int r;

	json_start(&json, &out, NULL);
	json_open(&json, '[');
	for (size_t i = 0; i < n; i++) {
		if (look(root, ids[i], true, &view, err))
			oci_state_write_value(&view.state, &json);
		arena_clear(&view.doc.arena);
	}
	json_close(&json);
	r = json_finish(&json, err);
	if (r == 0)
		puts(out.data);
	return r;
}

int cmd_list(struct context *ctx)
{
	static char output[OUTPUT_SIZE];
	_cleanup_(state_root_close) struct state_root root = { .fd = -1 };
	bool json = ctx->args.set[OPT_FORMAT] && streq(ctx->args.value[OPT_FORMAT], "json");
	char **ids = NULL;
	size_t n = 0;
	int r = open_root(ctx, false, &root);

	/* A line a container: the usual buffer would be written fifty times for a thousand of them. */
	(void)setvbuf(stdout, output, _IOFBF, sizeof(output));
	if (r == 0)
		r = state_list(&root, ctx->args.set[OPT_QUIET], &ids, &n, &ctx->err);
	else if (r == -ENOENT && !error_is_set(&ctx->err))
		r = ctx->args.set[OPT_ROOT] ? error_set(&ctx->err, ERR_STATE_ROOT, 0, "%s: there is none",
							 ctx->args.value[OPT_ROOT])
					    : 0; /* no container was ever made */
	if (r == 0 && ctx->args.set[OPT_QUIET])
		for (size_t i = 0; i < n; i++)
			puts(ids[i]);
	else if (r == 0)
		r = json ? list_json(&root, ids, n, &ctx->err) : list_table(&root, ids, n, &ctx->err);
	free(ids);
	return r;
}
