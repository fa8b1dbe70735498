# Which cell is which. A run numbers its cells anew ("AAAC-1" is there in each),
# so that a barcode names a cell within its repertoire only, and a contig's id a
# contig.

# The columns of an object or a table of cells that usually have the repertoire,
# the best first: those that files have it in.
repertoire_columns <- function(table) {
    names(table)[column_places(usual_names$repertoire_id,
        as_header(names(table)))]
}

# Tables of several runs bound together: the same contig twice, with other
# content. `chains` is as of chains_of_cells().
refuse_bound_runs <- function(chains, name = "data") {
    named <- which(nzchar(chains$sequence_id))
    contig <- paste(chains$repertoire_id, chains$sequence_id,
        sep = "\r")[named]
    if (!anyDuplicated(contig)) return(invisible())
    content <- do.call(paste, c(lapply(chains[c("cell_id", "junction_aa",
        "v_call", "j_call", "locus", "count")], `[`, named), sep = "\r"))
    once <- !duplicated(paste(contig, content, sep = "\r"))
    twice <- unique(contig[once][duplicated(contig[once])])
    if (!length(twice)) return(invisible())
    known <- "repertoire_id" %in% chains$has
    at <- named[contig == twice[1L]][1L]
    raise_error("cells", paste0(
        "each `sequence_id` of `", name, "` must be one contig",
        if (known) " of a repertoire", "; ",
        count_words(length(twice), "is", "are"), " twice, with other content, ",
        "such as ", given(chains$sequence_id[at]),
        if (known && nzchar(chains$repertoire_id[at])) {
            paste0(" of repertoire ", given(chains$repertoire_id[at]))
        },
        ". Runs repeat barcodes: if these are several runs, bind them ",
        "with a `repertoire_id` of each, as in ",
        "do.call(rbind, Map(function(file, id) readRepertoire(file, ",
        "repertoire_id = id), files, ids))"
    ))
}

barcodes_of <- function(table) {
    column <- intersect(c("cell_id", "barcode", "Barcode"), names(table))
    if (!length(column)) {
        # Row names that are numbers only are R's own.
        names <- rownames(table)
        own <- inherits(table, "DataFrame") ||
            is.character(attr(table, "row.names"))
        return(if (own) names)
    }
    ids <- lapply(column, function(name) id_text(plain_column(table, name)))
    fill_text(ids)$values
}

# The repertoire of each row of `table`, "" where that is not told; NULL where
# it is of none. Of `cells`, the columns are those that have names of `known`.
# What the first has blank is filled from the next.
repertoires_of <- function(table, known = NULL) {
    own <- intersect(c("repertoire_id", "sample"), names(table))
    all <- !is.null(known) || "repertoire_id" %in% own
    columns <- if (all) repertoire_columns(table) else own
    ids <- lapply(stats::setNames(nm = columns), id_or_blank, table = table)
    told <- vapply(ids, function(x) {
        is.null(known) || any(x %in% known & nzchar(x))
    }, NA)
    ids <- ids[told | columns == "repertoire_id"]
    if (length(ids)) fill_text(ids)$values
}

# A table with the blanks of `repertoire_id` filled, NA where no column tells.
with_repertoires <- function(table) {
    if (!"repertoire_id" %in% names(table)) return(table)
    blank <- is_blank(id_or_blank(table, "repertoire_id"))
    if (!any(blank)) return(table)
    ids <- repertoires_of(table)
    table$repertoire_id <- replace(ids, !nzchar(ids), NA)
    table
}

# The same of cells by themselves, list(values, from): `repertoire_id` or, where
# a barcode is there in several, the column that says so; `from` names the
# columns that have told something.
repertoires_of_cells <- function(cells, barcode) {
    columns <- repertoire_columns(cells)
    ids <- lapply(stats::setNames(nm = columns), id_or_blank, table = cells)
    if (!"repertoire_id" %in% columns) {
        there <- which(!is.na(barcode) & nzchar(barcode))
        apart <- vapply(ids, function(x) {
            anyDuplicated(unique(data.frame(barcode, x)[there, ])$barcode) > 0L
        }, NA)
        ids <- ids[cumsum(apart) > 0L]
    }
    if (!length(ids)) return(NULL)
    filled <- fill_text(ids)
    list(values = filled$values,
        from = names(ids)[c(TRUE, filled$from[-1L] > 0)])
}

id_or_blank <- function(table, column) {
    x <- id_text(plain_column(table, column))
    replace(x, is.na(x), "")
}

# Whether barcodes say of themselves which repertoire they are of: by what
# stands around the nucleotides or the number, "s1_" or "-2", which then is of
# one only.
tell_repertoire <- function(barcode, repertoire) {
    frame <- sub("[ACGTN]{4,}|[0-9]{3,}", "", barcode)
    told <- unique(data.frame(frame, repertoire))
    !anyDuplicated(told$frame)
}

