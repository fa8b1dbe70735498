# The one door for sample sheets: which of a sheet's columns has the samples'
# names, and which row is whose. Names are compared; without any, rows and
# samples are taken to be in the same order, which is told.

# What the column of names is usually called, best first; compared as by
# normal_name(), so that `Sample ID` and `sample.id` are among them.
id_names <- c(
    "repertoire_id", "sample_id", "sample", "sample_name", "repertoire",
    "repertoire_name", "repertoireid", "sampleid", "samplename"
)

# The usual columns that `names` has, best first; all spellings of each.
id_columns <- function(names) {
    usual <- match(normal_name(names), id_names)
    exact <- names %in% id_names
    names[order(usual, !exact, seq_along(names), na.last = NA)]
}

# `sheet` with its rows in the order of `samples`; `own` is the sheet that the
# object has already, in that order, and what comes where no other is given.
align_sheet <- function(sheet, samples, n, name, own = NULL) {
    if (is.null(sheet)) return(own)
    sheet <- as_sample_sheet(sheet, name)
    sheet[match_sheet(sheet, samples, n, name, own)$at, , drop = FALSE]
}

# A data.frame, or the file of one.
as_sample_sheet <- function(sheet, name) {
    sheet <- plain_frame(sheet)
    if (is.character(sheet) && length(sheet) == 1L && !is.na(sheet)) {
        return(read_sheet(sheet, name))
    }
    if (!is.data.frame(sheet)) {
        bad_argument("`", name, "` must be a data.frame with a row for each ",
            "sample, or the path of such a table, not ", given(sheet))
    }
    refuse_twin_columns(sheet, name)
    sheet
}

# list(at, by): of each sample its row, and the column that has the names; by
# is NULL where they are row names or none.
match_sheet <- function(sheet, samples, n, name, own = NULL) {
    candidates <- sheet_names(sheet, own)
    # Of numbers as row names only those that are the samples' are not R's own.
    if (!length(candidates) && !is.null(samples) &&
        .row_names_info(sheet) > 0L && same_names(rownames(sheet), samples)) {
        candidates <- list("its row names" = rownames(sheet))
    }
    if (is.null(samples) || !length(candidates)) {
        found <- if (length(samples)) unusual_names(sheet, samples, name)
        if (!is.null(found)) return(found)
        check_entries(nrow(sheet), n, name)
        refuse_other_order(sheet, samples, own, name)
        tell_by_place(samples, length(candidates) > 0L, name, "rows")
        return(list(at = seq_len(n)))
    }
    fits <- vapply(candidates, same_names, NA, samples)
    if (!any(fits)) {
        found <- unusual_names(sheet, samples, name)
        if (!is.null(found)) return(found)
        # Of several that do not fit the one that comes nearest.
        shared <- vapply(candidates, function(ids) sum(samples %in% ids), 0L)
        best <- which.max(shared)
        match_ids(candidates[[best]], samples, name,
            names(candidates)[best])
    }
    at <- lapply(candidates[fits], function(ids) match(samples, ids))
    refuse_two_orders(at, name)
    by <- names(at)[1L]
    list(at = at[[1L]], by = if (by %in% names(sheet)) by)
}

# All that may be the samples' names: list(<column> = text).
sheet_names <- function(sheet, own = NULL) {
    columns <- id_columns(names(sheet))
    found <- lapply(stats::setNames(nm = columns), function(column) {
        id_text(sheet[[column]])
    })
    # Row names that are numbers only are R's own.
    if (is.character(attr(sheet, "row.names"))) {
        found[["its row names"]] <- rownames(sheet)
    }
    at <- match(file_names, normal_name(names(sheet)))
    at <- at[!is.na(at)]
    if (!length(found) && length(at) && !is.null(own[["file"]])) {
        row <- match(basename(as.character(sheet[[at[1L]]])),
            basename(own$file))
        ids <- id_text(own[["repertoire_id"]])[row]
        if (length(ids) && !anyNA(ids)) found[[names(sheet)[at[1L]]]] <- ids
    }
    found
}

# The first usual column that can name samples: all there, each once.
names_in <- function(sheet) {
    Find(can_name, sheet_names(sheet))
}

can_name <- function(ids) {
    !anyNA(ids) && all(nzchar(ids)) && !anyDuplicated(ids)
}

