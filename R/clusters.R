#' Clusters of a cohort, kept on disk
#'
#' What [clusterRepertoires()] returns: a small object of the S4 class
#' `RepertoireClusters` that stands for the clusters of a finished run. The
#' clusters themselves stay in files, and are read when they are asked for. The
#' object never changes, can be saved with `saveRDS()`, and is opened again by
#' `openClusters()`, in another session too. `Clustering$fit()` returns the same
#' in memory, a [ClusteringResult], for which all of this is true but for the
#' files.
#'
#' @section Columns:
#' The data.frames have a row for each distinct receptor that is in a cluster,
#' ordered by `cluster`:
#' \describe{
#' \item{`junction_aa`}{The CDR3, amino acids; with `chain = "AB"`
#'     `junction_aa_alpha` and `junction_aa_beta`.}
#' \item{`v_call`, `j_call`}{Where receptors of different genes are different:
#'     the gene at the level asked for by `v_gene` and `j_gene`, `""` where
#'     there was none.}
#' \item{`cluster`}{The number of the cluster, from 1.}
#' \item{`precluster`}{The precluster that the receptor is kept in, from 1.}
#' \item{`duplicate_count`}{Sum of its counts over all repertoires.}
#' \item{`samples`}{In how many repertoires it was found.}
#' \item{`sample_counts`}{`"1:3,4:1"`: a count of three in the first of
#'     `samples(x)`, and of one in the fourth.}
#' \item{`cluster_id`}{16 characters that depend on the members of the cluster
#'     alone, so that equal clusters of different runs have equal ones.}
#' }
#'
#' @param x,object A `RepertoireClusters`.
#' @param directory The directory that [clusterRepertoires()] (or a
#'     [Clustering]) was given.
#' @param columns Columns besides those that are always there: among
#'     `"duplicate_count"`, `"samples"`, `"sample_counts"` and `"cluster_id"`.
#'     `NULL`: none, or those that `fit()` was asked for.
#' @param i,cluster Numbers of clusters, from 1 to `length(x)`.
#' @param j,drop Not used.
#' @param n How many clusters; a negative `n` all but so many.
#' @param FUN A function that is called with each data.frame.
#' @param row.names,optional As in the generic; `optional` has no effect.
#' @param ... Further arguments of `FUN`; else nothing.
#' @return `openClusters()` gives a `RepertoireClusters`; `length(x)` the number
#'     of clusters; `x[i]` and `head(x)` a data.frame of the receptors of these
#'     clusters (of the first 6), in the order of `i`; `as.data.frame(x)` one of
#'     all. `members()` gives the receptors of one cluster by repertoire: a row
#'     for each repertoire that has one, with `repertoire_id` and
#'     `duplicate_count`. `eachUnit()` calls `FUN` with a part of the table
#'     after the other, whole clusters each, so that memory does not grow with
#'     it, and returns `x` invisibly. `parameters()` gives a list, `samples()`
#'     the sample sheet (its rows in the order that `sample_counts` counts by),
#'     `audit()` the data.frame that [Clustering] describes (a row for each
#'     repertoire; edges are counted by `Clustering(directory = )$edges()`).
#'     `summary()` gives a list of class `summary.RepertoireClusters`, with the
#'     `method`, the numbers of distinct receptors (`sequences`), of those
#'     `clustered` and of `clusters`, and `sizes`, a data.frame of sizes of
#'     clusters (`size`) and how many have each (`clusters`), and the
#'     [clusterSummary()] of the five `largest`.
#' @section What a directory holds:
#' Data only: nothing in it runs when it is opened. Where the record of the last
#' call is missing, or is that of clustcr 0.2.0 (an object of R, which is not
#' read), `openClusters()` says so: the clusters are all there, and `samples()`
#' has the files only until `clusterRepertoires()` is called again.
#' @section Errors:
#' `clustcr_error_gone` where the directory, its store or the run is not there
#' any more, or was made anew; `clustcr_error_not_finished` where a directory
#' has no finished run.
#' @seealso [clusterRepertoires()], [writeClusters()], [clusterSummary()] for
#'     clusters in words, [plotClusterSizes()] and the pictures it names.
#' @name RepertoireClusters
#' @aliases RepertoireClusters-class
#' @examples
#' folder <- system.file("extdata", "cohort", package = "clustcr")
#' directory <- tempfile()
#' x <- clusterRepertoires(folder, directory = directory)
#' x
#' length(x)
#' x[1:2]
#' members(x, 3)
#' summary(x)
#'
#' # A part after the other.
#' largest <- 0
#' eachUnit(x, function(clusters) {
#'     largest <<- max(largest, table(clusters$cluster))
#' })
#' largest
#' openClusters(directory)
NULL

