# Typed conditions. Every error of the package has the class "clustcr_error"
# and, in front of it, one that says which kind it is, so that a script can
# tell a full disk ("clustcr_error_disk_full") from a wrong argument.

raise_error <- function(kind, message) stop(new_error(kind, message))

new_error <- function(kind, message) {
    structure(
        class = c(
            paste0("clustcr_error_", kind), "clustcr_error", "error",
            "condition"
        ),
        c(list(message = message, call = user_call()),
            named_in(kind, message))
    )
}

# The call of ours that the user made: whoever reads "Error in clusterSummary(x)"
# knows where to look.
user_call <- function() {
    own <- topenv()
    for (i in seq_len(sys.nframe())) {
        home <- environment(sys.function(i))
        if (is.null(home) || !identical(topenv(home), own)) next
        call <- sys.call(i)
        # do.call() puts whole tables into a call.
        plain <- vapply(as.list(call)[-1L], function(x) {
            is.language(x) || (is.atomic(x) && length(x) <= 1L)
        }, NA)
        if (all(plain)) return(call)
        return(if (is.language(call[[1L]])) as.call(list(call[[1L]])))
    }
    NULL
}

# What messages name in one form, as fields: the argument in backticks, the file
# in quotes, the line.
named_in <- function(kind, message) {
    first <- function(pattern) {
        found <- regmatches(message, regexec(pattern, message, perl = TRUE))
        if (length(found[[1L]])) found[[1L]][[2L]]
    }
    line <- first("\\bline ([0-9]+)")
    Filter(Negate(is.null), list(
        argument = if (kind == "invalid_argument") first("^`([^`]+)`"),
        file = if (kind %in% c("format", "io", "damaged", "changed"))
            first("(?:^|[ (])'([^']+)'"),
        line = if (!is.null(line)) as.numeric(line)
    ))
}

bad_argument <- function(...) raise_error("invalid_argument", paste0(...))

# A note to the user that is not an error; suppressMessages() silences it.
# `.fields` goes with it, for those who look at the condition.
inform <- function(kind, ..., .fields = NULL) {
    message(structure(
        class = c(
            paste0("clustcr_message_", kind), "clustcr_message", "message",
            "condition"
        ),
        c(list(message = paste0(..., "\n"), call = NULL),
            .fields)
    ))
}

