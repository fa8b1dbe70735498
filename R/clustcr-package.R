#' clustcr: batch clustering of T-cell-receptor repertoires
#'
#' Clusters CDR3 amino-acid sequences that do not fit in memory: k-means
#' preclusters on disk, then Markov clustering of the graph of sequences at
#' Hamming distance 1. Start with [Clustering] and
#' `vignette("clustcr")`.
#'
#' @keywords internal
#' @import methods
#' @importFrom Rcpp evalCpp
#' @useDynLib clustcr, .registration = TRUE
"_PACKAGE"
