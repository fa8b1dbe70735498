# Count clusters in samples: man/clusterMatrix.Rd.
clusterMatrix <- function(x, value = c("receptors", "duplicate_count",
                              "presence"),
                          as = c("SummarizedExperiment", "matrix"),
                          samples = NULL, depth = c("none", "downsample"),
                          size = NULL, seed = 42, ...) {
    old_arguments(sample_data = "samples")
    value <- check_choice(value, "value", cell_values)
    depth <- check_choice(depth, "depth", c("none", "downsample"))
    if (depth == "downsample" && value == "receptors") {
        bad_argument("`value` must be \"duplicate_count\" or \"presence\" if ",
            "`depth` is \"downsample\": counts are drawn; for receptors use ",
            "downsampleRepertoires() before clustering")
    }
    as <- check_choice(as, "as", c("SummarizedExperiment", "matrix"))
    if (as == "SummarizedExperiment") {
        need_package(as, "`clusterMatrix(as = \"SummarizedExperiment\")`")
    }
    if (!methods::is(x, "Clustering")) x <- as_clusters(x, members = FALSE)
    found <- as_cluster_matrix(x, value = if (depth == "downsample")
        "duplicate_count" else value)
    if (depth == "downsample") {
        colnames(found$matrix) <- found$samples
        found$matrix <- downsampleRepertoires(found$matrix, size, seed)
        if (value == "presence") found$matrix@x[] <- 1
    }
    found["sheet"] <- list(align_sheet(samples, found$samples,
        ncol(found$matrix), "samples", found$sheet))
    dimnames(found$matrix) <- list(cluster_text(found$cluster), found$samples)
    if (as == "matrix") return(with_identity(found$matrix, found$identity))
    with_identity(SummarizedExperiment::SummarizedExperiment(
        stats::setNames(list(found$matrix), value),
        rowData = row_data(x, found), colData = column_data(found)
    ), found$identity)
}

# A matrix was made of clusters, or by somebody.
is_cluster_matrix <- function(x) {
    inherits(x, c("matrix", "Matrix", "SummarizedExperiment"))
}

# The sheet, or the names alone.
column_data <- function(found) {
    sheet <- found$sheet
    if (is.null(sheet)) sheet <- data.frame(row.names = found$samples)
    if (is.null(sheet[["repertoire_id"]])) {
        sheet <- cbind(data.frame(repertoire_id = found$samples), sheet)
    }
    S4Vectors::DataFrame(sheet, row.names = found$samples,
        check.names = FALSE)
}

row_data <- function(x, found) {
    rows <- if (methods::is(x, "Clustering")) walk_run(x, motif_rows)
        else if (isTRUE(found$no_members)) motif_rows(data.frame(
            cluster = integer(), junction_aa = character()))
        else by_unit(x, motif_rows, character())
    # A precluster that is a cluster may be empty, and has no row then.
    at <- match(found$cluster, rows$cluster)
    S4Vectors::DataFrame(
        size = found$size, motif = rows$motif[at],
        n_samples = found$n_samples, v_purity = rows$v_purity[at],
        row.names = cluster_text(found$cluster)
    )
}

# What FUN makes of the units of a Clustering's run, one after the other.
walk_run <- function(self, FUN) {
    state <- self$state
    run <- open_run(self, isTRUE(state$run$singletons))
    first <- 1
    parts <- lapply(seq_len(state$run$units), function(unit) {
        found <- cpp_run_unit(run, unit, first, character(),
            check_threads(state$n_cpus))
        first <<- first + found$clusters
        FUN(as.data.frame(found$columns))
    })
    as.data.frame(data.table::rbindlist(parts))
}

motif_rows <- function(rows) {
    names <- unique(rows$cluster)
    own <- match(rows$cluster, names)
    data.frame(
        cluster = names, motif = cluster_motifs(rows$junction_aa, own),
        v_purity = main_gene(rows$v_call, rows$junction_aa, own,
            length(names))$purity
    )
}

# The forms in which a matrix of clusters and samples comes, made into one:
# list(matrix, cluster, samples, sheet, identity): a dgCMatrix, clusters in
# rows; the names of its rows, of its columns (or NULL), the sample sheet (or
# NULL), and which clusters they are (or NULL, see clusters_identity.R).
# Made of clusters, it has `size` and `n_samples` of each besides, and holds
# `value`. A new form is a new method.
as_cluster_matrix <- function(x, ...) UseMethod("as_cluster_matrix")

as_cluster_matrix.default <- function(x, ..., name = "x") {
    as_cluster_matrix(as_clusters(x, name, members = FALSE, or = paste(
        "a matrix with clusters in rows and samples in columns,",
        "a SummarizedExperiment, ")), ..., name = name)
}

as_cluster_matrix.Matrix <- function(x, ..., name = "x") {
    identity <- carried_identity(x)
    if (!inherits(x, "dgCMatrix")) {
        x <- as(as(as(x, "dMatrix"), "generalMatrix"), "CsparseMatrix")
    }
    list(
        matrix = x, cluster = cluster_names(rownames(x), nrow(x), name),
        samples = colnames(x), sheet = NULL, identity = identity
    )
}

as_cluster_matrix.matrix <- function(x, ..., name = "x") {
    if (!is.numeric(x) && !is.logical(x)) {
        bad_argument("`", name, "` must hold numbers, not ", typeof(x))
    }
    found <- as_cluster_matrix(Matrix::Matrix(x + 0, sparse = TRUE),
        name = name)
    found$identity <- carried_identity(x)
    found
}

