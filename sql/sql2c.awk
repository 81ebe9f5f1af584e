# Makes C of the statements in sql/queries: awk -v out=h|c -f sql2c.awk *.sql
#
# A file is one question. Its heading is a comment:
#   -- subscriber_find: one subscriber by account number.
#   -- $1 text    account
#   -- rows 0..1  account, full_name
# and becomes Q_SUBSCRIBER_FIND. A statement with variants names them:
#   -- variant order serial_asc: m.serial, m.id
#   -- variant order serial_desc: m.serial desc, m.id desc
#   -- variant filter all: true
#   -- variant filter found: m.id in (...) | second text
# Each combination is a statement of its own, Q_NAME__SERIAL_ASC__ALL, in the
# order written (the first variant changes slowest), so C may compute
# Q_NAME + order * Q_NAME__N_FILTER + filter. The text of the chosen variant
# replaces /*order*/, its further texts (after |) /*order.2*/, /*order.3*/.

function flush_file(    i, n, total, k, idx, rest, name, text, d, parts, np, p, first) {
    if (qname == "") return
    if (ndims == 0) {
        add("Q_" toupper(qname), body, qname)
        return
    }
    total = 1
    for (d = 1; d <= ndims; d++) total *= count[d]
    for (k = 0; k < total; k++) {
        rest = k
        for (d = ndims; d >= 1; d--) { idx[d] = rest % count[d] + 1; rest = int(rest / count[d]) }
        name = "Q_" toupper(qname); text = body; label = qname
        for (d = 1; d <= ndims; d++) {
            name = name "__" toupper(vname[d, idx[d]])
            label = label "__" vname[d, idx[d]]
            np = split(vtext[d, idx[d]], parts, / *\| */)
            for (p = 1; p <= 9; p++) {
                first = (p == 1) ? "/*" dim[d] "*/" : "/*" dim[d] "." p "*/"
                text = put(text, first, p <= np ? parts[p] : "")
            }
        }
        add(name, text, label)
    }
    hdr = hdr "#define Q_" toupper(qname) " Q_" first_of[qname] "\n"
    for (d = 1; d <= ndims; d++) {
        hdr = hdr "#define Q_" toupper(qname) "__N_" toupper(dim[d]) " " count[d] "\n"
        for (i = 1; i <= count[d]; i++)
            hdr = hdr "#define Q_" toupper(qname) "__" toupper(dim[d]) "_" toupper(vname[d, i]) " " (i - 1) "\n"
    }
}

function put(text, what, with,    at, done) {
    done = ""
    while ((at = index(text, what)) > 0) {
        done = done substr(text, 1, at - 1) with
        text = substr(text, at + length(what))
    }
    return done text
}

function add(name, text, label,    n, m) {
    if (!(qname in first_of)) first_of[qname] = substr(name, 3)
    enums = enums "    " name ",\n"
    n = 0
    for (m = 1; m <= 40; m++) if (text ~ ("\\$" m "([^0-9]|$)")) n = m
    gsub(/\\/, "\\\\\\\\", text); gsub(/"/, "\\\"", text)
    gsub(/\n/, "\\n\"\n     \"", text)
    defs = defs "    { \"" label "\", " n ",\n     \"" text "\" },\n"
}

FNR == 1 {
    flush_file()
    qname = FILENAME; sub(/.*\//, "", qname); sub(/\.sql$/, "", qname)
    ndims = 0; body = ""; delete dim; delete count; delete vname; delete vtext
    if ($0 !~ ("^-- " qname ": ")) {
        print FILENAME ": must open with \"-- " qname ": what it asks\"" > "/dev/stderr"
        failed = 1; exit 1
    }
}
/^-- variant / {
    line = $0; sub(/^-- variant /, "", line)
    d = line; sub(/ .*/, "", d)
    v = line; sub(/^[^ ]+ +/, "", v); t = v; sub(/:.*/, "", v); sub(/^[^:]*: */, "", t)
    at = 0
    for (i = 1; i <= ndims; i++) if (dim[i] == d) at = i
    if (!at) { at = ++ndims; dim[at] = d; count[at] = 0 }
    count[at]++; vname[at, count[at]] = v; vtext[at, count[at]] = t
    next
}
/^--/ { next }
{ sub(/[ \t]+$/, ""); if ($0 != "") body = body (body == "" ? "" : "\n") $0 }

END {
    if (failed) exit 1
    flush_file()
    if (out == "h") {
        print "/* Made by sql/sql2c.awk from sql/queries. */"
        print "#ifndef LAZUR_QUERIES_H\n#define LAZUR_QUERIES_H\n"
        print "enum query {\n" enums "    Q_COUNT\n};\n" hdr
        print "struct query_text {\n    const char *name;\n    int params;\n    const char *sql;\n};\n"
        print "extern const struct query_text query_texts[Q_COUNT];\n\n#endif"
    } else {
        print "/* Made by sql/sql2c.awk from sql/queries. */"
        print "#include \"queries.h\"\n"
        print "const struct query_text query_texts[Q_COUNT] = {\n" defs "};"
    }
}
