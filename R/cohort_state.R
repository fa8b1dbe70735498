# What a cohort's directory remembers besides the store, in its folder cohort/:
#
#   arguments.tsv  the arguments that clusters depend on
#   files.tsv      the files that are in the store, a row for each
#   clusters.txt   the RepertoireClusters of the last finished run
#   staged-*.txt   what a worker has read of a file that is not in the store yet
#   drawn-*/       what workers have drawn of files for training
#   made           there where the directory itself was made for it
#   lock           held by the call that is at work
#
# All are text that ends with its check (base_files.R, base_data.R): what
# others may put there can be wrong, but never runs. clustcr 0.2.0 kept objects
# of R there (*.rds), which are not read.

check_cohort_folder <- function(directory) {
    if (dir.exists(cohort_path(directory, ""))) return(invisible())
    raise_error("gone", paste0("the folder '", directory, "' was removed ",
        "while it was worked in"))
}

# The table `inside` under way: the text of it too, so that a file more costs a
# line, and not the making of all of them.
begin_record <- function(inside) {
    list(table = inside, rows = list(), ids = inside$repertoire_id,
        text = checked_text(inside))
}

# The record with a row more, or another in its place.
remember_file <- function(directory, record, row) {
    row <- row[names(no_files_in)]
    if (row$repertoire_id %in% record$ids ||
        any(record$table$store != row$store)) {
        inside <- files_of_record(record)
        record <- begin_record(inside[inside$store == row$store &
            inside$repertoire_id != row$repertoire_id, ])
    }
    n <- length(record$rows) + 1L
    record$rows[[n]] <- row
    record$ids[nrow(record$table) + n] <- row$repertoire_id
    record$text <- paste0(record$text, rows_of_text(row))
    write_checked_text(record$text, cohort_path(directory, "files.tsv"))
    record
}

files_of_record <- function(record) {
    rows <- as.data.frame(data.table::rbindlist(record$rows))
    rbind(record$table, if (nrow(rows)) rows)
}

# Refuses arguments that differ from those of the call before.
check_arguments <- function(directory, arguments) {
    path <- cohort_path(directory, "arguments.tsv")
    now <- vapply(arguments, deparse1, "", control = c("keepNA", "digits17"))
    before <- read_checked(path)
    if (is.null(before)) {
        return(write_checked(
            data.frame(name = names(now), value = unname(now)), path
        ))
    }
    was <- stats::setNames(before$value, before$name)
    later <- vapply(parameter_defaults(parameters_of(since = "0.3.0")),
        deparse1, "")
    now <- c(now, later[setdiff(names(later), names(now))])
    was <- c(was, later[setdiff(names(later), names(was))])
    if (!setequal(names(was), names(now))) {
        raise_error("newer_format", paste0(
            "'", directory, "' was written by another version of clustcr, ",
            "with other arguments"
        ))
    }
    changed <- names(now)[was[names(now)] != now]
    if (length(changed)) {
        name <- changed[1L]
        bad_argument("`", name, "` must be ", was[[name]],
            ", as it was when '", directory, "' was begun, not ",
            now[[name]], "; use another `directory` for new settings",
            if (is_open(name)) paste0(", or cluster the stored ",
                "receptors again: Clustering(directory = , ", name, " = )"))
    }
    invisible(path)
}

# The directory, with the folder of what it remembers besides the store; whether
# it was made.
make_cohort_folder <- function(directory) {
    if (file.exists(directory) && !dir.exists(directory)) {
        bad_argument("`directory` must be a folder, not the file '", directory,
            "'")
    }
    there <- dir.exists(directory)
    folder <- file.path(directory, "cohort")
    if (dir.exists(folder)) return(FALSE)
    if (there && cpp_store_exists(directory)) {
        raise_error("exists", paste0(
            "`directory` '", directory, "' holds a store that ",
            "`clusterRepertoires()` did not make; choose another directory"
        ))
    }
    # Another process may be about to make it, too.
    suppressWarnings(dir.create(folder, FALSE, TRUE))
    if (!dir.exists(folder)) {
        raise_error("io", paste0("`directory` '", directory,
            "' can't be made"))
    }
    # Made for this, it goes with what is in it.
    if (!there) {
        mark <- cohort_path(directory, "made")
        tryCatch(cpp_file_create(mark),
            clustcr_error = function(e) if (!file.exists(mark)) stop(e))
    }
    TRUE
}