# Calls FUN(table) for the units, or those in `which`.
walk_units <- function(x, FUN, columns = character(), which = NULL) {
    columns <- check_result_columns(columns)
    if (in_memory(x)) {
        if (nrow(x@table) && (is.null(which) || length(which))) {
            FUN(table_in_memory(x, columns))
        }
        return(invisible(x))
    }
    run <- open_kept(x)
    if (is.null(which)) which <- seq_len(nrow(x@units))
    first <- cumsum(c(1, x@units$clusters))
    for (unit in which) {
        # Empty ones need no reading.
        if (x@units$rows[unit] == 0) next
        found <- cpp_run_unit(run, unit, first[unit], columns, 1L)
        table <- as.data.frame(found$columns)
        if (is_paired(x@parameters$chain)) {
            table <- split_pairs(table, x@parameters$chain)
        }
        FUN(table)
    }
    invisible(x)
}

# A table without rows, but with its columns.
empty_unit <- function(x, columns) {
    if (in_memory(x)) return(table_in_memory(x, columns)[0L, , drop = FALSE])
    empty_table(x@parameters, columns)
}

empty_table <- function(parameters, columns) {
    chains <- column_ends(parameters$chain)
    text <- c("junction_aa", if (parameters$v_gene != "none") "v_call",
        if (parameters$j_gene != "none") "j_call")
    text <- as.vector(t(outer(text, chains, paste0)))
    columns <- intersect(result_columns, columns)
    kinds <- list(duplicate_count = numeric(), n_samples = integer(),
        samples = integer(),
        sample_counts = character(), cluster_id = character())
    as.data.frame(c(
        stats::setNames(rep(list(character()), length(text)), text),
        list(cluster = integer(), precluster = integer()), kinds[columns]
    ))
}

collect_units <- function(x, columns, which = NULL, keep = identity) {
    parts <- list()
    walk_units(x, function(table) {
        parts[[length(parts) + 1L]] <<- keep(table)
    }, columns, which)
    if (!length(parts)) return(empty_unit(x, columns))
    as.data.frame(data.table::rbindlist(parts))
}

check_clusters <- function(i, n, name = "i") {
    fine <- is.numeric(i) && !anyNA(i) && all(i == floor(i)) &&
        (all(i >= 1 & i <= n) || all(i <= -1 & i >= -n))
    if (!fine) {
        if (n == 0) bad_argument("`", name, "` must be numbers of clusters, ",
            "of which `x` has none, not ", given(i))
        bad_argument("`", name, "` must be numbers of clusters, from 1 to ",
            shown_number(n), ", not ",
            if (is.numeric(i) && length(i) <= 5L) deparse1(i) else given(i))
    }
    if (length(i) && i[1L] < 0) seq_len(n)[i] else i
}

clusters_by_number <- function(x, i, columns = character()) {
    i <- check_clusters(i, length(x))
    ends <- cumsum(x@units$clusters)
    units <- sort(unique(findInterval(i - 1, ends) + 1))
    found <- collect_units(x, columns, units, function(table) {
        table[table$cluster %in% i, ]
    })
    # In the order of `i`, one that is there twice twice.
    # By place: as text 100000 is "1e+05".
    asked <- unique(i)
    rows <- split(seq_len(nrow(found)), factor(match(found$cluster, asked),
        seq_along(asked)))
    found <- found[unlist(rows[match(i, asked)], use.names = FALSE), ]
    rownames(found) <- NULL
    found
}

#' @rdname RepertoireClusters
#' @export
setMethod("length", "RepertoireClusters", function(x) {
    n <- x@counts[["clusters"]]
    if (n <= .Machine$integer.max) as.integer(n) else n
})

#' @rdname RepertoireClusters
#' @export
setMethod("[", "RepertoireClusters", function(x, i, j, ..., drop = TRUE) {
    if (missing(i)) i <- seq_len(length(x))
    if (!missing(j) || ...length()) {
        bad_argument("`x` takes numbers of clusters and nothing else, as ",
            "in `x[1:3]`; take columns from the data.frame it gives")
    }
    clusters_by_number(x, i)
})

