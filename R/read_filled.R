# A column of ours from those of the file that have it: a blank is filled from
# the next one that has something in that row.

# list(values, from): `from` counts the rows that each column gave.
filled_column <- function(name, columns, layout, species, file, line_of) {
    if (name == "duplicate_count") return(fill_counts(columns, file, line_of))
    columns <- lapply(columns, check_utf8, name, file, line_of)
    if (startsWith(name, "junction_aa")) {
        columns <- lapply(columns, without_headers,
            header_words(layout, name))
        return(fill_text(columns, is_no_cdr3))
    }
    if (!grepl("^[vj]_call", name)) return(fill_text(columns))
    # MiXCR's hits have the best one in front.
    best <- which(as.logical(unlist(layout$hits[name])))
    columns[best] <- lapply(columns[best], function(x) {
        on_distinct(x, function(names) sub("[,;].*$", "", names))
    })
    if (length(columns) == 1L) return(list(values = columns[[1L]]))
    fill_genes(columns, species)
}

fill_counts <- function(columns, file, line_of) {
    found <- count_column(columns[[1L]], file, line_of)
    from <- numeric(length(columns))
    for (i in seq_along(columns)[-1L]) {
        if (!anyNA(found)) break
        blank <- which(is.na(found))
        other <- count_column(columns[[i]][blank], file,
            function(row) line_of(blank[row]))
        found[blank] <- other
        from[i] <- sum(!is.na(other))
    }
    list(values = found, from = from)
}

# Of the columns the first that says something in a row; `rows` lists which
# ones each has filled.
fill_text <- function(columns, nothing = is_blank) {
    found <- columns[[1L]]
    rows <- rep_len(list(integer()), length(columns))
    for (i in seq_along(columns)[-1L]) {
        blank <- which(nothing(found))
        if (!length(blank)) break
        other <- as.character(columns[[i]])[blank]
        said <- !nothing(other)
        if (!any(said)) next
        found <- as.character(found)
        rows[[i]] <- blank[said]
        found[rows[[i]]] <- other[said]
    }
    list(values = found, from = as.numeric(lengths(rows)), rows = rows)
}

is_blank <- function(text) {
    text <- as.character(text)
    blank <- is.na(text) | data.table::`%chin%`(text, no_value)
    spaced <- which(startsWith(text, " "))
    blank[spaced] <- !grepl("[^ ]", text[spaced], useBytes = TRUE)
    blank
}

# Of the columns the first that names a gene; else the first that names a
# subgroup of several ("TCRBV12" beside the ties "TCRBV12-03,TCRBV12-04"); else
# what the first has.
fill_genes <- function(columns, species) {
    best <- gene_vagueness(columns[[1L]], species)
    from <- rep_len(1L, length(best))
    for (i in seq_along(columns)[-1L]) {
        if (!any(best > 0L)) break
        own <- gene_vagueness(columns[[i]], species)
        better <- own < best & own < 2L
        from[better] <- i
        best[better] <- own[better]
    }
    counts <- as.numeric(tabulate(from, length(columns)))
    if (counts[1L] == length(from)) {
        return(list(values = columns[[1L]], from = 0 * counts))
    }
    found <- as.character(columns[[1L]])
    for (i in which(counts > 0)) {
        rows <- which(from == i)
        found[rows] <- as.character(columns[[i]][rows])
    }
    list(values = found, from = c(0, counts[-1L]))
}

# 0 a gene, 1 a subgroup, 2 other text, 3 nothing.
gene_vagueness <- function(x, species) {
    on_distinct(x, function(names) {
        names <- capitals(trimmed(names))
        gene <- grepl("(TC?R[ABGD]|IG[HKL])[VJ]", names, useBytes = TRUE)
        bare <- sub("^TC?(R[ABGD][VJ])0?", "T\\1", names, useBytes = TRUE)
        bare <- sub("-X$", "", bare)
        blank <- names %in% capitals(no_gene)
        ifelse(blank, 3L, ifelse(
            bare %in% numbered_subgroups[[species]], 1L, ifelse(gene, 0L, 2L)
        ))
    })
}