# What is in the directory already, where nobody else is at work: list(
# clustering, names, inside, todo), the Clustering on its store (NULL where it
# must be trained before), the batches in that store, the files that are in
# (files_in_store()), and which rows of the sheet are to be read.
open_cohort <- function(plan) {
    directory <- plan$directory
    stored <- cpp_store_exists(directory)
    check_arguments(directory, plan$arguments)
    arguments <- plan$clustering
    known <- stored || arguments$method %in% c("mcl", "components")
    # The others are the store's own.
    if (stored) arguments <- arguments[vapply(names(arguments), is_open, NA)]
    clustering <- if (known) {
        do.call(Clustering, c(arguments, directory = directory))
    }
    inside <- files_in_store(directory, if (stored) clustering$state$store_id
        else "")
    list(
        clustering = clustering,
        names = if (stored) stored_batches(clustering)$repertoire_id
            else character(),
        inside = inside, todo = find_work(plan, inside)
    )
}

# Which rows of the sheet are to be read, for the first time or again.
find_work <- function(plan, inside) {
    sheet <- plan$sheet
    others <- setdiff(inside$repertoire_id, sheet$repertoire_id)
    if (length(others)) {
        raise_error("samples", paste0(
            "`files` must include all repertoires already in '", plan$directory,
            "'; ", name_some(others),
            if (length(others) == 1L) " is" else " are",
            " missing. Use ",
            "another `directory` to leave out repertoires, and `add = TRUE` ",
            "to name only those that are new"
        ))
    }
    # Of repertoires from before, `add` may have a folder.
    there <- file.exists(plan$paths) & !dir.exists(plan$paths)
    at <- match(sheet$repertoire_id, inside$repertoire_id)
    gone <- sheet$file[!there & !(plan$add & !is.na(at))]
    if (plan$on_error == "stop" && length(gone)) {
        raise_error("io", paste0("there ",
            if (length(gone) == 1L) "is no file " else "are no files ",
            name_some(gone)))
    }
    changed <- vapply(seq_along(at), function(i) {
        !is.na(at[i]) && there[i] && !identical(file_check(plan$paths[i]),
            as.list(inside[at[i], c("size", "check")]))
    }, NA)
    if (any(changed) && plan$changed == "stop") {
        raise_error("changed", paste0(
            "files must not change after they are read; ",
            name_some(sheet$file[changed]),
            if (sum(changed) == 1L) " is" else " are",
            " changed. `changed = \"replace\"` reads such files again"
        ))
    }
    which(is.na(at) | changed)
}

# The sheet with the repertoires before it that are in the directory already.
with_earlier <- function(sheet, directory) {
    if (is.null(directory)) {
        bad_argument("`directory` must be given with `add = TRUE`: that of ",
            "the repertoires that others are added to")
    }
    directory <- absolute_path(directory, "directory")
    inside <- read_checked(cohort_path(directory, "files.tsv"))
    if (is.null(inside)) return(sheet)
    before <- inside[c("repertoire_id", "file")]
    refuse_again(sheet, before)
    clusters <- read_clusters_object(directory)
    if (!is.null(clusters)) {
        at <- match(before$repertoire_id, clusters@samples$repertoire_id)
        before <- cbind(before, clusters@samples[at, setdiff(
            names(clusters@samples), names(before)), drop = FALSE])
    }
    before <- before[!before$repertoire_id %in% sheet$repertoire_id, ]
    as.data.frame(data.table::rbindlist(list(before, sheet), fill = TRUE))
}

# A file that is there as one repertoire, and named as another.
refuse_again <- function(sheet, before) {
    alone <- before[!is_divided(before), ]
    again <- which(!sheet$repertoire_id %in% before$repertoire_id &
        sheet$file %in% alone$file)
    if (!length(again)) return(invisible())
    file <- sheet$file[again[1L]]
    raise_error("samples", paste0(
        "each of `files` must be new with `add = TRUE`, or have the name that ",
        "it has in `directory`; ", shown_file(file), " is there as ",
        given(alone$repertoire_id[match(file, alone$file)]), ", and named ",
        given(sheet$repertoire_id[again[1L]])
    ))
}