#' @rdname RepertoireClusters
#' @rawNamespace S3method(utils::head,RepertoireClusters)
head.RepertoireClusters <- function(x, n = 6L, ...) {
    n <- check_number(n, "n", whole = TRUE)
    last <- if (n < 0) max(0, length(x) + n) else min(n, length(x))
    clusters_by_number(x, seq_len(last))
}

#' @rdname RepertoireClusters
#' @export
as.data.frame.RepertoireClusters <- function(x, row.names = NULL,
                                             optional = FALSE, ...,
                                             columns = NULL) {
    more <- list(...)
    # What data.frame() itself hands on.
    refuse_arguments(more[!names(more) %in% c("stringsAsFactors", "nm")],
        "as.data.frame()", own = c("row.names", "optional", "columns"))
    if (is.null(columns)) columns <- if (in_memory(x)) x@columns
        else character()
    table <- collect_units(x, columns)
    if (!is.null(row.names)) rownames(table) <- row.names
    table
}

#' @rdname RepertoireClusters
#' @export
eachUnit <- function(x, FUN, ..., columns = character()) {
    check_clusters_object(x)
    FUN <- match.fun(FUN)
    walk_units(x, function(table) FUN(table, ...), columns)
}

check_clusters_object <- function(x) {
    if (!methods::is(x, "RepertoireClusters")) {
        bad_argument("`x` must be a RepertoireClusters, as of ",
            "clusterRepertoires() or fit(), not ", given(x))
    }
}

#' @rdname RepertoireClusters
#' @export
setGeneric("members", function(x, ...) standardGeneric("members"))

#' @rdname RepertoireClusters
#' @export
setMethod("members", "RepertoireClusters", function(x, cluster, ...) {
    refuse_arguments(list(...), "members()", own = c("x", "cluster"))
    if (length(x) == 0L) check_clusters(cluster, 0, "cluster")
    cluster <- check_number(cluster, "cluster", 1, length(x), whole = TRUE)
    rows <- clusters_by_number(x, cluster, "sample_counts")
    by_sample(rows, x@samples$repertoire_id)
})

# A row for each receptor and repertoire that has it, from `sample_counts`.
by_sample <- function(rows, repertoire_id) {
    at <- sample_numbers(rows$sample_counts)
    keep <- setdiff(names(rows), c("sample_counts", "precluster"))
    found <- rows[at$row, keep, drop = FALSE]
    found$repertoire_id <- repertoire_id[at$sample]
    found$duplicate_count <- at$count
    rownames(found) <- NULL
    found
}

# What `sample_counts` says: list(row, sample, count), numbers.
sample_numbers <- function(sample_counts) {
    parts <- strsplit(chartr(":", ",", as.character(sample_counts)), ",",
        fixed = TRUE)
    numbers <- as.numeric(unlist(parts))
    odd <- rep_len(c(TRUE, FALSE), length(numbers))
    list(row = rep(seq_along(parts), lengths(parts) / 2L),
        sample = numbers[odd], count = numbers[!odd])
}

#' @rdname RepertoireClusters
#' @export
setGeneric("parameters", function(x, ...) standardGeneric("parameters"))

#' @rdname RepertoireClusters
#' @export
setMethod("parameters", "RepertoireClusters", function(x, ...) x@parameters)

#' @rdname RepertoireClusters
#' @export
setGeneric("samples", function(x, ...) standardGeneric("samples"))

#' @rdname RepertoireClusters
#' @export
setMethod("samples", "RepertoireClusters", function(x, ...) x@samples)

#' @rdname RepertoireClusters
#' @export
setGeneric("audit", function(x, ...) standardGeneric("audit"))

#' @rdname RepertoireClusters
#' @export
setMethod("audit", "RepertoireClusters", function(x, ...) {
    refuse_arguments(list(...), "audit()")
    counts <- as.list(x@counts)
    counts[c("given", "without_v_call")] <- NULL
    counts$without_neighbor <- counts$receptors - counts$clustered
    if (x@parameters$singletons) {
        counts["clustered"] <- counts["without_neighbor"] <- list(NA_real_)
    }
    structure(x@audit, receptors = counts,
        class = c("clustcr_audit", "data.frame"))
})

# Other functions of the package take it as it is.
as_cluster_table.RepertoireClusters <- function(x, name = "clusters") {
    as_cluster_table(as.data.frame(x), name)
}