# `sheet` with the names of its rows as `repertoire_id`, where it has any:
# those that are `samples`, else the first that can be names.
name_rows <- function(sheet, samples = NULL) {
    found <- sheet_names(sheet)
    if (!length(found)) return(sheet)
    fits <- vapply(found, function(ids) sum(samples %in% ids), 0L)
    # Row names may stand for anything.
    found <- found[fits > 0L | names(found) != "its row names"]
    if (!length(found)) return(sheet)
    fits <- fits[names(found)]
    able <- vapply(found, can_name, NA)
    by <- names(found)[order(-fits, !able)[1L]]
    if (by == "repertoire_id") return(sheet)
    if ("repertoire_id" %in% names(sheet)) {
        # AIRR's identifiers beside names, or the like.
        names(sheet)[names(sheet) == "repertoire_id"] <- "repertoire_id_given"
    }
    if (by %in% names(sheet)) {
        names(sheet)[match(by, names(sheet))] <- "repertoire_id"
        return(sheet)
    }
    cbind(data.frame(repertoire_id = found[[by]]), sheet)
}

# "row 3 (`sample_id` "s3", `group` "case")"
shown_row <- function(sheet, i) {
    row <- vapply(sheet, function(column) id_text(column[i]), "")
    there <- utils::head(which(!is.na(row) & nzchar(row)), 3L)
    paste0("row ", shown_number(i), if (length(there)) {
        paste0(" (", paste0("`", names(sheet)[there], "` ",
            vapply(row[there], given, ""), collapse = ", "), ")")
    })
}

# The names of samples that `sample_counts` has by number: the rows of the
# sheet.
numbered_samples <- function(sheet, n, name) {
    if (is.null(sheet)) return(paste("sample", seq_len(n)))
    names <- names_in(sheet)
    if (is.null(names)) names <- paste("sample", seq_len(nrow(sheet)))
    inform("by_place", "The samples of `x` are numbers, taken as rows of ",
        "`", name, "` (1 is ", given(names[1L]), ").")
    names
}

# A column with an unusual name that has the names of all samples. Numbers
# from 1 that do not ascend may be ranks.
unusual_names <- function(sheet, samples, name) {
    ranks <- setequal(samples, seq_along(samples))
    for (column in names(sheet)) {
        x <- sheet[[column]]
        numbers <- is.numeric(x) && (!ranks || !is.unsorted(x, na.rm = TRUE))
        if (!is.character(x) && !is.factor(x) && !numbers) next
        ids <- id_text(x)
        if (!same_names(ids, samples)) next
        inform("sheet", "The rows of `", name, "` are matched by `", column,
            "`, which has the samples' names.")
        return(list(at = match(samples, ids), by = column))
    }
    NULL
}

same_names <- function(ids, samples) {
    length(ids) == length(samples) && !anyDuplicated(ids) &&
        setequal(ids, samples)
}

# The places of the `samples` in `ids`; an error that shows both sides where
# they are not the same.
match_ids <- function(ids, samples, name, by = NULL) {
    twice <- unique(c(ids[duplicated(ids)], samples[duplicated(samples)]))
    both <- paste0(
        "; `", name, "` has ", name_some(unique(ids), 3L),
        if (!is.null(by)) {
            paste0(" (", if (by == "its row names") by
                else paste0("`", by, "`"), ")")
        },
        ", `x` has ", name_some(samples, 3L)
    )
    refuse_samples(twice, "is there more than once", "are there more than once",
        name, both)
    refuse_samples(setdiff(ids, samples), "is not in `x`", "are not in `x`",
        name, both)
    refuse_samples(setdiff(samples, ids),
        paste0("of `x` is not in `", name, "`"),
        paste0("of `x` are not in `", name, "`"), name, both)
    match(samples, ids)
}

refuse_samples <- function(which, is, are, name, both) {
    if (length(which) == 0L) return(invisible())
    raise_error("samples", paste0(
        "the samples of `", name, "` and of `x` must be the same: ",
        name_some(which), " ", if (length(which) == 1L) is else are, both
    ))
}

check_entries <- function(length, n, name) {
    if (length == n) return(invisible())
    raise_error("samples", paste0(
        "`", name, "` must have an entry for each of the ", n,
        " samples of `x`, not ", length
    ))
}

