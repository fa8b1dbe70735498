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
    plain <- function(x) sub("\r", " ", sub("^\r", "", x), fixed = TRUE)
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
        return(keys_within(list(cells = of_cells, table = of_table), barcode,
            name))
    }
    # One of them does not say: the barcodes must.
    own <- list(cells = repertoires_of_cells(cells, barcode$cells)$values,
        table = of_table)
    told <- told_by_barcodes(own, barcode)
    if (!is.null(told)) return(keys_within(told, barcode, name))
    for (side in c("cells", "table")) {
        ids <- own[[side]]
        if (is.null(ids) || !several(ids) ||
            tell_repertoire(barcode[[side]], ids)) next
        refuse_other_names(cells, of_table, name)
        what <- c(cells = "object", table = name)
        raise_error("cells", paste0(
            "cells must be found by repertoire and barcode: those of `",
            what[[side]], "` are of ", length(unique(ids[nzchar(ids)])),
            " repertoires (", name_some(unique(ids[nzchar(ids)]), 3L),
            "), but `", what[[setdiff(names(what), side)]],
            "` has no `repertoire_id` to say which its cells are from"
        ))
    }
    barcode
}

# Where both have repertoires, but none of one name.
refuse_other_names <- function(cells, of_table, name) {
    known <- unique(of_table[nzchar(of_table)])
    for (column in repertoire_columns(cells)) {
        own <- unique(id_or_blank(cells, column))
        own <- own[!is_blank(own)]
        if (!length(own) || !length(known)) next
        raise_error("cells", paste0(
            "the repertoires of `object` must have the names that they have ",
            "in `", name, "`: `", column, "` of `object` has ",
            name_some(own, 3L), ", and `", name, "` is of ",
            name_some(known, 3L), "; none is in both. Capitals count"
        ))
    }
}

# The repertoires of both sides where one has them in a column, and the other
# in front of its barcodes ("s1_AAAC-1"); NULL where that is not so.
told_by_barcodes <- function(own, barcode) {
    for (side in c("cells", "table")) {
        ids <- own[[setdiff(names(own), side)]]
        if (is.null(ids) || !is.null(own[[side]])) next
        found <- repertoire_in_front(barcode[[side]], unique(ids))
        named <- nzchar(found)
        asked <- !is.na(barcode[[side]]) & nzchar(barcode[[side]])
        if (all(named[asked]) && any(named) ||
            any(named) && !any(barcode$cells %in% barcode$table)) {
            own[[side]] <- found
            return(own)
        }
    }
}

# Of "s1_2_AAAC-1" s1_2, not s1.
repertoire_in_front <- function(barcode, ids) {
    found <- character(length(barcode))
    for (id in ids[order(nchar(ids))]) {
        if (!nzchar(id)) next
        own <- !is.na(barcode) & startsWith(barcode, paste0(id, "_"))
        found[own] <- id
    }
    found
}

# Keys of barcodes whose repertoires both sides tell. Within a repertoire of
# which none is the same, one side may tell it a second time, by its barcodes.
keys_within <- function(repertoire, barcode, name) {
    keys <- function(barcode) {
        Map(paste, repertoire, barcode, sep = "\r")
    }
    shared <- setdiff(intersect(repertoire$cells, repertoire$table), "")
    lacking <- function(barcode) {
        now <- keys(barcode)
        setdiff(shared, repertoire$cells[now$cells %in% now$table])
    }
    left <- lacking(barcode)
    refuse_other_ends(repertoire, barcode, name, setdiff(shared, left),
        function(cells, table) {
            length(setdiff(cells, table)) && length(setdiff(table, cells))
        })
    bare <- barcode
    for (end in c("_[0-9]+$", "-[0-9]+$")) {
        if (!length(left)) break
        bare <- Map(bare_barcodes, bare, repertoire, end = end)
        found <- setdiff(left, lacking(bare))
        left <- setdiff(left, found)
        barcode <- Map(function(barcode, bare, repertoire) {
            ifelse(repertoire %in% found, bare, barcode)
        }, barcode, bare, repertoire)
    }
    refuse_other_ends(repertoire, barcode, name, left,
        function(cells, table) length(cells) > 1L || length(table) > 1L)
    keys(barcode)
}

# "s1_AAAC-1" of repertoire s1 without "s1_", and "AAAC-1_2" without "_2", which
# merged objects have, or "AAAC-2" without the number of cellranger aggr, where
# all cells of a repertoire have the same.
bare_barcodes <- function(barcode, repertoire, end) {
    barcode <- without_front(barcode, repertoire)
    ends <- end_of_barcode(barcode, end)
    several <- unique(data.frame(repertoire, ends)[!is.na(barcode), ])
    several <- unique(several$repertoire[duplicated(several$repertoire)])
    own <- !repertoire %in% several
    barcode[own] <- substr(barcode, 1L, nchar(barcode) - nchar(ends))[own]
    barcode
}

without_front <- function(barcode, repertoire) {
    named <- nzchar(repertoire) & !is.na(barcode) &
        startsWith(barcode, paste0(repertoire, "_"))
    barcode[named] <- substring(barcode, nchar(repertoire) + 2L)[named]
    barcode
}

# What matches `end` behind nucleotides or, "_2" only, behind a number; else "".
end_of_barcode <- function(barcode, end) {
    at <- regexpr(end, barcode)
    ends <- ifelse(is.na(at) | at < 0L, "", substring(barcode, at))
    front <- substr(barcode, 1L, nchar(barcode) - nchar(ends))
    before <- if (startsWith(end, "-")) "[ACGTN]{3}$"
        else "([ACGTN]{3}(-[0-9]+)?|[0-9]{3})$"
    ifelse(grepl(before, front), ends, "")
}

# Repertoires `of` whose cells would be the same but for the numbers at their
# ends, and these don't tell which are: `wrong(cells, table)` of the numbers on
# both sides.
refuse_other_ends <- function(repertoire, barcode, name, of, wrong) {
    number <- "(-[0-9]+)?(_[0-9]+)?$"
    for (id in of) {
        own <- Map(function(barcode, repertoire) {
            x <- barcode[repertoire %in% id & !is.na(barcode)]
            without_front(unique(x), id)
        }, barcode, repertoire)
        ends <- lapply(own, function(x) {
            x <- x[grepl("[ACGTN]{3}(-[0-9]+)?(_[0-9]+)?$", x)]
            unique(substring(x, regexpr(number, x)))
        })
        bare <- lapply(own, sub, pattern = number, replacement = "")
        if (!any(bare$cells %in% bare$table) ||
            !wrong(ends$cells, ends$table)) next
        raise_error("cells", paste0(
            "the barcodes of `", name, "` must be those of `object` within ",
            "each repertoire; of ", given(id), " none is sure: they end in ",
            name_some(ends$table, 3L), " in `", name, "`, and in ",
            name_some(ends$cells, 3L), " in `object`. Give the cells of a run ",
            "the same end in both"
        ))
    }
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