#' Errors, warnings and messages
#'
#' Every error of the package has the class `clustcr_error` and before it one
#' that names its kind, every message `clustcr_message` and a kind, so that a
#' script can tell a full disk from a wrong argument. An error's text says what
#' is wrong, what must hold, and which argument or file it is about.
#'
#' @section Errors of arguments and data:
#' \describe{
#' \item{`clustcr_error_invalid_argument`}{An argument is not what it must be.}
#' \item{`clustcr_error_invalid_sequence`}{A sequence can't be clustered, where
#'     none may be left out (`invalid = "error"`, [neighborGraph()],
#'     [encodeCdr3()]).}
#' \item{`clustcr_error_format`}{A file can't be read as a table of receptors;
#'     the text names file and line.}
#' \item{`clustcr_error_missing_package`}{A suggested package is needed.}
#' \item{`clustcr_error_samples`, `_phenotype`, `_covariates`, `_labels`,
#'     `_clusters`, `_too_few_samples`}{What is given beside a matrix or a
#'     clustering does not fit it: other samples, not two levels, columns that
#'     are constant or follow from others, no label, rows without a cluster,
#'     clusters of another clustering or none to draw, or too few samples for a
#'     test.}
#' \item{`clustcr_error_cells`}{Barcodes of receptors are not those of the
#'     cells, or stand for several; contigs of several runs were bound without
#'     a `repertoire_id`.}
#' }
#'
#' @section Errors of a store:
#' \describe{
#' \item{`clustcr_error_no_batches`}{There is nothing to cluster yet.}
#' \item{`clustcr_error_duplicate_batch`}{A batch of this name is there already,
#'     and neither `append` nor `replace` was asked for.}
#' \item{`clustcr_error_clustering_begun`}{Not possible while a clustering is
#'     under way; `batch_rewind()` ends it.}
#' \item{`clustcr_error_not_finished`}{A clustering must have ended first.}
#' \item{`clustcr_error_exists`}{The `directory` holds a store already.}
#' \item{`clustcr_error_no_files`, `clustcr_error_changed`}{None of the files
#'     could be read; one is not what it was when it was read.}
#' \item{`clustcr_error_locked`}{Another process or object is at work, and did
#'     not end within `wait` seconds.}
#' \item{`clustcr_error_gone`}{The store, its folder, or the clustering under
#'     way, was removed or made anew since this object opened it.}
#' \item{`clustcr_error_missing`}{A file of the store is missing.}
#' \item{`clustcr_error_damaged`}{A file is not as it was written: cut short,
#'     changed, or another one.}
#' \item{`clustcr_error_foreign`}{A file of this name is none of clustcr's: a
#'     symbolic link, which is not followed for writing, a pipe, or a lock that
#'     says something else.}
#' \item{`clustcr_error_older_format`, `clustcr_error_newer_format`}{The store
#'     is of a version of clustcr whose stores this one can't read.}
#' }
#'
#' @section Errors of the machine:
#' \describe{
#' \item{`clustcr_error_disk_full`}{No room, or no quota, is left on the disk.}
#' \item{`clustcr_error_io`}{The system refused to open, read or write a file;
#'     the text says why.}
#' \item{`clustcr_error_worker`}{A worker of `BPPARAM` can't see a directory or
#'     file, has another version of clustcr, or ended, as did those that took
#'     its place.}
#' \item{`clustcr_error_memory`}{The memory is not enough.}
#' \item{`clustcr_error_too_many`}{More clusters than R's integers hold.}
#' \item{`clustcr_error_internal`}{A mistake of the package: please report it.}
#' }
#'
#' @section Messages:
#' Silenced by `suppressMessages()`, or all of them and no others by
#' `suppressMessages(..., classes = "clustcr_message")`.
#' \describe{
#' \item{`clustcr_message_read`}{What a file was read as, and the rows left out
#'     by reason; before it, where a file has no rows or half of them or all
#'     were left out, that, and what may help.}
#' \item{`clustcr_message_pairs`}{What became of the cells of [pairChains()].}
#' \item{`clustcr_message_cells`}{How many cells [annotateCells()] found in
#'     clusters.}
#' \item{`clustcr_message_chain`}{Which chain is clustered, where `chain` was
#'     not given.}
#' \item{`clustcr_message_skipped`}{Sequences that can't be clustered, by
#'     reason.}
#' \item{`clustcr_message_left_out`}{Rows that an analysis can't use; of
#'     [clusterRepertoires()], which repertoires have none, and that half of the
#'     rows or all were left out; and what is called like a table in a folder
#'     but is none.}
#' \item{`clustcr_message_clusters`}{Whether two tables are of the same clusters
#'     can't be told, or by what they are compared.}
#' \item{`clustcr_message_resumed`}{Where a resumed clustering goes on, or why
#'     it begins again.}
#' \item{`clustcr_message_fields`}{Fields of a table that is written that had to
#'     change, or that a spreadsheet takes for formulas.}
#' \item{`clustcr_message_genes`}{Genes that count are named in one of two
#'     tables only, or in some rows of it.}
#' \item{`clustcr_message_anchors`}{CDR3s have their conserved ends in one of
#'     two tables only.}
#' \item{`clustcr_message_stage`, `clustcr_message_sheet`}{How far
#'     [clusterRepertoires()] is, and which sample sheet, or which column of
#'     one, it has found; that [openClusters()] has found none of those that
#'     were clustered.}
#' \item{`clustcr_message_by_place`}{A sheet, phenotype or covariate without
#'     names of samples was taken in their order.}
#' \item{`clustcr_message_case`}{The levels of a factor say another case than
#'     their names.}
#' \item{`clustcr_message_workers`}{What became of workers that ended, and what
#'     memory they have.}
#' \item{`clustcr_message_training_size`}{How many training sequences Faiss
#'     uses.}
#' }
#'
#' @section Warnings:
#' An object warns once, with an ordinary warning, when `max_sequence_size`
#' leaves out more than 0.5 % of a batch, and when more than five times
#' `fitting_data_size` sequences have come.
#'
#' An error of a worker has the class it would have without workers, and is also
#' a `bplist_error`: its attribute `"result"` is what `BPREDO` takes.
#'
#' Ctrl-C is an ordinary interrupt of R.
#'
#' @name clustcr_conditions
#' @aliases clustcr_error clustcr_message
#' @examples
#' tryCatch(
#'     Clustering(method = "mcl", distance = "euclid"),
#'     clustcr_error_invalid_argument = function(e) conditionMessage(e)
#' )
NULL
