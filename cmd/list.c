/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "base/log.h"
#include "base/str.h"
#include "cmd/launch.h"
#include "cmd/view.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { COLUMN_ID, COLUMN_PID, COLUMN_STATUS, COLUMN_BUNDLE, COLUMN_CREATED, COLUMN_OWNER, COLUMN_MAX };

/* Rows of cells, printed when all widths are known. */
struct table {
	struct arena arena;
	char *(*rows)[COLUMN_MAX];
	size_t n, size;
	size_t width[COLUMN_MAX];
};

static int table_add(struct table *t, const char *const cells[COLUMN_MAX])
{
	if (t->n == t->size) {
		size_t size = t->size ? t->size * 2 : 64;

		t->rows = arena_regrow(&t->arena, t->rows, t->size, size, sizeof(*t->rows));
		if (!t->rows)
			return -ENOMEM;
		t->size = size;
	}
	for (int i = 0; i < COLUMN_MAX; i++) {
		char shown[4096];
		size_t len = str_escape(cells[i], shown, sizeof(shown));

		t->rows[t->n][i] = arena_strndup(&t->arena, shown, len);
		if (!t->rows[t->n][i])
			return -ENOMEM;
		t->width[i] = MAX(t->width[i], len);
	}
	t->n++;
	return 0;
}

static void table_print(const struct table *t)
{
	for (size_t row = 0; row < t->n; row++)
		for (int i = 0; i < COLUMN_MAX; i++) {
			int width = i == COLUMN_OWNER ? 0 : (int)t->width[i] + 3;

			printf("%-*s%s", width, t->rows[row][i], i == COLUMN_OWNER ? "\n" : "");
		}
}

static int add_container(struct table *t, struct view *view)
{
	char pid[32];

	snprintf(pid, sizeof(pid), "%lld", (long long)view->state.pid);
	return table_add(t, (const char *const[COLUMN_MAX]){
				    [COLUMN_ID] = view->state.id,
				    [COLUMN_PID] = pid,
				    [COLUMN_STATUS] = view->state.status,
				    [COLUMN_BUNDLE] = view->state.bundle,
				    [COLUMN_CREATED] = view->state.created ? view->state.created : "",
				    [COLUMN_OWNER] = view->owner,
			    });
}

/* One container into the table or the array; one that cannot be read is a warning and hides no other. */
static int show(const struct state_root *root, const char *id, struct table *table, struct json_writer *json)
{
	_cleanup_(view_done) struct view view = VIEW_INIT;
	struct error err = ERROR_INIT;
	char words[1024];

	if (view_open(root, id, &view, &err) < 0) {
		if (err.code == ERR_CONTAINER_UNKNOWN)
			return 0; /* deleted since its name was read */
		error_format(&err, words, sizeof(words));
		log_warning("%s: %s", id, words);
		return 0;
	}
	view_find_owner(&view);
	if (!json)
		return add_container(table, &view);
	oci_state_write_value(&view.state, json);
	return 0;
}

static int list_table(const struct state_root *root, char *const *ids, size_t n, struct error *err)
{
	struct table table = { .arena = ARENA_INIT };
	int r = table_add(&table, (const char *const[COLUMN_MAX]){ "ID", "PID", "STATUS", "BUNDLE", "CREATED",
								   "OWNER" });

	for (size_t i = 0; r == 0 && i < n; i++)
		r = show(root, ids[i], &table, NULL);
	if (r == 0)
		table_print(&table);
	else
		error_set(err, ERR_NO_MEMORY, -r, "list of containers");
	arena_done(&table.arena);
	return r;
}

static int list_json(const struct state_root *root, char *const *ids, size_t n, struct error *err)
{
	_cleanup_buf_ struct buf out = BUF_INIT;
	struct json_writer json;
	int r;

	json_start(&json, &out, NULL);
	json_open(&json, '[');
	for (size_t i = 0; i < n; i++)
		(void)show(root, ids[i], NULL, &json);
	json_close(&json);
	r = json_finish(&json, err);
	if (r == 0)
		puts(out.data);
	return r;
}

int cmd_list(struct context *ctx)
{
	_cleanup_(state_root_close) struct state_root root = { .fd = -1 };
	bool json = ctx->args.set[OPT_FORMAT] && streq(ctx->args.value[OPT_FORMAT], "json");
	char **ids = NULL;
	size_t n = 0;
	int r = open_root(ctx, false, &root);

	if (r == 0)
		r = state_list(&root, &ids, &n, &ctx->err);
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
