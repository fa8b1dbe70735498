# The forms in which a matrix of clusters and samples comes, made into one:
# list(matrix, cluster, samples, sheet): a dgCMatrix, clusters in rows; the
# names of its rows, of its columns (or NULL), and the sample sheet (or NULL).
# A new form is a new method.
as_cluster_matrix <- function(x, ...) UseMethod("as_cluster_matrix")

as_cluster_matrix.default <- function(x, ...) {
    bad_argument(
        "`x` must be a matrix with clusters in rows and samples in columns ",
        "(of Matrix or of base R) or a SummarizedExperiment, not ", given(x)
    )
}

as_cluster_matrix.Matrix <- function(x, ...) {
    if (!inherits(x, "dgCMatrix")) {
        x <- as(as(as(x, "dMatrix"), "generalMatrix"), "CsparseMatrix")
    }
    list(
        matrix = x, cluster = cluster_names(rownames(x), nrow(x)),
        samples = colnames(x), sheet = NULL
    )
}

as_cluster_matrix.matrix <- function(x, ...) {
    if (!is.numeric(x) && !is.logical(x)) {
        bad_argument("`x` must hold numbers, not ", typeof(x))
    }
    as_cluster_matrix(Matrix::Matrix(x + 0, sparse = TRUE))
}

as_cluster_matrix.SummarizedExperiment <- function(x, assay = 1, ...) {
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
    found <- as_cluster_matrix(values)
    found$cluster <- cluster_names(rownames(x), nrow(x))
    found$samples <- colnames(x)
    found$sheet <- as.data.frame(
        SummarizedExperiment::colData(x), optional = TRUE
    )
    found
}

# Clusters are numbers where all their names are.
cluster_names <- function(names, n) {
    if (is.null(names)) return(seq_len(n))
    number <- suppressWarnings(as.integer(names))
    if (identical(as.character(number), names)) number else names
}