# list(at, unknown, others): the row of `table` of each cell, by repertoire and
# barcode; which cells are not in the table, and which of the table are no
# cells.
match_barcodes <- function(cells, table, name) {
    keys <- cell_keys(cells, table, name)
    known <- unique(keys$table[!is.na(keys$table)])
    refuse_twice(keys, name)
    at <- match(keys$cells, keys$table)
    asked <- unique(keys$cells)
    plain <- function(x) sub("\r", " ", x, fixed = TRUE)
    if (nrow(cells) && length(known) && all(is.na(at))) {
        raise_error("cells", paste0(
            "the barcodes of `", name, "` (such as ",
            given(plain(known[1L])), ") must be those of `object` (such as ",
            given(plain(asked[1L])), "); none is"
        ))
    }
    list(at = at, name = name, asked = length(asked), known = length(known),
        unknown = plain(setdiff(asked, known)),
        others = plain(setdiff(known, asked)))
}

# The text that both are matched by, list(cells, table).
cell_keys <- function(cells, table, name) {
    barcode <- list(cells = barcodes_of(cells), table = barcodes_of(table))
    if (is.null(barcode$cells)) {
        bad_argument("`object` must have the barcodes of its cells: a column ",
            "`cell_id` or `barcode`, or names of its columns")
    }
    of_table <- repertoires_of(table)
    of_cells <- repertoires_of(cells, unique(of_table))
    several <- function(x) length(unique(x[nzchar(x)])) > 1L
    if (!is.null(of_table) && !is.null(of_cells)) {
        return(keys_within(list(cells = of_cells, table = of_table), barcode))
    }
    # One of them does not say: the barcodes must.
    for (side in c("cells", "table")) {
        own <- if (side == "table") of_table
            else repertoires_of_cells(cells, barcode$cells)$values
        if (is.null(own) || !several(own) ||
            tell_repertoire(barcode[[side]], own)) next
        what <- c(cells = "object", table = name)
        raise_error("cells", paste0(
            "cells must be found by repertoire and barcode: those of `",
            what[[side]], "` are of ", length(unique(own[nzchar(own)])),
            " repertoires (", name_some(unique(own[nzchar(own)]), 3L),
            "), but `", what[[setdiff(names(what), side)]],
            "` has no `repertoire_id` to say which its cells are from"
        ))
    }
    barcode
}

# Keys of barcodes whose repertoires both sides tell. Where none is the same,
# one side may tell them a second time, by its barcodes.
keys_within <- function(repertoire, barcode) {
    keys <- function(barcode) {
        Map(paste, repertoire, barcode, sep = "\r")
    }
    plain <- keys(barcode)
    if (any(plain$cells %in% plain$table)) return(plain)
    keys(Map(bare_barcodes, barcode, repertoire))
}

# "s1_AAAC-1" of repertoire s1 without "s1_", and "AAAC-1_2" without "_2", which
# merged objects have, where all cells of a repertoire have the same.
bare_barcodes <- function(barcode, repertoire) {
    named <- nzchar(repertoire) & !is.na(barcode) &
        startsWith(barcode, paste0(repertoire, "_"))
    barcode[named] <- substring(barcode, nchar(repertoire) + 2L)[named]
    end <- regexpr("_[0-9]+$", barcode)
    end <- ifelse(is.na(end) | end < 0L, "", substring(barcode, end))
    if (anyDuplicated(unique(data.frame(repertoire, end))$repertoire)) {
        return(barcode)
    }
    substr(barcode, 1L, nchar(barcode) - nchar(end))
}

refuse_twice <- function(keys, name) {
    known <- keys$table[!is.na(keys$table)]
    twice <- unique(known[duplicated(known) & known %in% keys$cells])
    if (!length(twice)) return(invisible())
    raise_error("cells", paste0(
        "each barcode of `", name, "` must be one cell; ",
        name_some(sub("\r", " ", twice)),
        if (length(twice) == 1L) " is" else " are", " there more than ",
        "once. Barcodes of several samples need a `repertoire_id` in ",
        "both, or the sample in front, as scRepertoire has it"
    ))
}

# "; of 500 barcodes of `object` 2 are not in `contigs`, such as ...".
tell_barcodes <- function(match) {
    if (is.null(match)) return(NULL)
    part <- function(here, there, n, missing) {
        if (!length(missing)) return(NULL)
        paste0(" Of ", count_words(n, "barcode", "barcodes"), " of `", here,
            "` ", shown_number(length(missing)),
            if (length(missing) == 1L) " is" else " are", " not in `", there,
            "`, such as ", given(missing[1L]), ".")
    }
    paste0(part("object", match$name, match$asked, match$unknown),
        part(match$name, "object", match$known, match$others))
}
