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
#' @param x,object A `RepertoireClusters` or a [ClusteringResult]; of
#'     `eachUnit()` clusters as for [clusterSummary()].
#' @param directory The directory that [clusterRepertoires()] (or a
#'     [Clustering]) was given.
#' @param columns Columns besides those that are always there: among
#'     `"duplicate_count"`, `"samples"`, `"sample_counts"` and `"cluster_id"`.
#'     `NULL`: none, or those that `fit()` was asked for.
#' @param i,cluster Numbers of clusters of `x`; in `x[i]` also negative ones, or
#'     `TRUE` or `FALSE` for each; in `x[[i]]` also the name of an element.
#' @param name `"clusters"`, `"parameters"` or `"receptors"`; see
#'     [ClusteringResult].
#' @param j,drop Not used.
#' @param n How many clusters; a negative `n` all but so many.
#' @param FUN A function that is called with each data.frame.
#' @param row.names,optional As in the generic; `optional` has no effect.
#' @param ... Further arguments of `FUN`; else nothing.
#' @return `openClusters()` gives a `RepertoireClusters`; `length(x)` the number
#'     of clusters; `x[i]` and `head(x)` these clusters (the first 6), each once
#'     and with its number, in the order of `i`; `as.data.frame(x)` a data.frame
#'     of their receptors; `x[[i]]` what `members(x, i)` gives. `members()`
#'     gives the receptors of one cluster by repertoire: a row for each
#'     repertoire that has one, with `repertoire_id` and
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
#' as.data.frame(x[c(5, 9)])
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

#' @rdname RepertoireClusters
#' @export
setMethod("length", "Clusters", function(x) {
    chosen <- chosen_clusters(x)
    as_whole(if (is.null(chosen)) x@counts[["clusters"]] else length(chosen))
})

as_whole <- function(n) if (n <= .Machine$integer.max) as.integer(n) else n

#' @rdname RepertoireClusters
#' @export
setMethod("[", "Clusters", function(x, i, j, ..., drop = TRUE) {
    if (!missing(j) || ...length()) {
        bad_argument("`x` takes numbers of clusters and nothing else, as ",
            "in `x[1:3]`; take columns from `as.data.frame(x)`")
    }
    if (!missing(i)) x@chosen <- list(pick_clusters(x, i))
    x
})

#' @rdname RepertoireClusters
#' @export
setMethod("[[", "Clusters", function(x, i, j, ...) {
    if (!missing(j) || ...length()) {
        bad_argument("`x[[i]]` must have one number of a cluster")
    }
    if (is.character(i)) clusters_element(x, i, "i") else one_cluster(x, i)
})

#' @rdname RepertoireClusters
#' @export
setMethod("$", "Clusters", function(x, name) clusters_element(x, name, "name"))

# What a list would have; a name that is none is an error.
clusters_element <- function(x, element, name) {
    if (identical(element, "sequences")) {
        deprecated("`$sequences` is `$receptors` now")
        element <- "receptors"
    }
    if (!isTRUE(element %in% clusters_elements)) {
        bad_argument("`", name, "` must be one of ", paste0("\"",
            clusters_elements, "\"", collapse = ", "), ", not ",
            given(element), "; columns are those of `as.data.frame(x)`")
    }
    switch(element,
        clusters = as.data.frame(x), parameters = x@parameters,
        receptors = as_whole(x@counts[["receptors"]])
    )
}

clusters_elements <- c("clusters", "parameters", "receptors")

#' @rawNamespace S3method(utils::.DollarNames,Clusters)
.DollarNames.Clusters <- function(x, pattern = "") {
    grep(pattern, clusters_elements, value = TRUE)
}

#' @rdname RepertoireClusters
#' @rawNamespace S3method(utils::head,Clusters)
head.Clusters <- function(x, n = 6L, ...) {
    x[utils::head(cluster_numbers(x), check_number(n, "n", whole = TRUE))]
}

#' @rdname RepertoireClusters
#' @export
as.data.frame.Clusters <- function(x, row.names = NULL, optional = FALSE, ...,
                                   columns = NULL) {
    more <- list(...)
    # What data.frame() itself hands on.
    refuse_arguments(more[!names(more) %in% c("stringsAsFactors", "nm")],
        "as.data.frame()", own = c("row.names", "optional", "columns"))
    # Those that fit() was asked for.
    if (is.null(columns)) columns <- if (methods::.hasSlot(x, "columns"))
        x@columns else character()
    table <- collect_units(x, columns)
    if (!is.null(row.names)) rownames(table) <- row.names
    table
}

#' @rdname RepertoireClusters
#' @export
eachUnit <- function(x, FUN, ..., columns = character()) {
    x <- as_clusters(x)
    FUN <- match.fun(FUN)
    walk_units(x, function(table) FUN(table, ...), columns)
}

#' @rdname RepertoireClusters
#' @export
setGeneric("members", function(x, ...) standardGeneric("members"))

#' @rdname RepertoireClusters
#' @export
setMethod("members", "Clusters", function(x, cluster, ...) {
    refuse_arguments(list(...), "members()", own = c("x", "cluster"))
    one_cluster(x, cluster, "cluster")
})

# The receptors of a cluster, by sample.
one_cluster <- function(x, cluster, name = "i") {
    if (length(x)) cluster <- check_number(cluster, name, 1, whole = TRUE)
    x@chosen <- list(pick_clusters(x, cluster, name))
    rows <- collect_units(x, "sample_counts")
    if (is.null(rows$sample_counts)) rows
    else by_sample(rows, x@samples$repertoire_id)
}

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
setMethod("parameters", "Clusters", function(x, ...) x@parameters)

#' @rdname RepertoireClusters
#' @export
setGeneric("samples", function(x, ...) standardGeneric("samples"))

#' @rdname RepertoireClusters
#' @export
setMethod("samples", "Clusters", function(x, ...) x@samples)

stored_audit <- function(x) renamed(x@audit, old_columns$clustcr_audit)

#' @rdname RepertoireClusters
#' @export
setGeneric("audit", function(x, ...) standardGeneric("audit"))

#' @rdname RepertoireClusters
#' @export
setMethod("audit", "Clusters", function(x, ...) {
    refuse_arguments(list(...), "audit()")
    counts <- as.list(x@counts)
    counts[c("given", "without_v_call")] <- NULL
    counts$without_neighbor <- counts$receptors - counts$clustered
    if (x@parameters$singletons) {
        counts["clustered"] <- counts["without_neighbor"] <- list(NA_real_)
    }
    structure(stored_audit(x), receptors = counts,
        class = c("clustcr_audit", "data.frame"))
})
