# SPDX-License-Identifier: Apache-2.0
#
# Turns the results of tests/bench/run into a table.
#
# input: key, runtime, wall median, wall minimum, CPU median, CPU minimum (tab separated), and lines
#	`runtime NAME VERSION`, which give the order of the columns.
# variables: judged (name of the judged runtime), markdown (0 or 1), check (0 or 1)
#
# A cell is the value and, in brackets, its ratio to the fastest crun of that row.

BEGIN {
	FS = "\t"
	row_count = 0
	# key, title, which number, unit, bar, whether the bar is for the ratio or for the value itself
	add("run-docker", "run, docker bundle", "cpu", "ms", 0.60, "ratio")
	add("run-docker", "run, docker bundle", "wall", "ms", 0.60, "ratio")
	add("run-plain", "run, plain bundle", "cpu", "ms", 0.60, "ratio")
	add("run-plain", "run, plain bundle", "wall", "ms", 0.60, "ratio")
	add("flow-docker", "create, start, wait, delete, docker bundle", "cpu", "ms", 0.55, "ratio")
	add("flow-docker", "create, start, wait, delete, docker bundle", "wall", "ms", "", "")
	add("flow-plain", "create, start, wait, delete, plain bundle", "cpu", "ms", 0.55, "ratio")
	add("flow-plain", "create, start, wait, delete, plain bundle", "wall", "ms", "", "")
	add("state", "state", "cpu", "ms", 0.35, "ratio")
	add("kill", "kill", "cpu", "ms", 0.35, "ratio")
	add("list", "list of " containers, "cpu", "ms", 0.50, "ratio")
	add("memory", "memory of a waiting container", "PSS", "KiB", 100, "value")
	add("filter", "Docker's default filter built", "wall", "ms", 0.50, "value")
}

function add(key, title, number, unit, bar, kind)
{
	row_count++
	keys[row_count] = key
	titles[row_count] = title
	numbers[row_count] = number
	units[row_count] = unit
	bars[row_count] = bar
	kinds[row_count] = kind
}

$1 == "runtime" {
	names[++name_count] = $2
	versions[$2] = $3
	next
}

{
	wall[$1, $2] = $3
	cpu[$1, $2] = $5
}

# The value of a row for a runtime, or "" if it was not measured.
function value(row, name)
{
	if (!((keys[row], name) in wall))
		return ""
	if (units[row] == "KiB")
		return wall[keys[row], name]
	return (numbers[row] == "cpu" ? cpu[keys[row], name] : wall[keys[row], name]) / 1000
}

function fastest_crun(row,    i, best, now)
{
	best = ""
	for (i = 1; i <= name_count; i++) {
		now = value(row, names[i])
		if (names[i] ~ /^crun/ && names[i] != judged && now != "" && (best == "" || now < best))
			best = now
	}
	return best
}

function cell(row, name, base,    now)
{
	now = value(row, name)
	if (now == "")
		return "-"
	return sprintf(units[row] == "KiB" ? "%d%s" : "%.2f%s", now, base > 0 ? sprintf(" (%.2f)", now / base) : "")
}

# pass, fail or "" where there is nothing to judge.
function verdict(row, base,    now)
{
	now = value(row, judged)
	if (bars[row] == "" || now == "" || (kinds[row] == "ratio" && base == ""))
		return ""
	return (kinds[row] == "ratio" ? now / base : now) <= bars[row] ? "pass" : "fail"
}

function bar_text(row)
{
	if (bars[row] == "")
		return ""
	return kinds[row] == "ratio" ? sprintf("%.2f of crun", bars[row]) : bars[row] " " units[row]
}

function line(first, cells, last,    i, text)
{
	text = markdown ? "| " first : sprintf("%-56s", first)
	for (i = 1; i <= name_count; i++)
		text = text (markdown ? " | " : " ") (markdown ? cells[i] : sprintf("%16s", cells[i]))
	if (check)
		text = text (markdown ? " | " : "  ") last
	print text (markdown ? " |" : "")
}

function header(    i, cells, rule)
{
	rule = "| ---"
	for (i = 1; i <= name_count; i++) {
		cells[i] = names[i]
		rule = rule " | --:"
	}
	line("", cells, "bar")
	if (markdown)
		print rule (check ? " | ---" : "") " |"
	for (i = 1; i <= name_count; i++)
		cells[i] = versions[names[i]]
	line("version", cells, "")
}

END {
	header()
	for (row = 1; row <= row_count; row++) {
		base = fastest_crun(row)
		measured = 0
		for (i = 1; i <= name_count; i++) {
			cells[i] = cell(row, names[i], base)
			measured += cells[i] != "-"
		}
		if (!measured)
			continue
		found = verdict(row, base)
		passed += found == "pass"
		failed += found == "fail"
		line(titles[row] ", " numbers[row] " " units[row], cells, bar_text(row) (found ? ": " found : ""))
	}
	if (!check)
		exit 0
	print ""
	print passed + 0 " passed, " failed + 0 " failed"
	exit failed > 0
}
