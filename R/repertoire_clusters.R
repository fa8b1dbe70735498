#' Clusters of a cohort, kept on disk
#'
#' What [clusterRepertoires()] returns: a small object of the S4 class
#' `RepertoireClusters` that stands for the clusters of a finished run. The
#' clusters themselves stay in files, and are read when they are asked for. The
#' object never changes, can be saved with `saveRDS()`, and is opened again by
#' `openClusters()`, in another session too.
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
#' @param i,cluster Numbers of clusters, from 1 to `length(x)`.
#' @param j,drop Not used.
#' @param n How many clusters; a negative `n` all but so many.
#' @param FUN A function that is called with each data.frame.
#' @param row.names,optional As in the generic; `optional` has no effect.
#' @param edges Not used: the edges of the graph are counted by
#'     `Clustering(directory = )$edges()`.
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
#'     `audit()` the data.frame that [Clustering] describes. `summary()` gives
#'     a list of class `summary.RepertoireClusters`.
#' @section Errors:
#' `clustcr_error_gone` where the directory, its store or the run is not there
#' any more, or was made anew; `clustcr_error_not_finished` where a directory
#' has no finished run.
#' @seealso [clusterRepertoires()], [writeClusters()]
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

#' @rdname RepertoireClusters
#' @exportClass RepertoireClusters
setClass("RepertoireClusters", slots = c(
    directory = "character", store_id = "character", run_id = "character", parameters = "list",
    samples = "data.frame", counts = "numeric", units = "data.frame",
    audit = "data.frame", failed = "data.frame", usage = "numeric"
))

# Opening -------------------------------------------------------------------

# The store with the run of `x` opened: the slots are truth, and the pointer is
# made anew for each call.
open_kept <- function(x) {
    if (!dir.exists(x@directory) || !cpp_store_exists(x@directory)) {
        raise_error("gone", paste0(
            "the clusters in '", x@directory, "' are gone",
            if (!is_durable(x@directory)) paste0(
                ": the folder was a temporary one, which ends with the ",
                "session; give `directory` to keep clusters"
            ) else "; `openClusters()` opens those that were moved elsewhere"
        ))
    }
    store <- open_store(x@directory)
    if (cpp_store_describe(store)$id != x@store_id) {
        raise_error("gone", paste0(
            "the clusters in '", x@directory, "' were removed, and another ",
            "store is there now; `openClusters()` opens its clusters"
        ))
    }
    cpp_run_open(store, x@run_id, "", 1L)
    store
}

#' @rdname RepertoireClusters
#' @export
openClusters <- function(directory) {
    directory <- absolute_path(directory, "directory")
    if (!dir.exists(directory) || !cpp_store_exists(directory)) {
        raise_error("gone", paste0(
            "`directory` must be one that clusters are kept in; ",
            if (dir.exists(directory)) "no store is in '"
            else "there is no folder '", directory, "'"
        ))
    }
    x <- read_clusters_object(directory)
    if (is.null(x)) x <- clusters_of_store(directory)
    x
}

clusters_object_file <- function(directory) {
    file.path(directory, "cohort", "clusters.rds")
}

# What clusterRepertoires() left, if it is of this store; NULL otherwise. The
# folder may have been moved since.
read_clusters_object <- function(directory) {
    file <- clusters_object_file(directory)
    if (!file.exists(file)) return(NULL)
    x <- tryCatch(readRDS(file), error = function(e) NULL,
        warning = function(w) NULL)
    fine <- methods::is(x, "RepertoireClusters") &&
        isTRUE(tryCatch(methods::validObject(x), error = function(e) FALSE))
    if (!fine) return(NULL)
    x@directory <- directory
    tryCatch({
        open_kept(x)
        x
    }, clustcr_error_gone = function(e) NULL)
}

