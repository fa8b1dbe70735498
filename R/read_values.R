# What columns hold, by the values of their first rows: for tables without a
# header, for columns of genes that no name tells, and to say what was left.

# By nchar() and not {5,60}, of which R makes a pattern of sixty parts.
looks_like_cdr3 <- function(x) {
    n <- nchar(x, "bytes")
    n >= 5L & n <= 60L &
        grepl("^[ACDEFGHIKLMNPQRSTVWY*_]+$", x, perl = TRUE, useBytes = TRUE) &
        !(n >= 12L & grepl("^[ACGTN]+$", x, perl = TRUE, useBytes = TRUE))
}

# With both conserved residues: no word of a header.
is_whole_cdr3 <- function(x) {
    n <- nchar(x, "bytes")
    n >= 7L & n <= 40L & grepl("^C[ACDEFGHIKLMNPQRSTVWY]+[FW]$", x,
        perl = TRUE, useBytes = TRUE)
}

looks_like_v <- function(x) {
    grepl("^h?(TC?R[ABGD]|IG[HKL])V([0-9]|[A-C]([-/*]|$))", x,
        perl = TRUE, useBytes = TRUE)
}

looks_like_j <- function(x) {
    grepl("^h?(TC?R[ABGD]|IG[HKL])J([0-9]|P)", x, perl = TRUE,
        useBytes = TRUE)
}

# Columns `places` of the first rows behind line `at`.
values_of_lines <- function(lines, at, separator, places, most = 50L) {
    lines <- lines[seq_along(lines) > at & seq_along(lines) <= at + most]
    lines <- lines[nzchar(lines) & !startsWith(lines, "#")]
    rows <- raw_fields(lines, separator)
    size <- lengths(rows)
    before <- cumsum(size) - size
    values <- as.character(unlist(rows))
    lapply(places, function(i) {
        there <- i <= size
        column <- character(length(rows))
        column[there] <- plain_fields(values[before[there] + i])
        column
    })
}

looks_like_count <- function(x) {
    grepl("^[1-9][0-9]{0,8}$", x, perl = TRUE, useBytes = TRUE)
}

# "cdr3", "v", "j" or "count" for columns of which nearly all values look so,
# else "".
kinds_of_columns <- function(columns) {
    tests <- list(cdr3 = looks_like_cdr3, v = looks_like_v, j = looks_like_j,
        count = looks_like_count)
    values <- unlist(columns)
    distinct <- unique(values)
    at <- match(values, distinct)
    of <- rep(seq_along(columns), lengths(columns))
    told <- !(distinct %in% c(no_value, no_gene))
    rows <- tabulate(of[told[at]], length(columns))
    kinds <- character(length(columns))
    for (kind in rev(names(tests))) {
        like <- told & tests[[kind]](distinct)
        share <- tabulate(of[like[at]], length(columns)) / rows
        kinds[rows > 0L & share >= 0.8] <- kind
    }
    kinds
}

# A first line that is a row already.
is_row <- function(fields) {
    any(is_whole_cdr3(fields)) ||
        (any(looks_like_cdr3(fields)) && any(looks_like_v(fields)))
}

# Of a table without a header our name -> column, by the values. The user's own
# go before.
columns_by_values <- function(rows, columns, file) {
    kinds <- kinds_of_columns(rows)
    found <- lapply(c(junction_aa = "cdr3", v_call = "v", j_call = "j"),
        function(kind) which(kinds == kind))
    found <- found[setdiff(names(found), names(columns))]
    several <- names(found)[lengths(found) > 1L]
    if (length(several)) {
        name <- several[1L]
        raise_error("format", paste0(
            shown_file(file), " has no header, and its columns ",
            paste(found[[name]], collapse = " and "), " both look like `",
            name, "`: say which by columns = list(", name, " = ",
            found[[name]][1L], ")"
        ))
    }
    found[lengths(found) == 1L]
}

# Columns that no name tells as genes and that hold nothing else are genes,
# where there is one of a kind.
guess_genes <- function(columns, kinds, named) {
    taken <- unlist(columns)
    for (name in c("v_call", "j_call")) {
        if (any(startsWith(c(names(columns), named), name))) next
        at <- setdiff(which(kinds == substr(name, 1L, 1L)), taken)
        if (length(at) == 1L) columns[[name]] <- at
    }
    columns
}

# What else looks like one of our columns: by its values, or by its name where
# nothing is read as that. `known` are those of another chain, told elsewhere.
columns_left <- function(columns, kinds, header, known, all) {
    left <- setdiff(seq_along(header$names), c(unlist(columns), known))
    words <- c(cdr3 = "CDR3s", v = "V genes", j = "J genes", count = "counts")
    needs <- c(cdr3 = "junction_aa", v = "v_call", j = "j_call",
        count = "duplicate_count")
    # Many numbers are counted, but where nobody says what they are.
    if (!isTRUE(header$made)) kinds[kinds == "count"] <- ""
    found <- character()
    for (i in left[nzchar(kinds[left])]) {
        kind <- kinds[i]
        if ((all && kind != "count") ||
            !any(startsWith(names(columns), needs[[kind]]))) {
            found <- c(found, stats::setNames(words[[kind]], i))
        }
    }
    by_name <- c(
        v_call = "(^|_)v(_|$)|vgene|vseg|v_?(beta|alpha)|tr[abgd]v",
        duplicate_count = paste0("count|umi|reads|cop(y|ies)|abundance|",
            "templates|size$|(^|_)(cells|clones|molecules)(_|$)")
    )
    for (name in names(by_name)) {
        if (any(startsWith(names(columns), name))) next
        at <- setdiff(left, as.integer(names(found)))
        at <- at[grepl(by_name[[name]], header$normal[at])]
        found <- c(found, stats::setNames(rep_len(
            c(v_call = "V genes", duplicate_count = "counts")[[name]],
            length(at)), at))
    }
    if (!length(found)) return(character())
    stats::setNames(found, header$names[as.integer(names(found))])
}