# Two columns may both have the samples' names, and mean different rows.
refuse_two_orders <- function(at, name) {
    other <- !vapply(at, identical, NA, at[[1L]])
    if (!any(other)) return(invisible())
    raise_error("samples", paste0(
        "`", name, "` must name the sample of each row in one way: `",
        names(at)[1L], "` and `", names(at)[which(other)[1L]],
        "` have them in different orders; leave one out"
    ))
}

# Without names: what the object's own sheet says must be said again.
refuse_other_order <- function(sheet, samples, own, name) {
    for (column in intersect(names(sheet), names(own))) {
        new <- id_text(sheet[[column]])
        old <- id_text(own[[column]])
        differs <- which(is.na(new) != is.na(old) | (!is.na(new) &
            !is.na(old) & new != old))
        if (!length(differs)) next
        i <- differs[1L]
        raise_error("samples", paste0(
            "`", name, "` has no names of samples, and its rows are not those ",
            "of the sheet that `x` has: `", column, "` of row ", i, " is ",
            given(new[i]), ", and of the sample ",
            given(if (is.null(samples)) i else samples[i]), " ",
            given(old[i]), ". Give `", name, "` a column `repertoire_id`"
        ))
    }
}

# Of what has no names where the samples have some, or the other way round.
tell_by_place <- function(samples, named, name, what) {
    if (is.null(samples) && !named) return(invisible())
    if (is.null(samples)) {
        inform("by_place", "The samples of `x` have no names: the ", what,
            " of `", name, "` are taken in their order, whatever they are ",
            "called.")
    } else {
        inform("by_place", "`", name, "` has no names of samples: its ", what,
            " are taken in the order of the samples of `x` (",
            name_some(samples, 3L), "). ", if (what == "rows") {
                "A column `repertoire_id` says which is whose."
            } else {
                "Names say which is whose."
            })
    }
}

sheet_column <- function(sheet, column, name) {
    if (is.null(sheet)) {
        bad_argument(
            "`", name, "` must be a vector with a value for each sample; a ",
            "name (", given(column), ") needs a sample sheet (`samples`, ",
            "or the colData of a SummarizedExperiment)"
        )
    }
    if (!column %in% names(sheet)) {
        bad_argument(
            "`", name, "` must be a column of the sample sheet (",
            paste0("`", names(sheet), "`", collapse = ", "), "), not ",
            given(column)
        )
    }
    sheet[[column]]
}

file_names <- c("file", "file_name", "filename", "file_path", "path")

read_sheet <- function(file, name, samples = NULL) {
    source <- open_source(file)
    on.exit(close_source(source))
    sheet <- sheet_table(file, source$path)
    # Text first, for a name such as 007 is no number.
    ids <- normal_name(names(sheet)) %in% c(id_names, file_names)
    sheet[!ids] <- lapply(sheet[!ids], typed_column)
    as_sheet(sheet, dirname(file), name, samples)
}

# Numbers and TRUE/FALSE; F and T are the sex of somebody, or anything.
typed_column <- function(text) {
    typed <- utils::type.convert(text, as.is = TRUE, dec = ".")
    if (is.logical(typed) && any(text %in% c("F", "T"))) text else typed
}

# With our names of columns, and files as absolute paths; `samples` are names
# that the rows may have.
as_sheet <- function(sheet, folder, name, samples = NULL) {
    sheet <- as.data.frame(sheet)
    refuse_twin_columns(sheet, name)
    rename <- function(to, known) {
        if (to %in% names(sheet)) return()
        at <- match(known, normal_name(names(sheet)))
        at <- at[!is.na(at)]
        if (length(at)) names(sheet)[at[1L]] <<- to
    }
    rename("file", file_names)
    sheet <- name_rows(sheet, samples)
    if (!nrow(sheet)) bad_argument("`", name, "` must have rows")
    for (column in intersect(c("file", "repertoire_id"), names(sheet))) {
        x <- id_text(sheet[[column]])
        lacks <- which(is.na(x) | !nzchar(x))
        if (length(lacks)) {
            bad_argument("`", column, "` of `", name, "` must be there in ",
                "each row; it is not in ", shown_row(sheet, lacks[1L]),
                if (length(lacks) > 1L) paste0(" and ",
                    shown_number(length(lacks) - 1), " more"))
        }
        sheet[[column]] <- x
    }
    if (!is.null(sheet$file)) {
        path <- path.expand(local_files(sheet$file))
        own <- !startsWith(path, "/")
        path[own] <- file.path(folder, path[own])
        sheet$file <- path
    }
    sheet
}