# The last finished run of any store: the one begun last, or else the one that
# was last at work.
clusters_of_store <- function(directory) {
    store <- open_store(directory)
    folders <- list.dirs(file.path(directory, "runs"), recursive = FALSE)
    folders <- folders[order(file.mtime(folders), decreasing = TRUE)]
    ids <- unique(c(cpp_run_current(store, ""), basename(folders)))
    for (id in ids[nzchar(ids)]) {
        run <- tryCatch(cpp_run_open(store, id, "", 1L),
            clustcr_error = function(e) NULL)
        if (is.null(run)) next
        totals <- cpp_run_totals(store)
        if (totals[["done"]] < totals[["units"]]) next
        return(new_repertoire_clusters(directory, store, run))
    }
    raise_error("not_finished", paste0(
        "`directory` must hold a finished clustering; '", directory, "' has ",
        if (any(nzchar(ids))) "one that was not finished" else "none",
        ". `clusterRepertoires()` with the same arguments goes on with it"
    ))
}

# `store` has the run open. `units` as read_units() gives it.
new_repertoire_clusters <- function(directory, store, run, samples = NULL,
                                    units = NULL, failed = NULL,
                                    usage = numeric(), parameters = list(),
                                    without_v_call = NA_real_) {
    about <- cpp_store_describe(store)
    stored <- parameters_from_text(about$parameters, directory)
    settings <- run_settings_of(run, list2env(stored))
    stored[names(settings)] <- settings
    parameters <- utils::modifyList(
        c(stored, list(singletons = run$singletons)), parameters,
        keep.null = TRUE
    )
    audit <- audit_by_sample(batches_of_run(store, run, directory))
    if (is.null(samples)) samples <- data.frame(repertoire_id = audit$name)
    if (is.null(units)) units <- read_units(store, run)
    totals <- cpp_run_totals(store)
    counts <- c(
        given = sum(audit$given), rows = sum(audit$accepted),
        totals[c("occurrences", "receptors")], clustered = sum(units$rows),
        clusters = sum(units$clusters), without_v_call = without_v_call
    )
    methods::new("RepertoireClusters",
        directory = directory, store_id = about$id, run_id = run$id,
        parameters = parameters, samples = samples, counts = counts,
        units = units, audit = audit, usage = usage,
        failed = if (is.null(failed)) no_failures else failed
    )
}

# Without those that came later. Which were there before others took their
# place is not told.
batches_of_run <- function(store, run, directory) {
    batches <- cpp_store_batches(store)
    n <- length(batches$name)
    if (batches$committed == run$batches) return(batches)
    if (batches$committed != n) {
        raise_error("changed", paste0(
            "the last clusters in '", directory, "' are of batches that were ",
            "replaced since; cluster again"
        ))
    }
    within <- seq_len(run$batches)
    list(name = batches$name[within], rows = batches$rows[within],
        counts = batches$counts[within, , drop = FALSE])
}

# A row for each sample, in the order that the core counts them by: several
# batches may be one.
audit_by_sample <- function(batches) {
    audit <- audit_table(batches)
    names <- unique(audit$name)
    if (length(names) == nrow(audit)) return(audit)
    sums <- rowsum(as.matrix(audit[-1L]), match(audit$name, names))
    data.frame(name = names, as.data.frame(sums), row.names = NULL)
}

no_failures <- data.frame(repertoire_id = character(), file = character(),
    error = character())

# Makes the units that are not done, and counts their rows and clusters:
# data.frame(clusters, rows).
read_units <- function(store, run, threads = 1L, progress = function(share) NULL) {
    clusters <- rows <- numeric(run$units)
    for (unit in seq_len(run$units)) {
        found <- cpp_run_unit(store, unit, 1, character(), threads)
        clusters[unit] <- found$clusters
        rows[unit] <- length(found$columns$junction_aa)
        progress(unit / run$units)
    }
    data.frame(clusters = clusters, rows = rows)
}

# Reading -------------------------------------------------------------------