as_cluster_matrix.SummarizedExperiment <- function(x, assay = 1, ...,
                                                   name = "x") {
    assays <- SummarizedExperiment::assayNames(x)
    known <- if (is.character(assay)) {
        length(assay) == 1L && assay %in% assays
    } else {
        is.numeric(assay) && length(assay) == 1L &&
            assay %in% seq_along(SummarizedExperiment::assays(x))
    }
    if (!known) {
        bad_argument(
            "`assay` must be the name or number of an assay of `x` (",
            paste0("\"", assays, "\"", collapse = ", "), "), not ",
            given(assay)
        )
    }
    values <- SummarizedExperiment::assay(x, assay)
    if (!is.matrix(values) && !inherits(values, "Matrix")) {
        values <- as(values, "dgCMatrix")
    }
    found <- as_cluster_matrix(values, name = name)
    found$cluster <- cluster_names(rownames(x), nrow(x), name)
    found$sheet <- as.data.frame(
        SummarizedExperiment::colData(x), optional = TRUE
    )
    found$samples <- colnames(x)
    if (is.null(found$samples)) found$samples <- names_in(found$sheet)
    found$identity <- carried_identity(x)
    found
}

as_cluster_matrix.RepertoireClusters <- function(x, value = "receptors", ...) {
    found <- units_matrix(open_kept(x), 1, nrow(x@units), value)
    found$sheet <- x@samples
    matrix_within(found, chosen_clusters(x))
}

# The rows of these clusters.
matrix_within <- function(found, chosen) {
    if (is.null(chosen)) return(found)
    for (part in c("cluster", "size", "n_samples")) {
        found[[part]] <- found[[part]][chosen]
    }
    found$matrix <- found$matrix[chosen, , drop = FALSE]
    found$identity <- identity_within(found$identity, chosen)
    found
}

# The run under way, or the one that batch_cluster() would begin.
as_cluster_matrix.Clustering <- function(x, value = "receptors", ...) {
    run <- open_run(x, isTRUE(x$state$run$singletons))
    with_progress("Clustering", units_matrix(run, 1, x$state$run$units,
        value, check_threads(x$state$n_cpus)))
}

# What fit() makes is of one sample.
as_cluster_matrix.ClusteringResult <- function(x, value = "receptors", ...) {
    n <- x@counts[["clusters"]]
    own <- factor(x@table$cluster, seq_len(n))
    size <- tabulate(own, n)
    cell <- switch(value, receptors = as.numeric(size),
        presence = as.numeric(size > 0),
        duplicate_count = as.vector(tapply(x@table$duplicate_count, own, sum,
            default = 0)))
    filled <- which(size > 0)
    matrix_within(list(
        matrix = Matrix::sparseMatrix(i = filled, j = rep(1L, length(filled)),
            x = cell[filled], dims = c(n, 1L)),
        cluster = seq_len(n), samples = x@samples$repertoire_id,
        sheet = x@samples, size = size, n_samples = as.integer(size > 0),
        identity = identity_of_rows(joined_chains(x@table))
    ), chosen_clusters(x))
}

as_cluster_matrix.ClusterTable <- function(x, value = "receptors", ...,
                                           name = "x") {
    rows <- cluster_rows(x)
    check_columns(rows, c("repertoire_id",
        if (value == "duplicate_count") value), name)
    members <- "junction_aa" %in% names(rows)
    identity <- carried_identity(x)
    if (is.null(identity) && members) identity <- identity_of_rows(rows)
    x <- rows_of_samples(rows)
    cluster <- unique(x$cluster)
    own <- match(x$cluster, cluster)
    samples <- x$repertoire_id
    at <- as.integer(samples)
    once <- if (members) first_rows(own, x$junction_aa)
    cells <- cell_counts(x, own, at, value, members)
    list(
        matrix = Matrix::sparseMatrix(i = own[cells$row], j = at[cells$row],
            x = cells$count, dims = c(length(cluster), nlevels(samples))),
        cluster = cluster, samples = levels(samples), sheet = NULL,
        size = if (members) tabulate(own[once], length(cluster))
            else rep(NA_integer_, length(cluster)),
        n_samples = tabulate(own[first_rows(own, at)], length(cluster)),
        no_members = !members, identity = identity
    )
}

# Those whose sample is known, as a factor of all samples.
rows_of_samples <- function(x) {
    samples <- x$repertoire_id
    if (!is.factor(samples)) {
        samples <- id_text(samples)
        samples <- factor(samples, sort(unique(samples), method = "radix"))
    }
    without <- is.na(samples)
    if (any(without)) {
        inform("left_out", count_words(sum(without), "row", "rows"),
            " of `x` left out: without `repertoire_id`")
    }
    x$repertoire_id <- samples
    x[!without, , drop = FALSE]
}

# list(row, count): rows whose counts add up to the cells; none is zero.
cell_counts <- function(x, own, at, value, members) {
    if (value == "duplicate_count") {
        count <- check_counts(x$duplicate_count, "x")
        count[is.na(count)] <- 1
        row <- which(count > 0)
        return(list(row = row, count = count[row]))
    }
    row <- if (value == "presence") which(first_rows(own, at))
        else if (members) which(first_rows(own, at, x$junction_aa))
        else seq_along(own)
    list(row = row, count = rep(1, length(row)))
}

# Clusters are numbers where all their names are. Of two with one name nobody
# could tell which a result is of.
cluster_names <- function(names, n, name) {
    if (is.null(names)) return(seq_len(n))
    if (anyDuplicated(names)) {
        twice <- unique(names[duplicated(names)])
        bad_argument("`", name, "` must name each cluster once in its row ",
            "names; ", name_some(twice), if (length(twice) == 1L) " is"
            else " are", " there more than once")
    }
    number <- suppressWarnings(as.integer(names))
    if (identical(as.character(number), names)) number else names
}