# Calls FUN(table) for the units, or those in `which`; the last value.
walk_units <- function(x, FUN, columns = character(), which = NULL) {
    columns <- check_result_columns(columns)
    store <- open_kept(x)
    if (is.null(which)) which <- seq_len(nrow(x@units))
    first <- cumsum(c(1, x@units$clusters))
    for (unit in which) {
        # Empty ones need no reading.
        if (x@units$rows[unit] == 0) next
        found <- cpp_run_unit(store, unit, first[unit], columns, 1L)
        table <- as.data.frame(found$columns)
        if (x@parameters$chain == "AB") table <- split_pairs(table)
        FUN(table)
    }
    invisible(x)
}

# A table without rows, but with its columns.
empty_unit <- function(x, columns) {
    parameters <- x@parameters
    chains <- if (parameters$chain == "AB") c("_alpha", "_beta") else ""
    text <- c("junction_aa", if (parameters$v_gene != "none") "v_call",
        if (parameters$j_gene != "none") "j_call")
    text <- as.vector(t(outer(text, chains, paste0)))
    columns <- intersect(result_columns, columns)
    kinds <- list(duplicate_count = numeric(), samples = integer(),
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
    rows <- split(seq_len(nrow(found)), factor(found$cluster, unique(i)))
    found <- found[unlist(rows[match(i, unique(i))], use.names = FALSE), ]
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
        bad_argument("`x` must be asked for clusters by one number each, as ",
            "in `x[1:3]`; columns are those of the data.frame it gives")
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
                                             columns = character()) {
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
            "clusterRepertoires(), not ", given(x))
    }
}

#' @rdname RepertoireClusters
#' @export
setGeneric("members", function(x, ...) standardGeneric("members"))

#' @rdname RepertoireClusters
#' @export
setMethod("members", "RepertoireClusters", function(x, cluster, ...) {
    cluster <- check_number(cluster, "cluster", 1, length(x), whole = TRUE)
    rows <- clusters_by_number(x, cluster, "sample_counts")
    by_sample(rows, x@samples$repertoire_id)
})

# A row for each receptor and repertoire that has it, from `sample_counts`.
by_sample <- function(rows, repertoire_id) {
    parts <- strsplit(rows$sample_counts, "[:,]")
    index <- rep(seq_along(parts), lengths(parts) / 2L)
    numbers <- as.numeric(unlist(parts))
    odd <- rep_len(c(TRUE, FALSE), length(numbers))
    keep <- setdiff(names(rows), c("sample_counts", "precluster"))
    found <- rows[index, keep, drop = FALSE]
    found$repertoire_id <- repertoire_id[numbers[odd]]
    found$duplicate_count <- numbers[!odd]
    rownames(found) <- NULL
    found
}

# What is known of it --------------------------------------------------------

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
    counts <- as.list(x@counts)
    counts[c("given", "without_v_call")] <- NULL
    counts$without_neighbour <- counts$receptors - counts$clustered
    if (x@parameters$singletons) {
        counts["clustered"] <- counts["without_neighbour"] <- list(NA_real_)
    }
    structure(x@audit, receptors = counts,
        class = c("clustcr_audit", "data.frame"))
})

# Other functions of the package take it as it is.
as_cluster_table.RepertoireClusters <- function(x, name = "clusters") {
    as_cluster_table(as.data.frame(x), name)
}

# Clusters by repertoires, sums of counts, made a unit at a time.
as_cluster_matrix.RepertoireClusters <- function(x, ...) {
    parts <- list()
    walk_units(x, function(table) {
        found <- by_sample(table, seq_len(nrow(x@samples)))
        part <- data.table::as.data.table(
            found[c("cluster", "repertoire_id", "duplicate_count")]
        )
        parts[[length(parts) + 1L]] <<- stats::aggregate(
            duplicate_count ~ cluster + repertoire_id, part, sum
        )
    }, "sample_counts")
    cells <- data.table::rbindlist(parts)
    matrix <- Matrix::sparseMatrix(
        i = as.integer(cells$cluster), j = as.integer(cells$repertoire_id),
        x = as.numeric(cells$duplicate_count),
        dims = c(length(x), nrow(x@samples))
    )
    list(matrix = matrix, cluster = seq_len(length(x)),
        samples = x@samples$repertoire_id, sheet = x@samples)
}
